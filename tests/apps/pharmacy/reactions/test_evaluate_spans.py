import gzip

import pytest

from cognoscope.apps.pharmacy.reactions.evaluate_spans import (
    calibration,
    dictionary,
    digest,
    evaluate,
    looked_up,
    overlap_f1,
    read_conll,
    runs,
    trained,
)
from cognoscope.core.errors import InvalidInput

LINES = "Awful\tB-ADR\nnausea\tI-ADR\n.\tO\n\nFor\tO\nmy\tO\nsadness\tB-DI\n"


def test_runs_of_one_kind():
    assert runs(["B-ADR", "I-ADR", "B-ADR", "O", "I-ADR", "B-DI"]) == [(0, 2), (2, 3), (4, 5)]


def test_conll_is_read_packed_or_not(tmp_path):
    (tmp_path / "all_test.conll").write_text(LINES)
    (tmp_path / "all_dev.conll.txt.gz").write_bytes(gzip.compress(LINES.encode()))
    plain, packed = read_conll(tmp_path / "all_test.conll"), read_conll(tmp_path / "all_dev.conll.txt.gz")
    assert (
        plain
        == packed
        == [(["Awful", "nausea", "."], ["B-ADR", "I-ADR", "O"]), (["For", "my", "sadness"], ["O", "O", "B-DI"])]
    )


def test_a_line_without_a_label_is_named(tmp_path):
    path = tmp_path / "all_test.conll"
    path.write_text("Awful\tB-ADR\nnausea\n")
    with pytest.raises(InvalidInput, match="line 2"):
        read_conll(path)


def test_the_dictionary_takes_the_longest_and_leaves_what_is_seldom_a_reaction():
    data = [
        (["bad", "nausea"], ["B-ADR", "I-ADR"]),
        (["nausea"], ["B-ADR"]),
        (["it"], ["B-ADR"]),
        (["it"], ["O"]),
        (["it"], ["O"]),
    ]
    entries = dictionary(data)
    assert looked_up(["Bad", "nausea", "it"], entries) == {(0, 2)}


def test_overlap_counts_what_touches():
    assert overlap_f1([{(0, 2)}, {(5, 6)}], [{(1, 3)}, set()]) == pytest.approx(2 / 3)


def test_calibration_by_fifths():
    said = [[(0, 1, score / 10)] for score in range(10)]
    truth = [{(0, 1)} if score > 4 else set() for score in range(10)]
    parts = calibration(said, truth)
    assert [part["right"] for part in parts] == [0, 0, 0.5, 1, 1]


def test_a_folder_is_judged_without_what_trained(tmp_path):
    pytest.importorskip("onnxruntime")
    (tmp_path / "all_test.conll").write_text(LINES)
    (metric,), detail, rows = evaluate(tmp_path)
    assert rows == detail["sentences"] == 2
    assert metric.name == "span_f1"
    assert metric.value == 1


def test_a_file_without_sentences_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="needed"):
        evaluate(tmp_path)
    (tmp_path / "all_test.conll").write_text("\n\n")
    with pytest.raises(InvalidInput, match="give others"):
        evaluate(tmp_path)


def test_training_sentences_are_known_by_their_words():
    assert len(trained()) > 4000
    assert digest(["Awful", "nausea"]) == digest(["awful", "NAUSEA"])
