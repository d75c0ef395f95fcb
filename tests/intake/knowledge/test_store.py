"""Editions are kept whole, replaced at once, and missed in one sentence."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.source import Loaded, Source
from cognoscope.intake.knowledge.store import CURRENT, Knowledge, NotLoaded

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def loaded(edition: str, names: list[str]) -> Loaded:
    return Loaded(edition, {"term": pa.table({"code": list(range(len(names))), "name": names})})


def lines(path: Path) -> Loaded:
    return loaded(path.stem, path.read_text(encoding="utf-8").split())


SOURCE = Source("words", Sentence(fr="Les mots", en="The words"), "Nobody", "none", "a text file", lines, "words/a.txt")


def test_what_is_kept_is_read_back(tmp_path: Path):
    knowledge = Knowledge(tmp_path / "knowledge")
    first = knowledge.keep(SOURCE, loaded("2025", ["fièvre", "toux"]), AT)
    assert Knowledge(tmp_path / "knowledge").edition(SOURCE) == first
    assert knowledge.table(SOURCE, "term").column("name").to_pylist() == ["fièvre", "toux"]


def test_a_new_edition_replaces_the_one_before_and_leaves_it_on_disk(tmp_path: Path):
    knowledge = Knowledge(tmp_path)
    first = knowledge.keep(SOURCE, loaded("2025", ["fièvre"]), AT)
    second = knowledge.keep(SOURCE, loaded("2026", ["fièvre", "toux"]), AT)
    assert first.content != second.content
    assert knowledge.edition(SOURCE).edition == "2026"
    assert {folder.name for folder in (tmp_path / "words").iterdir() if folder.is_dir()} == {
        first.content[:16],
        second.content[:16],
    }


def test_the_same_rows_have_the_same_digest_however_they_are_chunked(tmp_path: Path):
    whole = loaded("2025", ["a", "b", "c"])
    pieces = Loaded("2025", {"term": pa.concat_tables([whole.tables["term"][:1], whole.tables["term"][1:]])})
    assert Knowledge(tmp_path).keep(SOURCE, whole, AT).content == Knowledge(tmp_path).keep(SOURCE, pieces, AT).content


def test_what_is_missing_names_the_command(tmp_path: Path):
    with pytest.raises(NotLoaded, match="cognoscope terminology load words PATH"):
        Knowledge(tmp_path).edition(SOURCE)
    assert not Knowledge(tmp_path).has(SOURCE)


def test_reference_data_stand_in_only_where_nothing_was_loaded(tmp_path: Path):
    (tmp_path / "reference" / "words").mkdir(parents=True)
    (tmp_path / "reference" / "words" / "a.txt").write_text("un deux trois", encoding="utf-8")
    knowledge = Knowledge(tmp_path / "home", tmp_path / "reference")
    assert knowledge.edition(SOURCE).tables == {"term": 3}
    knowledge.keep(SOURCE, loaded("2026", ["seul"]), AT)
    assert knowledge.edition(SOURCE).tables == {"term": 1}


@pytest.mark.parametrize("damage", ["current", "table"])
def test_damage_is_told_in_a_sentence(tmp_path: Path, damage: str):
    knowledge = Knowledge(tmp_path)
    edition = knowledge.keep(SOURCE, loaded("2027", ["fièvre", damage]), AT)
    if damage == "current":
        (tmp_path / "words" / CURRENT).write_bytes(b"{")
    else:
        (tmp_path / "words" / edition.content[:16] / "term.parquet").write_bytes(b"nothing")
    with pytest.raises(InvalidInput, match="terminology load words"):
        knowledge.table(SOURCE, "term")
