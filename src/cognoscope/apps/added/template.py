"""Drafts of `card.toml` and `model.toml` for a network, filled in as far as the file itself tells."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from cognoscope.apps.added.bundle import described, is_bundle, read_bundle
from cognoscope.apps.added.onnx_file import look_into, read_onnx
from cognoscope.core.errors import InvalidInput

TO_FILL = "TO FILL"


def write_templates(path: Path, into: Path) -> list[Path]:
    """Write the drafts that are not there yet; what was written.

    Args:
        path: an ONNX file, or a MONAI bundle.
        into: the folder for them.

    Raises:
        InvalidInput: the file is not taken, or the folder cannot be written to.
    """
    name = re.sub(r"[^a-z0-9-]+", "-", path.stem.lower()).strip("-")[:40] or "model"
    drafts = {"card.toml": _read("card_template.toml").replace("@NAME@", name), "model.toml": model_draft(path, name)}
    written = []
    for file, content in drafts.items():
        target = into / file
        if target.exists():
            continue
        try:
            into.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        except OSError as error:
            raise InvalidInput(f"{target} cannot be written: {error.strerror}.") from error
        written.append(target)
    return written


def model_draft(path: Path, name: str) -> str:
    """The draft of `model.toml`."""
    if is_bundle(path):
        bundle = read_bundle(path)
        read_onnx(bundle.files["model.onnx"], "models/model.onnx")
        known = described(bundle.metadata)
    else:
        known = _guessed(path)
    text = _read("model_template.toml").replace("@ANSWERS@", _answers(known))
    for key, value in {
        "NAME": name,
        "VERSION": _plain(known["version"]),
        "TASK": known["task"],
        "ROWS": known["size"][0],
        "COLUMNS": known["size"][1],
        "CHANNELS": known["channels"],
        "INPUT": _plain(known["input"]),
        "OUTPUT": _plain(known["output"]),
        "SCALE": known["scale"],
        "MODALITY": known["modality"],
    }.items():
        text = text.replace(f"@{key}@", str(value))
    return text


def _guessed(path: Path) -> dict[str, Any]:
    """What an ONNX file alone tells: sides, channels and names; the task by the number of sides of its output."""
    found = look_into(path)
    port, out = found.inputs[0], found.outputs[0]
    sides = port.sides if len(port.sides) == 4 else (None, None, None, None)
    return {
        "size": (sides[2] or 256, sides[3] or 256),
        "channels": sides[1] if sides[1] in (1, 3) else 3,
        "input": port.name,
        "output": out.name,
        "scale": 1.0,
        "task": "segmentation" if len(out.sides) == 4 else "classification",
        "classes": [f"class-{number}" for number in range(out.sides[1] or 2)] if len(out.sides) > 1 else ["no", "yes"],
        "modality": "OT",
        "version": "1.0.0",
    }


def _answers(known: dict[str, Any]) -> str:
    """One region a channel but the background, or one head."""
    classes = [_plain(name) for name in known["classes"]] or ["no", "yes"]
    if known["task"] == "segmentation":
        start = 1 if len(classes) > 1 else 0
        regions = [
            f'[[regions]]\nname = "{_key(name)}"\nchannel = {number}\nthreshold = 0.5\n'
            for number, name in enumerate(classes)
            if number >= start
        ]
        return "\n".join(regions)
    if len(classes) <= 2:
        names = classes if len(classes) == 2 else ["no", "yes"]
        outputs = "outputs = [1]\nagainst = [0]" if len(classes) == 2 else "outputs = [0]"
        return f'[[heads]]\nname = "finding"\nkind = "binary"\n{outputs}\nclasses = {json.dumps(names)}\n'
    outputs = f"outputs = {list(range(len(classes)))}"
    return f'[[heads]]\nname = "class"\nkind = "categorical"\n{outputs}\nclasses = {json.dumps(classes)}\n'


def _plain(text: Any) -> str:
    """Safe between the quotes of TOML."""
    return re.sub(r'["\\\x00-\x1f\x7f]', "", str(text))[:200]


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")[:60] or "region"


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
