"""The judging of the reading: what counts as found, on folders laid out as E3C's and QUAERO's."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from cognoscope.apps.records.comorbidities.evaluate_counts import Agreement, exact, partial, score
from cognoscope.apps.records.comorbidities.evaluate_entities import entity_metrics
from cognoscope.apps.records.comorbidities.evaluate_qualifiers import Said, entities
from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.text import AnnotatedText, Event, Span

TEXT = "Pas de fièvre. Une pneumonie est traitée."


def record(name: str, text: str = TEXT) -> dict[str, Any]:
    return {
        "id": name,
        "text": text,
        "clinical_entities": [{"begin": 7, "end": 13}, {"begin": 19, "end": 28}],
        "events": [
            {"begin": 7, "end": 13, "polarity": "NEG", "contextualModality": "ACTUAL"},
            {"begin": 19, "end": 28, "polarity": "POS", "contextualModality": "ACTUAL"},
        ],
    }


def write(path: Path, records: list[dict[str, Any]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(each) + "\n" for each in records)


def test_exact_and_overlapping_spans() -> None:
    found, marked = [(0, 4), (10, 14), (20, 22)], [(0, 4), (11, 13)]
    assert exact(found, marked) == Agreement(3, 1, 2, 1)
    assert partial(found, marked) == Agreement(3, 2, 2, 2)


def test_f1_is_of_all_spans_and_its_interval_holds_it() -> None:
    judged = score([Agreement(4, 2, 3, 2), Agreement(1, 1, 2, 1), Agreement(0, 0, 1, 0)])
    assert judged is not None
    assert judged.precision == pytest.approx(3 / 5) and judged.recall == pytest.approx(3 / 6)
    assert judged.f1 == pytest.approx(2 * 3 / (5 + 6))
    assert judged.low is not None and judged.high is not None and judged.low <= judged.f1 <= judged.high


def test_nothing_marked_has_no_figure_and_nothing_right_is_nought() -> None:
    assert score([]) is None and score([Agreement(3, 0, 0, 0)]) is None
    nought = score([Agreement(3, 0, 2, 0)])
    assert nought is not None and (nought.f1, nought.low) == (0.0, None)


def test_metrics_name_what_is_missed_and_what_is_false() -> None:
    text = AnnotatedText("a", "s", TEXT, (Span(7, 13, "X"), Span(19, 28, "X"), Span(0, 3, "OTHER")))
    metrics, detail = entity_metrics(
        [text], "X", ("f", "o"), (0.5, "there"), lambda _: [(7, 13), (29, 32)], lambda _: []
    )
    assert [(m.name, m.value, m.baseline, m.reference) for m in metrics] == [
        ("f", 0.5, 0.0, 0.5),
        ("o", 0.5, 0.0, None),
    ]
    assert (detail["marked"], detail["found"]) == (2, 2)
    assert detail["most_missed"] == [("pneumonie", 1)] and detail["most_false"] == [("est", 1)]


def test_a_disorder_has_the_polarity_of_the_events_that_touch_it() -> None:
    spans = (Span(7, 13, "CLINENTITY"), Span(19, 28, "CLINENTITY"), Span(33, 40, "CLINENTITY"))
    heads = (Event(7, 10, "NEG", "ACTUAL"), Event(19, 28, "POS", "HYPOTHETICAL-OTHER"))
    assert entities(AnnotatedText("a", "s", TEXT, spans, heads)) == [
        Said(7, 13, True, False),
        Said(19, 28, False, True),
    ]


def test_a_folder_without_the_corpus_is_said(tmp_path: Path) -> None:
    from cognoscope.apps.records.comorbidities.evaluate import evaluate

    with pytest.raises(InvalidInput, match="layer1_"):
        evaluate(tmp_path / "absent")


def test_any_folder_laid_out_as_the_corpus_is_judged(tmp_path: Path) -> None:
    pytest.importorskip("edsnlp", reason="the extra `text` is not installed")
    from cognoscope.apps.records.comorbidities.evaluate import evaluate

    folder = tmp_path / "mine"
    write(folder / "layer1_hidden.jsonl.gz", [record("A"), record("B")])
    write(folder / "layer2_validation_manual.jsonl.gz", [record("C")])
    title = {"id": "1", "source": "MEDLINE", "text": "La pneumonie"}
    write(tmp_path / "quaero-fr" / "test.jsonl.gz", [title | {"entities": [{"label": "DISO", "fragments": [[3, 12]]}]}])
    judged = evaluate(folder)
    figures = {metric.name: metric.value for metric in judged.metrics}
    assert (judged.application, judged.dataset, judged.rows) == ("records.comorbidities", "mine", 2)
    assert figures["entity_f1"] == figures["negation_f1"] == figures["negation_f1_end_to_end"] == 1.0
    assert figures["layer2_entity_f1"] == figures["quaero_medline_diso_f1"] == 1.0
    assert "hypothesis_f1" not in figures and "quaero_medline_chem_f1" not in figures
    assert judged.detail["layer1_qualifiers"]["negated"] == 2


def test_the_reading_is_better_than_its_dictionary_alone() -> None:
    root = os.environ.get("COGNOSCOPE_DATASETS")
    if not root or not (Path(root) / "text" / "e3c-french").is_dir():
        pytest.skip("COGNOSCOPE_DATASETS does not name a folder with text/e3c-french")
    pytest.importorskip("edsnlp", reason="the extra `text` is not installed")
    from cognoscope.datasets.text import read_e3c

    cases = read_e3c(Path(root) / "text" / "e3c-french" / "layer1_train.jsonl.gz")
    (exact_, _), _ = entity_metrics(cases, "CLINENTITY", ("f", "o"))
    assert exact_.value is not None and exact_.baseline is not None and exact_.value > exact_.baseline
