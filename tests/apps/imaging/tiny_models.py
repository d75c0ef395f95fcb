"""Model folders for tests: networks of a few weights that answer by brightness, made when they are asked for."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from tests.tiny_onnx import integer, ints, model, node, segmenter, shaped, tensor

ABOUT = """
name = "{name}"
version = "0.0.1"
task = "{task}"
source = "tests/apps/imaging/tiny_models.py"
research_only = false
gate = "none"
split = "nothing was learnt"
[input]
size = [{rows}, {columns}]
channels = {channels}
[[trained_on]]
name = "nothing: three weights written by hand"
licence = "as this project"
ships = true
"""


@cache
def _root() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tiny-models-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def written(name: str, content: bytes, about: str) -> Path:
    """A model folder with this network and this description."""
    folder = _root() / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(content)
    (folder / "model.toml").write_text(about, encoding="utf-8")
    return folder


def bright_region(name: str, region: str, channels: int, size: tuple[int, int], more: str = "") -> Path:
    """A segmentation: what is brighter than half is the region, its edge soft."""
    weights = np.zeros((2, channels), np.float32)
    weights[1] = 20 / channels
    content = segmenter(weights, np.array([0, -10], np.float32), ("rows", "columns"))
    about = ABOUT.format(name=name, task="segmentation", rows=size[0], columns=size[1], channels=channels)
    return written(name, content, f'{about}[[regions]]\nname = "{region}"\nchannel = 1\n{more}')


def by_brightness(name: str, weights: np.ndarray, bias: np.ndarray, size: tuple[int, int], heads: str) -> Path:
    """A classification: each column of the logits is a weighted mean of the image's colours.

    weights: (K, C); bias: (K,); heads: the `[[heads]]` of its description.
    """
    columns, channels = weights.shape
    nodes = [
        node("Conv", ["image", "weights", "bias"], ["dense"], ints("kernel_shape", [1, 1])),
        node("AveragePool", ["dense"], ["map"], ints("kernel_shape", [8, 8]), ints("strides", [8, 8])),
        node("GlobalAveragePool", ["dense"], ["mean"]),
        node("Flatten", ["mean"], ["logits"], integer("axis", 1)),
        node("GlobalAveragePool", ["image"], ["pooled"]),
        node("Flatten", ["pooled"], ["features"], integer("axis", 1)),
    ]
    content = model(
        nodes,
        [
            tensor("weights", weights.astype(np.float32).reshape(columns, channels, 1, 1)),
            tensor("bias", bias.astype(np.float32)),
        ],
        [shaped("image", ["n", channels, *size])],
        [
            shaped("logits", ["n", columns]),
            shaped("map", ["n", columns, size[0] // 8, size[1] // 8]),
            shaped("features", ["n", channels]),
        ],
    )
    about = ABOUT.format(name=name, task="classification", rows=size[0], columns=size[1], channels=channels)
    return written(name, content, about + heads)
