"""The gate before a model: is this an image of the kind the model was taught on, whole and sharp enough to be read?

Hand-made measures of an image (`cognoscope.methods.images.gate_features`) go through very small networks that were
taught with its own kind, spoiled copies of it, images of other kinds and generated ones ("outlier exposure", Hendrycks,
Mazeika and Dietterich 2019, arXiv 1812.04606), and through a distance from its own kind (Mahalanobis; Lee et al. 2018,
arXiv 1807.03888). `training/imaging/gate_fit.py` makes both files of a gate.
"""

import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.methods.images.gate_features import as_values, measures
from cognoscope.methods.onnx import Network

REASONS: Final = ("not-this-kind", "inverted", "cropped", "blurred", "noisy", "too-small", "flat", "not-an-image")
"""Why an image is refused; `sentence_of` says it to people."""
SPOILED: Final = ("inverted", "cropped", "blurred", "noisy")
FLAT: Final = 0.01
"""Spread of the light (0..1) below which there is nothing to see."""


@dataclass(frozen=True)
class GateVerdict:
    """What the gate says of one image.

    Attributes:
        accepted: the model may be asked.
        reason: "" where accepted, else one of `REASONS`.
        novelty: distance from the images of its own kind; 1 is the largest that is accepted.
        quality: 0 (cannot be read) to 1 (as sharp, clean and whole as what the model was taught on).
    """

    accepted: bool
    reason: str
    novelty: float
    quality: float


@dataclass(frozen=True)
class GateSettings:
    """What `gate.toml` says: the classes of the network, the first being its own kind, and the thresholds."""

    classes: tuple[str, ...]
    measures: int
    least_own: float
    most_novel: float
    least_side: int


class Gate:
    """The gate of one model folder, which holds `gate.onnx` and `gate.toml`; both are read at the first `check`."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.network = Network(self.folder / "gate.onnx")

    @cached_property
    def settings(self) -> GateSettings:
        """What `gate.toml` says.

        Raises:
            InvalidInput: it is missing or is no settings of a gate.
        """
        return read_settings(self.folder / "gate.toml")

    def check(self, image: NDArray[Any]) -> GateVerdict:
        """Look at one image as it was displayed to people: after window and level, before any resizing.

        Args:
            image: rows x columns or rows x columns x 3; uint8 as it is, floats in 0..1; other ranges are
                stretched from their lowest to their highest value.

        Raises:
            InvalidInput: the folder has no gate, or one that cannot be read.
            NotInstalled: the extra `imaging` is missing.
        """
        settings = self.settings
        try:
            shown = as_values(image)
        except ValueError:
            return GateVerdict(False, "not-an-image", 99.0, 0.0)
        if min(shown.shape[:2]) < max(8, settings.least_side):
            return GateVerdict(False, "too-small", 99.0, 0.0)
        if float(shown.std()) < FLAT:
            return GateVerdict(False, "flat", 99.0, 0.0)
        row = measures(shown)
        if len(row) != settings.measures:
            raise InvalidInput(f"The gate in {self.folder} was made for other measures: train it again, or update it.")
        found = self.network.run({"measures": row[None]})
        try:
            chances = {name: float(found["reasons"][0, at]) for at, name in enumerate(settings.classes)}
            novelty = min(float(found["novelty"][0, 0]) / settings.most_novel, 99.0)
        except (KeyError, IndexError) as error:
            raise InvalidInput(f"{self.folder}/gate.onnx does not give what gate.toml says: put both back.") from error
        return _verdict(chances, settings.classes[0], settings.least_own, novelty)


def _verdict(chances: dict[str, float], own: str, least: float, novelty: float) -> GateVerdict:
    spoiled = sum(chances.get(name, 0.0) for name in SPOILED)
    quality = chances[own] / (chances[own] + spoiled) if chances[own] + spoiled > 0 else 0.0
    novelty, quality = round(novelty, 4), round(quality, 4)
    if chances[own] < least:
        reason = max((name for name in chances if name != own), key=lambda name: chances[name])
        return GateVerdict(False, reason, novelty, quality)
    if novelty > 1:
        return GateVerdict(False, "not-this-kind", novelty, quality)
    return GateVerdict(True, "", novelty, quality)


def read_settings(path: Path) -> GateSettings:
    """Read a `gate.toml`.

    Raises:
        InvalidInput: it cannot be read, or lacks something.
    """
    try:
        about = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = GateSettings(
            tuple(str(name) for name in about["classes"]),
            int(about["measures"]),
            float(about["least_own"]),
            float(about["most_novel"]),
            int(about["least_side"]),
        )
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: a model that reads images needs its gate beside it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"{path} is no settings of a gate: put the file back as it came.") from error
    if not settings.classes or not set(settings.classes[1:]) <= set(REASONS) or not settings.most_novel > 0:
        raise InvalidInput(f"{path} names reasons that nobody knows: put the file back as it came.")
    return settings


@lru_cache(maxsize=1)
def _sentences() -> dict[str, Sentence]:
    text = files(__package__).joinpath("gate_reasons.toml").read_text(encoding="utf-8")
    return {code: Sentence(**words) for code, words in tomllib.loads(text)["reasons"].items()}


def sentence_of(reason: str) -> Sentence:
    """Why an image was refused, in words; `reason` is one of `REASONS`."""
    return _sentences()[reason]
