"""The evaluation of labels on made ones: the shipped model judges what it has not seen, and says so."""

import os
from pathlib import Path

import pytest
from tests.apps.pharmacy.reactions.test_labels_file import made, written

from cognoscope.apps.pharmacy.reactions import evaluate_labels
from cognoscope.apps.pharmacy.reactions.labels import shipped
from cognoscope.apps.pharmacy.reactions.labels_corpus import read_labels
from cognoscope.core.errors import InvalidInput


def test_unseen_labels_are_judged_by_the_shipped_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COGNOSCOPE_DATASETS", str(tmp_path / "none"))
    metrics, detail, rows = evaluate_labels.evaluate(written(tmp_path, 6))
    assert [metric.name for metric in metrics] == ["label_pt_f1", "label_pt_macro_f1", "label_pt_f1_open"]
    assert rows == 6
    assert detail["judged"] == "by the shipped model"
    assert detail["with_sider"] == detail["without_sider"]
    for metric in metrics:
        assert metric.low is not None and metric.high is not None and metric.value is not None
        assert 0 <= metric.low <= metric.value <= metric.high <= 1


def test_labels_that_the_model_learnt_from_are_judged_in_folds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COGNOSCOPE_DATASETS", str(tmp_path / "none"))
    written(tmp_path, 20)
    digests = frozenset(int(label.digest[:16], 16) for label in read_labels(tmp_path))
    monkeypatch.setattr(evaluate_labels, "shipped", lambda: (shipped()[0], digests))
    _, detail, rows = evaluate_labels.evaluate(tmp_path)
    assert detail["judged"].startswith("5 folds")
    assert rows == len(made(20))
    assert detail["without_sider"]["truths"] == 60


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    assert not evaluate_labels.fits(tmp_path)
    with pytest.raises(InvalidInput):
        evaluate_labels.evaluate(tmp_path)


def test_the_reference_labels_are_recognised_by_their_texts():
    root = os.environ.get("COGNOSCOPE_DATASETS")
    if not root or not (Path(root) / "text" / "tac2017-adr-labels").is_dir():
        pytest.skip("COGNOSCOPE_DATASETS does not name a folder with text/tac2017-adr-labels")
    labels = read_labels(Path(root) / "text" / "tac2017-adr-labels")
    assert {int(label.digest[:16], 16) for label in labels} == shipped()[1]
