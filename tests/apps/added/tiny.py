"""Models of a few hundred bytes with their cards, written to a folder."""

from pathlib import Path

import numpy as np
from tests import tiny_onnx

CARD = """
name = "added.brightness"
version = "1.0.0"
title = { fr = "Clarté", en = "Brightness" }
purpose = { fr = "Dire si une image est claire.", en = "Say whether an image is bright." }
kinds = ["image"]
reviewers = ["radiologist"]
users = [{ fr = "Essais.", en = "Tests." }]
inputs = [{ fr = "Une image.", en = "An image." }]
limits = [{ fr = "Tout.", en = "Everything." }]
reasons = [{ code = "other", label = { fr = "Autre raison", en = "Other reason" } }]
[[risks]]
risk = { fr = "Aucun.", en = "None." }
measure = { fr = "Aucune.", en = "None." }
[ai_act]
classification = "minimal"
reason = { fr = "Essai.", en = "Test." }
[[reference_figures]]
name = { fr = "Aucun", en = "None" }
value = { fr = "0", en = "0" }
source = "tests"
"""

CLASSIFIES = """
name = "added.brightness"
version = "1.0.0"
task = "classification"
source = "tests"
research_only = false
gate = "none"
split = "none"
[input]
size = [8, 8]
channels = 1
[[heads]]
name = "bright"
kind = "binary"
outputs = [1]
against = [0]
classes = ["dark", "bright"]
[[trained_on]]
name = "nothing"
licence = "CC0"
ships = true
[more.onnx]
output = "features"
gives = "logits"
map = "probabilities"
[more.application]
modalities = ["OT", "DX"]
image = { fr = "une image", en = "an image" }
least = 8
labels.bright = { fr = "Image claire", en = "Bright image" }
classes.bright = { fr = "claire", en = "bright" }
classes.dark = { fr = "sombre", en = "dark" }
"""

OUTLINES = CLASSIFIES.replace('task = "classification"', 'task = "segmentation"')
_HEAD = '[[heads]]\nname = "bright"\nkind = "binary"\noutputs = [1]\nagainst = [0]\nclasses = ["dark", "bright"]\n'
_PORTS = 'output = "features"\ngives = "logits"\nmap = "probabilities"\n'
OUTLINES = OUTLINES.replace(_HEAD, '[[regions]]\nname = "bright"\nchannel = 1\n')
OUTLINES = OUTLINES.replace(_PORTS, 'output = "probabilities"\ngives = "probabilities"\n')


def network() -> bytes:
    """`image` (n, 1, 8, 8) -> `probabilities` (n, 2, 8, 8): dark, bright; `features` (n, 2): -/+ 8 (mean - 1/2)."""
    weights, bias = np.array([[-8.0], [8.0]], np.float32), np.array([4.0, -4.0], np.float32)
    nodes = [
        tiny_onnx.node("Conv", ["image", "w", "b"], ["logits"], tiny_onnx.ints("kernel_shape", [1, 1])),
        tiny_onnx.node("Softmax", ["logits"], ["probabilities"], tiny_onnx.integer("axis", 1)),
        tiny_onnx.node("GlobalAveragePool", ["logits"], ["pooled"]),
        tiny_onnx.node("Flatten", ["pooled"], ["features"], tiny_onnx.integer("axis", 1)),
    ]
    return tiny_onnx.model(
        nodes,
        [tiny_onnx.tensor("w", weights.reshape(2, 1, 1, 1)), tiny_onnx.tensor("b", bias)],
        [tiny_onnx.shaped("image", ["n", 1, 8, 8])],
        [tiny_onnx.shaped("probabilities", ["n", 2, 8, 8]), tiny_onnx.shaped("features", ["n", 2])],
    )


def write(folder: Path, model: str = CLASSIFIES, card: str = CARD) -> Path:
    """A folder that can be added."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(network())
    (folder / "model.toml").write_text(model, encoding="utf-8")
    (folder / "card.toml").write_text(card, encoding="utf-8")
    return folder
