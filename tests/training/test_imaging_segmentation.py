"""The recipe of what is outlined, run whole on a few drawn images: a folder of weights that the platform can run."""

import csv
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: `make .venv/.training`")
pytest.importorskip("onnx", reason="training writes ONNX: `make .venv/.training`")

from PIL import Image  # noqa: E402
from training.imaging import segmentation  # noqa: E402

from cognoscope.methods.images.model_folder import ModelFolder  # noqa: E402
from cognoscope.methods.onnx import Network  # noqa: E402

SETTINGS = {
    "task": "segmentation",
    "classes": ["background", "disc"],
    "about": {
        "name": "discs",
        "version": "1.0.0",
        "source": "drawn",
        "research_only": False,
        "split": "by group",
    },
    "data": {
        "table": "labels.csv",
        "identifier": "image_id",
        "file": "file",
        "mask": "masks/{image_id}.png",
        "binary": True,
    },
    "split": {"group": "group", "folds": 3, "seed": 1},
    "input": {"size": [32, 32], "channels": 1, "over": 1.0},
    "network": {"widths": [8, 16], "depths": [1, 1]},
    "fit": {"steps": 60, "batch": 4, "rate": 1e-2, "decay": 1e-3, "memory": 0.9, "seed": 1},
    "trained_on": [{"name": "drawn discs", "licence": "own", "ships": True}],
}


@pytest.mark.parametrize("eight_bits", [False, True])
def test_discs_are_learnt_and_exported(tmp_path, eight_bits):
    if eight_bits:
        pytest.importorskip("nncf", reason="8 bits need NNCF: `make .venv/.training`")
    settings = {**SETTINGS, "fit": {**SETTINGS["fit"], "eight_bits": eight_bits}}
    rng = np.random.default_rng(3)
    data, out = tmp_path / "data", tmp_path / "out"
    (data / "images").mkdir(parents=True)
    (data / "masks").mkdir()
    with (data / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["image_id", "file", "group"])
        for number in range(12):
            row, column = np.mgrid[:48, :48]
            disc = (row - rng.uniform(16, 32)) ** 2 + (column - rng.uniform(16, 32)) ** 2 < rng.uniform(6, 12) ** 2
            drawn = np.clip(60 + 120 * disc + rng.normal(0, 8, disc.shape), 0, 255).astype(np.uint8)
            Image.fromarray(drawn).save(data / "images" / f"{number}.png")
            Image.fromarray(disc.astype(np.uint8) * 255).save(data / "masks" / f"{number}.png")
            table.writerow([number, f"images/{number}.png", number // 2])
    figures = segmentation.run(settings, data, out, folds=1)
    assert figures["figures"]["dice_disc"] > 0.8
    assert json.loads((out / "folds.json").read_text(encoding="utf-8"))["figures"] == figures["figures"]
    assert ModelFolder(out).about.task == "segmentation"
    answered = Network(out / "model.onnx").run({"image": np.zeros((1, 1, 32, 32), np.float32)})
    assert answered["probabilities"].shape == (1, 2, 32, 32)
    assert len((out / "seen.csv").read_text(encoding="utf-8").splitlines()) >= 12
