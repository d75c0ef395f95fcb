"""Learning from a few made labels, the file of a model, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from cognoscope.apps.pharmacy.reactions.labels import FILE, read, shipped
from cognoscope.apps.pharmacy.reactions.labels_corpus import Label, code_of, holds_labels, read_labels
from cognoscope.apps.pharmacy.reactions.labels_file import load, save
from cognoscope.apps.pharmacy.reactions.labels_fit import fit, sections_of, truth
from cognoscope.core.errors import InvalidInput

TERMS = {
    "nausea": ("Nausea", 1001),
    "dry mouth": ("Dry mouth", 1002),
    "rash": ("Rash", 1003),
    "fits": ("Seizure", 1004),
}
SENTENCES = (
    "The most common adverse reactions were {}, {} and {}.",
    "Adverse reactions reported were {}, {} and {}.",
)


def made(count: int) -> list[dict[str, object]]:
    """Labels that list three reactions and mention the fourth as a history."""
    rows: list[dict[str, object]] = []
    words = list(TERMS)
    for number in range(count):
        listed = [words[(number + step) % 4] for step in range(3)]
        other = words[(number + 3) % 4]
        text = SENTENCES[number % 2].format(*listed) + f"\nPatients with a history of {other} were excluded."
        events = [
            [word, name, float(code), name, code, text.index(word), len(word), "human"]
            for word, (name, code) in ((word, TERMS[word]) for word in listed)
        ]
        row = {"label_id": f"D{number}", "section_name": "adverse reactions", "section_text": text}
        rows.append({**row, "adverse_events": events})
    return rows


def written(folder: Path, count: int = 24) -> Path:
    lines = "\n".join(json.dumps(row) for row in made(count))
    (folder / "some.jsonl").write_text(lines + "\n", encoding="utf-8")
    return folder


def labels(folder: Path, count: int = 24) -> list[Label]:
    return read_labels(written(folder, count))


def test_a_model_tells_reactions_from_history_and_survives_its_file(tmp_path: Path):
    known = labels(tmp_path)
    model, _ = fit(known, [sections_of(label) for label in known], [("Zorblitis", "Zorblitis")], 1)
    found = {one.code for one in model.read(sections_of(known[0]))}
    assert found <= {"1001", "1002", "1003", "1004"}
    assert found
    save(model, tmp_path / "m.npz", [label.digest for label in known])
    again, digests = load(tmp_path / "m.npz")
    assert digests == {int(label.digest[:16], 16) for label in known}
    for label in known:
        sections = sections_of(label)
        assert [(one.code, one.spans) for one in again.read(sections)] == [
            (one.code, one.spans) for one in model.read(sections)
        ]
        assert truth(label)


def test_trees_in_numpy_are_those_of_scikit_learn():
    from sklearn.ensemble import HistGradientBoostingClassifier

    from cognoscope.apps.pharmacy.reactions.labels_trees import flattened

    random = np.random.default_rng(3)
    x = random.normal(size=(400, 6)).astype(np.float32)
    y = x[:, 0] * x[:, 1] + x[:, 2] > 0.2
    grown = [HistGradientBoostingClassifier(max_iter=20, random_state=n).fit(x, y) for n in range(2)]
    expected = np.mean([one.predict_proba(x)[:, 1] for one in grown], axis=0)
    assert flattened(grown).chances(x) == pytest.approx(expected, abs=1e-6)


def test_the_shipped_file_holds_numbers_only():
    with np.load(Path(read.__code__.co_filename).with_name(FILE), allow_pickle=False) as file:
        assert all(file[name].dtype.kind in "uif" for name in file.files)
    model, digests = shipped()
    assert len(digests) == 101
    assert all(code.isdigit() for code in model.codes.values())


def test_a_file_that_is_no_model_is_refused(tmp_path: Path):
    (tmp_path / "m.npz").write_bytes(b"no model")
    with pytest.raises(InvalidInput, match="no model of drug labels"):
        load(tmp_path / "m.npz")


def test_a_folder_without_labels_is_refused(tmp_path: Path):
    (tmp_path / "other.jsonl").write_text('{"a": 1}\n', encoding="utf-8")
    assert not holds_labels(tmp_path)
    with pytest.raises(InvalidInput, match="no annotated label"):
        read_labels(tmp_path)


def test_a_broken_line_is_named(tmp_path: Path):
    written(tmp_path, 2)
    with (tmp_path / "some.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"label_id": "X", "section_name": "a"}\n')
    with pytest.raises(InvalidInput, match=r"some\.jsonl, line 3"):
        read_labels(tmp_path)


@pytest.mark.parametrize(
    ("value", "code"), [(10002034.0, "10002034"), ("10002034", "10002034"), (None, ""), ("", ""), ("none", "")]
)
def test_codes_are_digits(value: object, code: str):
    assert code_of(value) == code
