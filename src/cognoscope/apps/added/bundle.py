"""MONAI bundles, as folders or as one zip file: the network and what `configs/metadata.json` says of it.

Source: MONAI Bundle Specification (https://docs.monai.io/en/stable/mb_specification.html), `network_data_format`.
"""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from cognoscope.apps.added.onnx_file import LARGEST
from cognoscope.core.errors import InvalidInput

METADATA: Final = "configs/metadata.json"
NETWORK: Final = "models/model.onnx"
OTHER_NETWORKS: Final = ("models/model.ts", "models/model.pt", "models/model_trt.ts")
BESIDE: Final = ("card.toml", "model.toml", "gate.onnx", "gate.toml", "seen.csv")
MODALITIES: Final = {
    "CT": "CT",
    "MR": "MR",
    "MRI": "MR",
    "XRAY": "DX",
    "X-RAY": "DX",
    "CXR": "DX",
    "US": "US",
    "ULTRASOUND": "US",
    "MAMMOGRAPHY": "MG",
    "RGB": "OT",
    "ENDOSCOPY": "ES",
}


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds that is wanted here.

    Attributes:
        files: contents by the names that a model folder gives them; `model.onnx` is among them.
        metadata: what `configs/metadata.json` says.
    """

    files: dict[str, bytes]
    metadata: dict[str, Any]


def is_bundle(path: Path) -> bool:
    """Whether this looks like a bundle."""
    return path.suffix.lower() == ".zip" or (path / METADATA).is_file()


def read_bundle(path: Path) -> Bundle:
    """Read a bundle.

    Raises:
        InvalidInput: it cannot be read, holds no ONNX file, or names files outside of itself.
    """
    found = _unzipped(path) if path.suffix.lower() == ".zip" else _collected(path)
    if METADATA not in found:
        raise InvalidInput(f"{path.name} is no MONAI bundle: {METADATA} is missing.")
    if NETWORK not in found:
        hint = (
            "models/model.ts is TorchScript, which is a program, not a file of weights"
            if _other(found)
            else "it lacks it"
        )
        raise InvalidInput(
            f"{path.name}: a bundle needs {NETWORK} ({hint}). Export it with "
            "`python -m monai.bundle onnx_export --filepath models/model.onnx` and give the bundle again."
        )
    try:
        metadata = json.loads(found[METADATA].decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name}: {METADATA} is no JSON file.") from error
    if not isinstance(metadata, dict):
        raise InvalidInput(f"{path.name}: {METADATA} holds no object.")
    files = {"model.onnx": found[NETWORK]}
    for name in BESIDE:
        content = found.get(name, found.get(f"configs/{name}"))
        if content is not None:
            files[name] = content
    return Bundle(files, metadata)


def _other(found: dict[str, bytes]) -> bool:
    return any(name in found for name in OTHER_NETWORKS)


def _wanted() -> set[str]:
    return {METADATA, NETWORK, *OTHER_NETWORKS, *BESIDE, *(f"configs/{name}" for name in BESIDE)}


def _collected(folder: Path) -> dict[str, bytes]:
    found = {}
    for name in _wanted():
        path = folder / name
        if path.is_file():
            if not path.resolve().is_relative_to(folder.resolve()):
                raise InvalidInput(f"{name} of the bundle is a link to a file outside of it: copy the file there.")
            found[name] = b"" if name in OTHER_NETWORKS else _limited(path)
    return found


def _limited(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidInput(f"{path.name} has more than {LARGEST >> 20} MiB: export a smaller network.")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _unzipped(path: Path) -> dict[str, bytes]:
    """The wanted members, whatever single folder they lie in; nothing is written to the disk."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            for name in names:
                parts = PurePosixPath(name).parts
                if name.startswith("/") or ".." in parts or "\\" in name:
                    raise InvalidInput(f"{path.name} names a file outside of itself ({name[:60]}): it is not taken.")
            tops = {PurePosixPath(name).parts[0] for name in names}
            top = f"{tops.pop()}/" if len(tops) == 1 else ""
            for name in names:
                inner = name.removeprefix(top)
                if inner in _wanted():
                    info = archive.getinfo(name)
                    if info.file_size > LARGEST:
                        raise InvalidInput(f"{path.name}: {inner} is too large ({info.file_size >> 20} MiB).")
                    with archive.open(info) as stream:
                        found[inner] = b"" if inner in OTHER_NETWORKS else stream.read(LARGEST + 1)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise InvalidInput(f"{path.name} cannot be read as a zip file.") from error
    except zipfile.LargeZipFile as error:
        raise InvalidInput(f"{path.name} is too large.") from error
    return found


def described(metadata: dict[str, Any]) -> dict[str, Any]:
    """What `network_data_format` says, in the words of `model.toml` (a part of it).

    Raises:
        InvalidInput: the network reads volumes, or something other than one image.
    """
    try:
        formats = metadata["network_data_format"]
        (image,) = formats["inputs"].values()
        name_in = next(iter(formats["inputs"]))
        name_out, out = next(iter(formats["outputs"].items()))
        sides, channels = list(image["spatial_shape"]), int(image["num_channels"])
        kinds = {int(number): str(name) for number, name in dict(out.get("channel_def") or {}).items()}
        value_range = [float(value) for value in image.get("value_range") or (0, 1)]
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
        raise InvalidInput(
            "configs/metadata.json does not say what goes in and comes out (network_data_format with one input): "
            "add it, or put a model.toml beside."
        ) from error
    if len(sides) != 2:
        raise InvalidInput("This bundle reads volumes; networks of single images can be added. Nothing was changed.")
    if not all(isinstance(side, int) and 8 <= side <= 4096 for side in sides):
        raise InvalidInput("configs/metadata.json gives no fixed height and width: put a model.toml beside the bundle.")
    if channels not in (1, 3):
        raise InvalidInput(f"This bundle reads images of {channels} channels; grey (1) or colour (3) can be added.")
    modality = str(image.get("modality", "")).upper()
    return {
        "size": tuple(sides),
        "channels": channels,
        "input": name_in,
        "output": name_out,
        "scale": value_range[1] if len(value_range) == 2 and value_range[1] > 1 else 1.0,
        "task": "segmentation" if "segmentation" in str(out.get("format", "")) else "classification",
        "classes": [kinds[number] for number in sorted(kinds)],
        "modality": MODALITIES.get(modality, "OT"),
        "version": str(metadata.get("version", "1")),
        "description": str(metadata.get("description", "")),
    }
