"""The evaluation of French spans on made sections."""

from pathlib import Path

import pytest
from tests.apps.pharmacy.reactions.test_french_spans import leaflets

from cognoscope.apps.pharmacy.reactions import evaluate_french
from cognoscope.core.errors import InvalidInput


def test_each_product_is_judged_by_the_others(tmp_path: Path):
    (metric,), detail, rows = evaluate_french.evaluate(leaflets(tmp_path, 6))
    assert metric.name == "span_f1"
    assert metric.value is not None and 0 <= metric.value <= 1
    assert detail["marker"]["truths"] == 12
    assert metric.baseline is not None
    assert rows == 6
    assert detail["in_pieces_left_out"] == 6
    assert detail["judged"] == "each product by a marker of the others"


def test_too_few_products_need_the_reference_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COGNOSCOPE_DATASETS", str(tmp_path / "none"))
    with pytest.raises(InvalidInput, match="no reference set"):
        evaluate_french.evaluate(leaflets(tmp_path, 2))


def test_too_few_products_are_judged_by_the_reference_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    reference = tmp_path / "text" / "rcp-effets-indesirables-fr"
    reference.mkdir(parents=True)
    leaflets(reference, 8)
    judged = tmp_path / "judged"
    judged.mkdir()
    monkeypatch.setenv("COGNOSCOPE_DATASETS", str(tmp_path))
    (metric,), detail, rows = evaluate_french.evaluate(leaflets(judged, 2))
    assert detail["judged"] == "by a marker of the reference set"
    assert metric.value is not None
    assert rows == 2
