"""The readers of the text corpora: layout, offsets, what is refused."""

import gzip
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.text import Event, Span, partitions, read_e3c, read_quaero, templates_path

CASE = {
    "id": "FRX",
    "text": "Pas de toux, une fièvre.",
    "clinical_entities": [{"begin": 17, "end": 23, "cui": "C1"}, {"begin": 7, "end": 11}],
    "events": [{"begin": 7, "end": 11, "polarity": "NEG", "contextualModality": "ACTUAL"}],
    "metadata": {"docSource": "Journal"},
}
TITLE = {
    "id": "1",
    "source": "MEDLINE",
    "text": "Fracture et luxation de la hanche",
    "entities": [
        {"label": "DISO", "fragments": [[12, 20]], "note": "C2"},
        {"label": "DISO", "fragments": [[0, 8], [24, 33]]},
        {"label": "ANAT", "fragments": [[27, 33]]},
    ],
}


def write(path: Path, records: Iterable[Any]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record) + "\n" for record in records)
    return path


def reference(name: str) -> Path:
    root = os.environ.get("COGNOSCOPE_DATASETS")
    if not root or not (Path(root) / "text" / name).is_dir():
        pytest.skip(f"COGNOSCOPE_DATASETS does not name a folder with text/{name}")
    return Path(root) / "text" / name


def test_a_case_has_its_disorders_and_events_in_order(tmp_path: Path) -> None:
    (case,) = read_e3c(write(tmp_path / "layer1_x.jsonl.gz", [CASE]))
    assert case.spans == (Span(7, 11, "CLINENTITY"), Span(17, 23, "CLINENTITY", "C1"))
    assert case.events == (Event(7, 11, "NEG", "ACTUAL"),)
    assert (case.identifier, case.source) == ("FRX", "Journal")
    assert [case.text[span.start : span.stop] for span in case.spans] == ["toux", "fièvre"]


def test_an_unannotated_text_has_no_spans(tmp_path: Path) -> None:
    (text,) = read_e3c(write(tmp_path / "layer3.jsonl.gz", [{"id": "a", "source": "S", "text": "Rien."}]))
    assert (text.source, text.spans, text.events) == ("S", (), ())


def test_pieces_of_an_entity_become_one_span(tmp_path: Path) -> None:
    (title,) = read_quaero(write(tmp_path / "test.jsonl.gz", [TITLE]))
    assert title.spans == (Span(0, 33, "DISO"), Span(12, 20, "DISO", "C2"), Span(27, 33, "ANAT"))


def test_any_partition_of_a_layer_is_found(tmp_path: Path) -> None:
    for name in ("layer1_test.jsonl.gz", "layer1_train.jsonl.gz", "layer2_silver.jsonl.gz", "layer1_train_iob.txt.gz"):
        write(tmp_path / name, [])
    assert [path.name for path in partitions(tmp_path, "layer1_")] == ["layer1_test.jsonl.gz", "layer1_train.jsonl.gz"]


@pytest.mark.parametrize("reader", [read_e3c, read_quaero])
def test_a_broken_file_is_said(tmp_path: Path, reader: Any) -> None:
    broken = tmp_path / "layer1_x.jsonl.gz"
    broken.write_bytes(b"not compressed")
    with pytest.raises(InvalidInput, match="datasets verify"):
        reader(broken)
    with pytest.raises(InvalidInput, match="laid out"):
        reader(write(tmp_path / "layer1_y.jsonl.gz", [{"id": "a"}]))
    with pytest.raises(InvalidInput, match="laid out"):
        reader(write(tmp_path / "layer1_z.jsonl.gz", [[1, 2]]))


def test_absent_templates_are_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="datasets list"):
        templates_path(tmp_path)


def test_the_reference_corpora_have_what_their_publishers_say() -> None:
    cases = read_e3c(reference("e3c-french") / "layer1_train.jsonl.gz")
    assert (len(cases), sum(len(case.spans) for case in cases)) == (36, 596)
    manual = read_e3c(reference("e3c-french") / "layer2_validation_manual.jsonl.gz")
    assert (len(manual), sum(len(case.spans) for case in manual)) == (18, 272)
    titles = read_quaero(reference("quaero-fr") / "test.jsonl.gz")
    assert (len(titles), sum(len(title.spans) for title in titles)) == (848, 5307)
    assert {title.source for title in titles} == {"EMEA", "MEDLINE"}
    assert templates_path(reference("eds-pseudo-templates")).is_file()
