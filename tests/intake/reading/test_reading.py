"""Reports are read once a version, by several processes, and a kill costs nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.reading import invented_reader
from tests.intake.reading.notes import ON, READER, current, put, warehouse_with

from cognoscope.core.actor import Role, person
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.optout import change
from cognoscope.intake.processes import WorkerLost
from cognoscope.intake.pseudonyms import person_id
from cognoscope.intake.reading.component import component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.on_one_machine import read_warehouse
from cognoscope.intake.reading.rows import mention_rows, modifiers

OFFICER = person("dpo", Role.DATA_PROTECTION_OFFICER)
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEXTS = ["Diabète de type 2. Pas de diabète insipide, pas de diabete gestationnel.", "Rien à signaler.", "Diabète."]


def read(warehouse, workers=1):
    (done,) = read_warehouse(warehouse, ON, names=[READER], workers=workers)
    return done


def test_mentions_become_rows_and_come_back(home):
    warehouse = warehouse_with(home, TEXTS)
    done = read(warehouse)
    assert (done.documents, done.mentions, done.refused) == (3, 4, 0)
    rows = current(warehouse)
    assert [(row["note_id"], row["lexical_variant"], row["negated"], row["asserted"]) for row in rows] == [
        (1, "Diabète", False, True),
        (1, "diabète", True, False),
        (1, "diabete", True, False),
        (3, "Diabète", False, True),
    ]
    first = rows[0]
    assert (first["group"], first["label"], first["code"], first["vocabulary"]) == (
        "condition", "diabetes", "E11", "CIM-10",
    )  # fmt: skip
    assert (first["start"], first["stop"], first["value"], first["person_id"]) == (0, 7, None, 1)


def test_the_same_report_is_read_once(home):
    warehouse = warehouse_with(home, TEXTS)
    read(warehouse)
    assert read(warehouse).documents == 0
    put(warehouse, ["Encore un diabète."], first=4)
    assert read(warehouse).documents == 1
    assert len(current(warehouse)) == 5


def test_a_changed_report_is_read_again_and_its_old_mentions_go(home):
    warehouse = warehouse_with(home, TEXTS)
    read(warehouse)
    put(warehouse, ["Pas de diabète."], first=3)
    assert read(warehouse).documents == 1
    assert [row["negated"] for row in current(warehouse) if row["note_id"] == 3] == [True]


def test_a_new_version_reads_everything_again_and_replaces(home, monkeypatch):
    warehouse = warehouse_with(home, TEXTS)
    read(warehouse)
    blind = replace(invented_reader.COMPONENT, version="b" * 64, read=lambda texts: [[] for _ in texts])
    monkeypatch.setattr(invented_reader, "COMPONENT", blind)
    assert read(warehouse).documents == 3
    assert current(warehouse) == []
    monkeypatch.undo()
    # Going back to the former version is a reading like any other.
    assert read(warehouse).documents == 3
    assert len(current(warehouse)) == 4


def test_two_processes_read_the_same_as_one(home, tmp_path):
    texts = [f"Compte rendu {number}. {'Pas de d' if number % 3 else 'D'}iabète." for number in range(300)]
    warehouse = warehouse_with(home, texts)
    assert read(warehouse, workers=2).documents == 300
    alone = warehouse_with(replace(home, path=tmp_path / "other"), texts)
    read(alone)
    assert current(warehouse) == current(alone)


def test_a_report_that_cannot_be_read_does_not_stop_the_others(home):
    warehouse = warehouse_with(home, [*TEXTS, "Diabète [fails] de Jean Dupont"])
    done = read(warehouse)
    assert (done.documents, done.mentions, done.refused) == (4, 4, 1)
    backend = warehouse.connect()
    (row,) = backend.table("quarantine").to_pyarrow().to_pylist()
    backend.disconnect()
    assert (row["file"], "RuntimeError" in row["reason"], "Dupont" in row["reason"]) == ("note 4", True, False)
    assert read(warehouse).documents == 0


def test_a_killed_process_loses_nothing(home, tmp_path):
    """The process dies in the second of two chunks; the first is kept, the next run reads the rest."""
    mark = tmp_path / "killed"
    texts = ["Diabète."] * 40 + [f"Diabète [slow] [kills {mark}]"] + ["Diabète."] * 39
    warehouse = warehouse_with(home, texts)
    with pytest.raises(WorkerLost, match="run `cognoscope read` again"):
        read(warehouse, workers=2)
    assert mark.exists()
    before = len(current(warehouse))
    assert read(warehouse).documents == 80 - before
    assert [row["note_id"] for row in current(warehouse)] == list(range(1, 81))


def test_opted_out_persons_are_neither_read_nor_shown(home, ledger):
    warehouse = warehouse_with(home, TEXTS)
    read(warehouse)
    pseudonym = f"{1 << 1:016x}{0:016x}"
    assert person_id(pseudonym) == 1
    change(home, pseudonym, refuses=True, ledger=ledger, actor=OFFICER, at=AT)
    put(warehouse, ["Diabète d'une personne qui refuse."], first=1)
    assert read(warehouse).documents == 0
    assert {row["note_id"] for row in current(warehouse)} == {3}


def test_unknown_component_is_a_sentence():
    with pytest.raises(InvalidInput, match="no component 'nothing'"):
        component("nothing")


@given(st.text(max_size=20), st.text(max_size=20), st.none() | st.floats(allow_nan=False, allow_infinity=False))
def test_rows_never_break_the_list_of_modifiers(label, unit, value):
    mention = Mention(start=0, stop=1, group="measurement", label=label, unit=unit, value=value, negated=True)
    terms = modifiers(mention)
    assert terms.startswith(";") and terms.endswith(";")
    assert terms.count(";negated=yes;") == 1
    assert all(pair.count("=") == 1 for pair in terms.strip(";").split(";"))
    (row,) = mention_rows(invented_reader.COMPONENT, [1], ["x"], [[mention]], ON).to_pylist()
    assert (row["term_exists"], row["offset"]) == ("N", "0-1")
