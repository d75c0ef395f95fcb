"""The recipe of classification on images drawn here: it runs from a folder to a model folder that answers."""

import csv
import tomllib
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is for training only")
pytest.importorskip("onnx", reason="onnx is for training only")

from PIL import Image  # noqa: E402
from training.imaging.classification import run  # noqa: E402
from training.imaging.cls_bank import Bank, BankSettings, learnt, pooled  # noqa: E402
from training.imaging.cls_calibrate import platt  # noqa: E402
from training.imaging.cls_data import Examples, drawn  # noqa: E402
from training.imaging.cls_lesions import LEAST_RADIUS, masks_of  # noqa: E402

from cognoscope.methods.images.classifier import Classifier  # noqa: E402
from cognoscope.methods.images.model_folder import ModelFolder  # noqa: E402

CONFIGS = Path("training/imaging/configs")
SMALL = {"hidden": 8, "dropout": 0.2, "noise": 0.1, "rate": 0.01, "decay": 0.0, "epochs": 20, "members": 1}


def settings(name: str, **more: object) -> dict:
    read = tomllib.loads((CONFIGS / f"{name}.toml").read_text(encoding="utf-8"))
    for bank in read["banks"]:
        bank["atoms"] = 12
    read["fit"] = SMALL
    return read | more


def folder(path: Path, rows: list[dict[str, str]], pictures: list[np.ndarray]) -> Path:
    (path / "images").mkdir(parents=True)
    for number, (row, picture) in enumerate(zip(rows, pictures, strict=True)):
        row["file"] = f"images/{number}.png"
        Image.fromarray(picture).save(path / row["file"])
    with (path / "labels.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def stripes(across: bool, seed: int, colour: bool = False) -> np.ndarray:
    """A texture of one direction under noise."""
    draw = np.random.default_rng(seed)
    wave = 60 * np.sin(np.arange(96) / 2 + draw.uniform(0, 6))
    plane = np.broadcast_to(wave if across else wave[:, None], (96, 96)) + draw.normal(120, 25, (96, 96))
    plane = np.clip(plane, 0, 255).astype(np.uint8)
    return np.stack([plane] * 3, 2) if colour else plane


def test_bones_from_a_folder_to_answers(tmp_path):
    rows = [{"file": "", "fractured": str(at % 2), "id_run_group": f"R{at // 4}"} for at in range(48)]
    pictures = [stripes(bool(at % 2), at) for at in range(48)]
    data = folder(tmp_path / "data", rows, pictures)
    figures = run(settings("bones"), data, tmp_path / "out", 3)
    assert figures["auc"]["value"] > 0.9
    model = ModelFolder(tmp_path / "out")
    assert len(model.seen) == 48
    assert model.unseen([data / "images" / "0.png"]) == [False]
    reading = Classifier(model).read(stripes(True, 99))
    other = Classifier(model).read(stripes(False, 99))
    assert reading.answers["fracture"].yes > other.answers["fracture"].yes
    assert reading.maps.shape[0] == 1
    head = model.about.heads[0]
    assert head.calibration.kind == "platt"
    assert head.conformal.level == 0.9
    assert head.operating_points[0].sensitivity >= 0.9


def test_the_same_seed_gives_the_same_answers(tmp_path):
    rows = [{"file": "", "fractured": str(at % 2), "id_run_group": f"R{at // 2}"} for at in range(16)]
    data = folder(tmp_path / "data", rows, [stripes(bool(at % 2), at) for at in range(16)])
    for name in ("one", "two"):
        run(settings("bones"), data, tmp_path / name, 2)
    assert (tmp_path / "one" / "model.toml").read_bytes() == (tmp_path / "two" / "model.toml").read_bytes()
    assert (tmp_path / "one" / "model.onnx").read_bytes() == (tmp_path / "two" / "model.onnx").read_bytes()


def test_several_questions_at_once_and_a_part_set_aside(tmp_path):
    kinds = ["nevus", "melanoma", "seborrheic_keratosis"]
    rows = [
        {"file": "", "diagnosis": kinds[at % 3], "near_duplicate_group": "", "image_id": f"i{at}"} for at in range(60)
    ]
    pictures = [stripes(at % 3 == 1, at, colour=True) // (1 + (at % 3 == 2)) for at in range(60)]
    data = folder(tmp_path / "data", rows, pictures)
    figures = run(settings("skin"), data, tmp_path / "out", 2)
    about = ModelFolder(tmp_path / "out").about
    assert [head.name for head in about.heads] == ["melanoma", "diagnosis"]
    assert figures["auc_aside"]["how"] == "set aside, judged once"
    assert about.trained_on[0].images == 48
    assert len(ModelFolder(tmp_path / "out").seen) == 48


def film(at: int, ill: bool) -> tuple[np.ndarray, int, int]:
    """A half disc, with a bright spot where ill."""
    draw = np.random.default_rng(at)
    rows, columns = np.mgrid[:512, :512]
    breast = ((rows - 256) / 220.0) ** 2 + (columns / 260.0) ** 2 < 1
    picture = np.where(breast, 90 + draw.normal(0, 8, (512, 512)), 4)
    row, column = int(draw.integers(180, 330)), int(draw.integers(60, 150))
    if ill:
        picture += 110 * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * 12.0**2))
    return np.clip(picture, 0, 255).astype(np.uint8), row, column


