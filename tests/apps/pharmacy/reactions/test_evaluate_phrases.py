import gzip

import pytest

from cognoscope.apps.pharmacy.reactions.evaluate_phrases import disjoint_folds, evaluate, random_folds
from cognoscope.apps.pharmacy.reactions.evaluate_phrases_rows import FILE, FOLDER, rows_of, split
from cognoscope.apps.pharmacy.reactions.phrases_coder import Row
from cognoscope.apps.pharmacy.reactions.phrases_words import same
from cognoscope.core.errors import InvalidInput

WORDS = {
    "10022437": "cannot sleep,no sleep,awake all night",
    "10019211": "head hurts,headache,sore head",
    "10047700": "vomit,threw up,puked",
}
LINES = [
    f"{number}{copy}\t{phrase}\t{code}"
    for copy in (1, 2)
    for code, some in WORDS.items()
    for number, phrase in enumerate(some.split(","))
]


@pytest.fixture(autouse=True)
def no_reference(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("COGNOSCOPE_DATASETS", str(tmp_path_factory.mktemp("datasets")))


def write(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))


def test_rows_with_a_code_are_read_and_others_left_out(tmp_path):
    write(tmp_path / "some.tsv.gz", ["1\tcannot sleep\t10022437", "2\tno label", "3\thurt\tword", "4\t??\t10022437"])
    assert rows_of(tmp_path) == [Row("1", "cannot sleep", "10022437")]


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "some.tsv.gz").write_bytes(gzip.compress(b"1\ta\t2")[:-6])
    with pytest.raises(InvalidInput, match="damaged"):
        rows_of(tmp_path)


def test_a_folder_without_rows_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="needed"):
        evaluate(tmp_path)


def test_no_phrase_is_on_both_sides_of_a_disjoint_fold():
    rows = [Row(*line.split("\t")) for line in LINES]
    for train, test in disjoint_folds(rows):
        assert not {same(row.phrase) for row in train} & {same(row.phrase) for row in test}
    for folds in (random_folds(rows), disjoint_folds(rows)):
        assert sorted(row for _, test in folds for row in test) == sorted(rows)


def test_rows_of_the_reference_are_known_by_content(tmp_path, monkeypatch):
    monkeypatch.setenv("COGNOSCOPE_DATASETS", str(tmp_path))
    write(tmp_path / "text" / FOLDER / FILE, LINES)
    write(tmp_path / "judged" / "a.tsv.gz", [LINES[0], "99\tsore head all day\t10019211"])
    learnt, judged = split(tmp_path / "judged")
    assert len(learnt) == len(LINES)
    assert judged == [Row("99", "sore head all day", "10019211")]
    assert split(tmp_path / "text" / FOLDER)[0] == []


def test_unseen_rows_and_folds_are_both_judged(tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    write(tmp_path / "folds" / "a.tsv.gz", LINES)
    metrics, detail, rows = evaluate(tmp_path / "folds")
    assert [metric.name for metric in metrics] == [
        "phrase_accuracy",
        "phrase_accuracy_disjoint",
        "phrase_accuracy_shipped",
    ]
    assert rows == len(LINES)
    assert "folds" in detail["judged"]
    monkeypatch.setenv("COGNOSCOPE_DATASETS", str(tmp_path))
    write(tmp_path / "text" / FOLDER / FILE, LINES)
    write(tmp_path / "judged" / "a.tsv.gz", ["99\tsore head all day\t10019211", "98\tHeadache\t10019211"])
    metrics, detail, rows = evaluate(tmp_path / "judged")
    assert rows == 2
    assert metrics[0].value == 1
    assert detail["learnt_from"] == len(LINES)
