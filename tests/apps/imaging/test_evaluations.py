"""`evaluate` of the applications of single images, on folders of drawn images laid out like the reference data."""

import csv
import hashlib
import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cognoscope.apps.imaging import bones, fetalhead, polyps, retina, skin
from cognoscope.core.application import Application
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation
from cognoscope.methods.images.shapes import Ellipse

pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
pillow = pytest.importorskip("PIL.Image", reason="needs the extra `imaging`")


def drawings(name: str) -> ModuleType:
    path = Path(__file__).parent / name / "cases.py"
    spec = importlib.util.spec_from_file_location(f"drawn_{name}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def folder_of(path: Path, rows: list[dict[str, Any]], images: list[np.ndarray], masks: list[np.ndarray] = ()) -> Path:
    """Images, masks and labels.csv."""
    for kind in ("images", "masks"):
        (path / kind).mkdir(parents=True)
    for at, image in enumerate(images):
        pillow.fromarray(image).save(path / "images" / f"{at}.png")
        rows[at] = {"image_id": at, "file": f"images/{at}.png", **rows[at]}
    for at, mask in enumerate(masks):
        pillow.fromarray(mask.astype(np.uint8) * 255).save(path / "masks" / f"{at}.png")
        rows[at]["mask"] = f"masks/{at}.png"
    with (path / "labels.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def figures(evaluation: Evaluation) -> dict[str, Any]:
    return {metric.name: metric for metric in evaluation.metrics}


def heads(tmp_path: Path) -> Path:
    drawn = drawings("fetalhead")
    sizes = [(60 + 3 * at, 45 + 2 * at) for at in range(8)]
    rows = [
        {
            "group": at // 2,
            "pixel_size_mm_here": 0.4,
            "head_circumference_mm": Ellipse(0, 0, long, short, 0).perimeter * 0.4 - 3 * 0.4,
        }
        for at, (long, short) in enumerate(sizes)
    ]
    images = [drawn.drawn(long=long, short=short) for long, short in sizes]
    return folder_of(tmp_path / "heads", rows, images, [image > 125 for image in images])


def test_circumferences(tmp_path):
    folder, drawn = heads(tmp_path), drawings("fetalhead")
    found = fetalhead.APPLICATION.with_model(drawn.model()).evaluate(folder)
    rows = figures(found)
    assert rows["mae_mm"].value < 0.2 and rows["mae_mm"].baseline > 5 and rows["mae_mm"].low <= rows["mae_mm"].value
    assert rows["coverage"].value == 1 and rows["dice_mean"].value > 0.98
    assert rows["refused_foreign"].value is None, "weights without a gate refuse nothing, and say so"
    assert found.rows == 8 and found.detail["not_found"] == 0


def test_what_taught_the_model_does_not_judge_it(tmp_path):
    folder, drawn = heads(tmp_path), drawings("fetalhead")
    weights = tmp_path / "weights"
    shutil.copytree(drawn.model(), weights)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in sorted((folder / "images").iterdir())]
    (weights / "seen.csv").write_text("\n".join(["sha256", *digests[:5]]) + "\n", encoding="utf-8")
    found = fetalhead.APPLICATION.with_model(weights).evaluate(folder)
    assert found.rows == 3 and found.detail["left_out_taught_the_model"] == 5
    (weights / "seen.csv").write_text("\n".join(["sha256", *digests]) + "\n", encoding="utf-8")
    nothing = fetalhead.APPLICATION.with_model(weights).evaluate(folder)
    assert nothing.rows == 0 and nothing.metrics[0].value is None and "taught" in nothing.detail["nothing_judged"]


def test_polyps_by_look_alike_group(tmp_path):
    drawn = drawings("polyps")
    images = [drawn.drawn(bumps=1 + at % 2) for at in range(6)]
    masks = [image.mean(axis=2) > 130 for image in images]
    folder = folder_of(tmp_path / "polyps", [{"look_alike_group": at} for at in range(6)], images, masks)
    rows = figures(polyps.APPLICATION.with_model(drawn.model()).evaluate(folder))
    assert rows["dice_mean"].value > 0.97 > rows["dice_mean"].baseline


def test_melanoma_beside_the_dermatologists(tmp_path):
    drawn = drawings("skin")
    images = [drawn.drawn(size=20 + 5 * at) for at in range(12)]
    folder = folder_of(tmp_path / "skin", [{"melanoma": int(at > 5), "lesion_id": at} for at in range(12)], images)
    found = skin.APPLICATION.with_model(drawn.model()).evaluate(folder)
    rows = figures(found)
    assert rows["auc"].value == 1 and rows["specificity_at_sensitivity_866"].value == 1
    assert rows["auc"].reference == 0.95 and 0 <= rows["ece"].value <= 1
    assert {"sensitivity_at_threshold", "specificity_at_threshold", "coverage"} <= set(rows)


def test_eyes_by_patient(tmp_path):
    drawn = drawings("retina")
    images = [drawn.drawn(spots=10 * at) for at in range(8)]
    rows = [
        {
            "patient": at // 2,
            "referable": int(at > 3),
            "dr_grade_0_4": min(at // 2, 4) if at != 7 else "",
            "maculopathy": int(at > 5) if at != 7 else "",
        }
        for at in range(8)
    ]
    found = retina.APPLICATION.with_model(drawn.model()).evaluate(folder_of(tmp_path / "eyes", rows, images))
    rows = figures(found)
    assert rows["auc"].value == 1 and rows["auc_maculopathy"].value == 1
    assert rows["grade_coverage"].value is not None and -1 <= rows["grade_kappa_quadratic"].value <= 1


def test_fractures_without_a_model_and_with_one(tmp_path):
    drawn = drawings("bones")
    images = [drawn.drawn(line=10 * at) for at in range(8)]
    rows = [
        {"fractured": int(at > 3), "id_run_group": at, "source_width": 100 + at, "source_height": 100}
        for at in range(8)
    ]
    folder = folder_of(tmp_path / "bones", rows, images)
    without = bones.APPLICATION.evaluate(folder)
    assert without.metrics[0].value is None and "draft" in without.detail["model"] and "claim" in without.detail
    assert without.detail["auc_of_size_alone"] == 1
    assert figures(bones.APPLICATION.with_model(drawn.model()).evaluate(folder))["auc"].value == 1


@pytest.mark.parametrize("application", [bones, fetalhead, polyps, retina, skin], ids=lambda each: each.__name__[-9:])
def test_a_folder_of_another_layout_is_a_sentence(tmp_path, application):
    chosen: Application = application.APPLICATION
    with pytest.raises(InvalidInput, match=r"labels\.csv cannot be read"):
        chosen.evaluate(tmp_path)
    (tmp_path / "labels.csv").write_text("file\nimages/0.png\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="lacks the columns"):
        chosen.evaluate(tmp_path)


def test_without_weights_the_sentence_names_the_command():
    for application in (bones, polyps, retina):
        (case, *_) = drawings(application.__name__.rpartition(".")[2]).usable()
        (proposal, *_) = application.APPLICATION.propose(case)
        assert proposal.abstention.code == "no-model"
        assert "cognoscope models add" in proposal.abstention.sentence.fr


def test_an_eye_that_cannot_be_read_is_not_gradable():
    from cognoscope.apps.imaging.retina.app_proposal import reword
    from cognoscope.methods.images.gate import sentence_of
    from cognoscope.methods.images.kind import Refusal

    said = reword(Refusal("blurred", sentence_of("blurred")))
    assert said.code == "not-gradable" and "ophtalmologiste" in said.sentence.fr
    other = Refusal("not-this-kind", sentence_of("not-this-kind"))
    assert reword(other) is other


def test_doubtful_films_come_before_those_without_a_sign():
    from cognoscope.apps.imaging.bones.model import concluded
    from cognoscope.methods.images.answers import Answer
    from cognoscope.methods.images.model_folder import Conformal, Head, OperatingPoint

    head = Head(
        name="fracture",
        kind="binary",
        outputs=(0,),
        classes=("no-fracture", "fracture"),
        conformal=Conformal(level=0.9, quantiles=(0.5,)),
        operating_points=(OperatingPoint(name="reading", threshold=0.5),),
    )
    sure, likely = Answer(head, (0.95, 0.05), 0, (0,)), Answer(head, (0.3, 0.7), 1, (1,))
    doubt = Answer(head, (0.6, 0.4), 0, (0, 1))
    order = [concluded(each).urgency for each in (likely, doubt, sure)]
    assert order == sorted(order, reverse=True) and len(set(order)) == 3