def test_mammograms_learn_where_to_look(tmp_path):
    rows, pictures = [], []
    for at in range(24):
        ill = at % 4 == 0
        picture, row, column = film(at, ill)
        rows.append(
            {
                "file": "",
                "pair_id": str(at // 2),
                "severity": "M" if ill else "B" if at == 2 else "",
                "background_tissue": "FGD"[at % 3],
                "x": str(column) if ill else "",
                "y_from_top": str(row) if ill else "",
                "radius_px": "20" if ill else "",
            }
        )
        pictures.append(picture)
    data = folder(tmp_path / "data", rows, pictures)
    given = settings("mammography")
    given["lesions"] |= {"steps": 60, "widths": [16] * 5, "rate": 5e-3}
    figures = run(given, data, tmp_path / "out", 2)
    more = ModelFolder(tmp_path / "out").about.more
    assert more["score"]["cuts"] == sorted(more["score"]["cuts"])
    assert figures["lesions_marked_malignant"]["value"] > 0.5
    assert (tmp_path / "out" / "reliability.csv").read_text().startswith("score,films,women,malignant")


def test_folds_keep_groups_whole_and_strata_even():
    groups = [f"g{at // 2}" for at in range(40)]
    strata = ["1" if at % 10 == 0 else "0" for at in range(40)]
    fold = drawn(strata, groups, 4, 0)
    assert all(len({int(f) for f, g in zip(fold, groups, strict=True) if g == name}) == 1 for name in set(groups))
    counts = [sum(1 for f, s in zip(fold, strata, strict=True) if f == number and s == "1") for number in range(4)]
    assert max(counts) - min(counts) <= 1


def test_platt_finds_the_line_that_made_the_truth():
    draw = np.random.default_rng(0)
    scores = draw.normal(0, 2, 20_000)
    truth = draw.random(20_000) < 1 / (1 + np.exp(-(0.5 * scores - 1)))
    slope, intercept = platt(scores, truth)
    assert slope == pytest.approx(0.5, abs=0.03)
    assert intercept == pytest.approx(-1, abs=0.05)


def test_local_windows_do_not_hear_light_and_contrast():
    draw = torch.Generator().manual_seed(0)
    image = torch.rand(4, 1, 40, 40, generator=draw)
    bank = learnt(list(image), BankSettings(1, 5, 8), 0)
    one, two = bank(image), bank(image * 0.5 + 0.2)
    assert torch.corrcoef(torch.stack([one.flatten(), two.flatten()]))[0, 1] > 0.98
    assert pooled(one, bank.settings.pools).shape == (4, 8 * 4)
    assert isinstance(bank, Bank)


def test_a_circle_marks_the_pixels_it_holds():
    examples = Examples(
        images=np.zeros((1, 1, 64, 64), np.uint8),
        answers={},
        groups=("a",),
        strata=("0",),
        digests=("0",),
        circles=(((20.0, 20.0, 2.0, 1), (50.0, 50.0, 12.0, 0)),),
    )
    masks = masks_of(examples, (64, 64))[0, 0]
    assert masks[20, 20] == 2
    assert masks[50, 61] == 1
    assert masks[20, 50] == 0
    assert (masks == 2).sum() == pytest.approx(np.pi * LEAST_RADIUS**2, rel=0.05)
