"""Taking in a model that a person gives: look, check, try, copy; nothing is kept of one that is not taken."""

import shutil
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cognoscope.apps.added.bundle import is_bundle, read_bundle
from cognoscope.apps.added.contents import KEPT, NEEDED, checked_digest, write_list
from cognoscope.apps.added.onnx_file import look_into
from cognoscope.apps.added.reading import expected_input
from cognoscope.apps.added.settings import settings_of
from cognoscope.apps.added.template import TO_FILL
from cognoscope.apps.added.trial import shapes
from cognoscope.core.card import read_card
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.model_folder import Description, ModelFolder

LONGEST_WORDS = 1 << 20


@dataclass(frozen=True)
class Candidate:
    """A model that may be added.

    Attributes:
        name: of the application it becomes, or whose weights it is.
        folder: holds the files as they will be copied.
        about: what `model.toml` says.
        binds: it is weights for an application that ships, not an application of its own.
    """

    name: str
    folder: Path
    about: Description
    binds: bool

    @property
    def licences(self) -> tuple[str, ...]:
        """What taught it, with the licence, where that does not let it be used without a person's word."""
        return tuple(f"{each.name}: {each.licence}" for each in self.about.trained_on if not each.ships)


def staged(path: Path, into: Path) -> Path:
    """Copy the files of an ONNX file with what lies beside it, of a folder, or of a bundle, to the folder `into`.

    Raises:
        InvalidInput: something is missing or cannot be read.
    """
    try:
        if is_bundle(path):
            for name, content in read_bundle(path).files.items():
                (into / name).write_bytes(content)
        else:
            network = path if path.suffix.lower() == ".onnx" else path / "model.onnx"
            if not network.is_file():
                raise InvalidInput(f"{path} is no ONNX file, no folder with model.onnx and no MONAI bundle.")
            look_into(network)
            shutil.copyfile(network, into / "model.onnx")
            for name in KEPT:
                beside = network.parent / name
                if name != "model.onnx" and beside.is_file():
                    shutil.copyfile(beside, into / name)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be copied: {error.strerror}.") from error
    return into


def candidate(folder: Path, shipped: Sequence[str]) -> Candidate:
    """Check a staged folder.

    Args:
        folder: as `staged` left it.
        shipped: names of the applications that take weights.

    Raises:
        InvalidInput: something is missing, incomplete, or does not fit together; the sentence says what to do.
    """
    look_into(folder / "model.onnx")
    if not (folder / "model.toml").is_file():
        raise InvalidInput("There is no model.toml beside the network: `cognoscope models template PATH` drafts one.")
    about = ModelFolder(folder).about
    bound = next((name for name in shipped if about.name in (name, name.rpartition(".")[2])), None)
    if bound:
        return Candidate(bound, folder, about, binds=True)
    for name in NEEDED:
        if not (folder / name).is_file():
            raise InvalidInput(f"There is no {name} beside the network: `cognoscope models template PATH` drafts one.")
    for name in ("card.toml", "model.toml"):
        _filled(folder / name)
    card = read_card(folder / "card.toml")
    if not card.name.startswith("added.") or card.name.count(".") != 1:
        raise InvalidInput(
            f"The card calls the application {card.name}: a name of an added one is `added.` and a word."
        )
    if "image" not in card.kinds:
        raise InvalidInput('The card says that no images are read: an added model has kinds = ["image"].')
    _fits(folder, about)
    return Candidate(card.name, folder, about, binds=False)


def _filled(path: Path) -> None:
    try:
        if path.stat().st_size > LONGEST_WORDS:
            raise InvalidInput(f"{path.name} is longer than any card: it is not taken.")
        text = path.read_text(encoding="utf-8")
        tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is no TOML file: {error}.") from error
    left = sum(TO_FILL in line.partition("#")[0] for line in text.splitlines())
    if left:
        raise InvalidInput(f"{path.name} is not complete: {left} lines still say `{TO_FILL}`.")


def _fits(folder: Path, about: Description) -> None:
    """The network runs on an image as `model.toml` describes it and gives what the heads or regions need."""
    feeding = settings_of(about).onnx
    found = look_into(folder / "model.onnx")
    if feeding.input not in {port.name for port in found.inputs} or len(found.inputs) != 1:
        names = ", ".join(port.name for port in found.inputs)
        raise InvalidInput(f"The network takes {names}; model.toml names the one input {feeding.input}.")
    given = shapes(folder / "model.onnx", feeding.input, expected_input(about, feeding))
    if feeding.output not in given or (feeding.map and feeding.map not in given):
        raise InvalidInput(
            f"The network gives {', '.join(sorted(given))}: name its outputs in model.toml, [more.onnx]."
        )
    sides = given[feeding.output]
    columns = sides[-1] if feeding.layout == "NHWC" or len(sides) < 2 else sides[1]
    needed = [region.channel for region in about.regions]
    needed += [number for head in about.heads for number in (*head.outputs, *head.against)]
    if max(needed) >= columns or (about.task == "segmentation") != (len(sides) == 4):
        raise InvalidInput(
            f"The output {feeding.output} has the sides {' x '.join(map(str, sides))}, which is not what the "
            f"{about.task} in model.toml needs (column {max(needed)})."
        )


def kept(found: Candidate, models: Path) -> str:
    """Copy a candidate into the installation, whole or not at all; the digest of what is there now.

    Raises:
        InvalidInput: the disk refuses.
    """
    target = models / found.name
    try:
        models.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=models, prefix=".adding-") as made:
            fresh = Path(made) / "fresh"
            fresh.mkdir()
            for name in KEPT:
                if (found.folder / name).is_file() and not (found.binds and name == "card.toml"):
                    shutil.copyfile(found.folder / name, fresh / name)
            content = write_list(fresh)
            if target.exists():
                target.rename(Path(made) / "before")
            fresh.rename(target)
    except OSError as error:
        raise InvalidInput(f"{target} cannot be written: {error.strerror}. Nothing was added.") from error
    return content


def removed(name: str, models: Path) -> str:
    """Take a model away; the digest of what was there, "" where it was damaged.

    Raises:
        InvalidInput: there is none of that name, or the disk refuses.
    """
    target = models / name
    if name not in names(models):
        raise InvalidInput(f"No model was added as {name}; there are: {', '.join(names(models)) or 'none'}.")
    try:
        content = checked_digest(target)
    except InvalidInput:
        content = ""
    try:
        shutil.rmtree(target)
    except OSError as error:
        raise InvalidInput(f"{target} cannot be removed: {error.strerror}.") from error
    return content


def names(models: Path) -> list[str]:
    """What was added, in order of the alphabet."""
    return sorted(each.name for each in models.iterdir() if _is_model(each)) if models.is_dir() else []


def _is_model(folder: Path) -> bool:
    return folder.is_dir() and not folder.name.startswith(".") and (folder / "model.toml").is_file()
