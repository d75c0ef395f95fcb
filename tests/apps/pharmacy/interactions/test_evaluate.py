"""The evaluation of interactions on small folders: it runs, it counts, and it can fail."""

import json
import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA
from tests.intake.medicines.small_ansm import RECORDS, write_ansm
from tests.intake.medicines.small_bdpm import PRODUCTS, write_bdpm

from cognoscope.apps.pharmacy.interactions.evaluate import evaluate
from cognoscope.apps.pharmacy.interactions.evaluate_example import EXAMPLE, detected
from cognoscope.apps.pharmacy.interactions.evaluate_names import judged, mistype, share
from cognoscope.apps.pharmacy.interactions.evaluate_pairs import Edition, ask, read_edition
from cognoscope.apps.pharmacy.interactions.evaluate_raw import plain, read_raw
from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.ansm import ANSM
from cognoscope.intake.knowledge.source import Loaded
from cognoscope.intake.medicines import Medicine, Resolution
from cognoscope.intake.medicines.thesaurus import thesaurus_of

DATASETS = os.environ.get("COGNOSCOPE_DATASETS")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Laid out like the reference folder, with a public database beside it."""
    write_ansm(tmp_path / "thesaurus" / "2019_09")
    write_bdpm(tmp_path / "bdpm" / "2026-04")
    return tmp_path / "thesaurus"


def test_every_figure_on_an_unseen_folder(folder: Path):
    found = evaluate(folder)
    values = {metric.name: metric.value for metric in found.metrics}
    assert values["recall"] == values["level_accuracy"] == values["recall_by_name"] == values["silence"] == 1.0
    assert values["name_resolution"] is not None
    assert 0.5 < values["name_resolution"] <= 1.0
    (edition,) = found.detail["editions"]
    assert edition["pairs"] == found.rows == edition["of_names"] + edition["by_class"]
    assert edition["by_class"] > 0
    (sold,) = found.detail["by_name"]
    assert sold["pairs"] > 0
    assert found.detail["names"]["one_error"][0]["typed"] == len(PRODUCTS)
    assert evaluate(folder).metrics == found.metrics


def test_a_folder_without_editions_or_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COGNOSCOPE_DATASETS", str(tmp_path / "none"))
    write_ansm(tmp_path / "only" / "thesaurus" / "2019_09")
    values = {metric.name: metric.value for metric in evaluate(tmp_path / "only" / "thesaurus").metrics}
    assert values["recall"] == 1.0
    assert values["name_resolution"] is None
    empty = tmp_path / "empty" / "empty"
    empty.mkdir(parents=True)
    with pytest.raises(InvalidInput, match="no edition of the thesaurus"):
        evaluate(empty)


@pytest.mark.parametrize(
    ("table", "keep"),
    [
        ("interaction", lambda row: row["number"] not in (1, 2)),
        ("substance", lambda row: "macrolides" not in row["class"]),
    ],
)
def test_a_record_or_a_member_lost_on_the_way_lowers_the_recall(folder: Path, table: str, keep):
    whole = ANSM.load(folder / "2019_09")
    held = whole.tables[table]
    rows = [row for row in held.to_pylist() if keep(row)]
    lost = Loaded(whole.edition, {**whole.tables, table: type(held).from_pylist(rows, schema=held.schema)})
    if table == "substance":
        members = whole.tables["interaction"].to_pylist()
        for row in members:
            row["members"] = ""
        lost = Loaded(whole.edition, {**lost.tables, "interaction": type(held).from_pylist(members)})
    asked = ask(Edition(thesaurus_of(lost), read_raw(folder / "2019_09")))
    assert asked.found < asked.expected
    assert asked.missed


def test_a_level_changed_on_the_way_and_a_pair_too_many_are_seen(folder: Path):
    whole = ANSM.load(folder / "2019_09")
    levels = whole.tables["level"].to_pylist()
    for row in levels:
        row["level"] = "precaution"
    changed = Loaded(whole.edition, {**whole.tables, "level": type(whole.tables["level"]).from_pylist(levels)})
    raw = read_raw(folder / "2019_09")
    asked = ask(Edition(thesaurus_of(changed), raw))
    assert asked.same_levels < asked.expected
    less = type(raw)(raw.names, dict(list(raw.pairs.items())[1:]), raw.direct)
    assert ask(Edition(thesaurus_of(whole), less)).alerted == 1


def test_the_plain_reading_expands_classes_and_lists(folder: Path):
    raw = read_raw(folder / "2019_09")
    assert {level for _, level in raw.pairs[frozenset(("azithromycine", "colchicine"))]} == {"contraindicated"}
    assert frozenset(("spiramycine", "colchicine")) not in raw.pairs
    assert frozenset(("ramipril", "dormirine")) in raw.pairs
    assert raw.direct == {frozenset(("amlodipine", "ramipril"))}
    assert plain("Médicaments  Sédatifs") == "medicamentssedatifs"


def test_the_published_example_is_compared_with_its_edition(folder: Path):
    record = RECORDS[0]
    example = {
        "pddis": [{"substance1": "azithromycine", "substance2": "colchicine", "pddi": record}],
        "thesaurus": {"thesaurus_version": "092019"},
    }
    (folder / EXAMPLE).write_text(json.dumps(example), encoding="utf-8")
    thesaurus = read_edition(folder / "2019_09").thesaurus
    assert detected(folder, [thesaurus])[0]["same"] is True
    assert detected(folder, [])[0]["same"] is None
    example["pddis"][0]["substance1"] = "spiramycine"
    (folder / EXAMPLE).write_text(json.dumps(example), encoding="utf-8")
    assert detected(folder, [thesaurus])[0]["same"] is False


@given(st.text(alphabet="abcdefghij ", min_size=1, max_size=20), st.integers(0, 1000))
def test_a_mistyped_name_has_one_error(name: str, seed: int):
    assert OSA.distance(name, mistype(name, Random(seed))) == 1


def answer(status: str, *sets: tuple[str, ...]) -> Resolution:
    medicines = tuple(Medicine(str(at), "x", names) for at, names in enumerate(sets))
    return Resolution("x", status, medicines, Sentence(fr="x", en="x"))  # type: ignore[arg-type]


def test_only_one_medicine_of_the_right_substances_is_right():
    meant = Medicine("k", "k", ("a", "b"))
    assert judged(answer("exact", ("b", "a")), meant) == "right"
    assert judged(answer("corrected", ("a",)), meant) == "wrong"
    assert judged(answer("ambiguous", ("a", "b"), ("c",)), meant) == "asked"
    assert judged(answer("ambiguous", ("a", "b")), meant) == "asked"
    assert judged(answer("ambiguous", ("c",), ("d",)), meant) == "wrong"
    assert judged(answer("unknown"), meant) == "unknown"


def test_a_share_has_wilsons_interval():
    metric = share("x", 9, 10)
    assert (metric.value, round(metric.low or 0, 3), round(metric.high or 0, 3)) == (0.9, 0.596, 0.982)
    assert share("x", 0, 0).value is None


@pytest.mark.skipif(DATASETS is None, reason="reference data: set COGNOSCOPE_DATASETS")
@pytest.mark.parametrize("edition", ["2016_01", "2016_08", "2018_05", "2019_09", "2020_01"])
def test_each_official_edition_is_found_whole_and_nothing_else(edition: str):
    assert DATASETS is not None
    asked = ask(read_edition(Path(DATASETS) / "drugs" / "thesaurus-ansm" / edition))
    assert asked.expected > 36_000
    assert (asked.found, asked.same_levels, asked.more, asked.alerted) == (asked.expected, asked.expected, 0, 0)
