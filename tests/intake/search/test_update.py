"""The index follows the warehouse: what is new enters, what is gone leaves, whatever happens on the way."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from tests.intake.search.hospital import texts, with_reports

from cognoscope.core.actor import program
from cognoscope.core.errors import InvalidInput
from cognoscope.intake import optout
from cognoscope.intake.pseudonyms import person_id
from cognoscope.intake.search import SearchQuery, Updated, open_index

pytest.importorskip("tantivy")


def found(index, text=""):
    return sorted(index.note_ids(SearchQuery(text)))


def test_only_what_is_new_or_changed_is_indexed(home):
    index = open_index(home)
    warehouse = with_reports(home, texts("toux", "fièvre"))
    assert index.update(warehouse) == Updated(2, 0, 0)
    assert index.update(warehouse) == Updated(0, 0, 0)
    with_reports(home, texts("grippe", "angine", first=2), source="b")
    assert index.update(warehouse) == Updated(1, 1, 0)
    assert found(index) == [1, 2, 3]
    assert found(index, "fièvre") == []
    assert found(index, "grippe") == [2]
    assert index.documents == 3


def test_a_change_of_day_or_title_counts(home):
    index = open_index(home)
    warehouse = with_reports(home, texts("toux"))
    index.update(warehouse)
    with_reports(home, [{**texts("toux")[0], "note_title": "Lettre"}], source="b")
    assert index.update(warehouse) == Updated(0, 1, 0)
    assert [hit.title for hit in index.search(SearchQuery("toux")).hits] == ["Lettre"]


def refuse(home, ledger, person, refuses=True):
    at = datetime(2025, 1, 1, tzinfo=UTC)
    optout.change(home, person, refuses=refuses, ledger=ledger, actor=program("test"), at=at)


def test_who_refuses_is_gone_at_once_and_then_from_the_index(home, ledger):
    person = "0123456789abcdef" * 2
    reports = texts("toux grasse", "toux sèche")
    reports[0]["person_id"] = person_id(person)
    index = open_index(home)
    warehouse = with_reports(home, reports)
    index.update(warehouse)
    assert found(index, "toux") == [1, 2]
    refuse(home, ledger, person)
    assert found(index, "toux") == [2]
    assert index.search(SearchQuery("grasse")).total == 0
    assert index.update(warehouse) == Updated(0, 0, 1)
    assert index.documents == 1
    refuse(home, ledger, person, refuses=False)
    assert index.update(warehouse) == Updated(1, 0, 0)
    assert found(index, "toux") == [1, 2]


def test_who_refuses_under_another_identifier_is_gone_at_once(home, ledger):
    other = "fedcba9876543210" * 2
    warehouse = with_reports(home, texts("toux", "grippe"))
    link = pa.table({"alias_person_id": [person_id(other)], "person_id": [101]})
    key = {name: [1] for name in warehouse_key(warehouse)}
    warehouse.commit("c" * 64, 0, {"person_link": pa.table({**{n: link[n] for n in link.column_names}, **key})})
    index = open_index(home)
    index.update(warehouse)
    assert found(index) == [1, 2]
    refuse(home, ledger, other)
    assert found(index) == [2]


def warehouse_key(warehouse):
    from cognoscope.intake.cdm import table

    return [name for name in table("person_link").key if name not in ("alias_person_id", "person_id")]


def test_another_process_sees_what_was_committed(home):
    reader, writer = open_index(home), open_index(home)
    warehouse = with_reports(home, texts("toux"))
    writer.update(warehouse)
    assert found(reader) == [1]
    with_reports(home, texts("toux", first=9), source="b")
    writer.update(warehouse)
    assert found(reader) == [1, 9]


@pytest.mark.parametrize("lost", ["state-1.sqlite", "index-1/meta.json"])
def test_an_index_that_lost_a_part_is_made_again(home, lost):
    warehouse = with_reports(home, texts("toux", "grippe"))
    open_index(home).update(warehouse)
    (home.search_index / lost).unlink()
    index = open_index(home)
    assert index.documents == 0
    assert index.update(warehouse) == Updated(2, 0, 0)
    assert found(index) == [1, 2]


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00\xff not json"])
def test_a_damaged_index_is_a_sentence_that_says_what_to_do(home, content):
    warehouse = with_reports(home, texts("toux"))
    open_index(home).update(warehouse)
    (home.search_index / "index-1" / "meta.json").write_bytes(content)
    for act in (lambda: open_index(home).search(SearchQuery("toux")), lambda: open_index(home).update(warehouse)):
        with pytest.raises(InvalidInput, match="delete the folder"):
            act()
    shutil.rmtree(home.search_index)
    assert open_index(home).update(warehouse) == Updated(1, 0, 0)


def test_a_disk_that_refuses_is_a_sentence(home, monkeypatch):
    from cognoscope.intake.search import update

    def refuse(*_):
        raise ValueError("No space left on device")

    warehouse = with_reports(home, texts("toux"))
    with monkeypatch.context() as patched, pytest.raises(InvalidInput, match="free some space"):
        patched.setattr(update, "_enter", refuse)
        open_index(home).update(warehouse)
    assert open_index(home).update(warehouse) == Updated(1, 0, 0)


def test_progress_is_told(home, monkeypatch):
    from cognoscope.intake.search import update

    monkeypatch.setattr(update, "REPORTS_A_COMMIT", 2)
    monkeypatch.setattr(update, "ROWS_AT_ONCE", 1)
    told = []
    open_index(home).update(with_reports(home, texts(*"abcde")), lambda *each: told.append(each))
    assert told == [(2, 5), (4, 5), (5, 5)]


KILLED = """
import sys, pathlib
from cognoscope.core.home import Home
from cognoscope.intake.search import open_index, update
from cognoscope.intake.warehouse import open_warehouse
update.REPORTS_A_COMMIT, update.ROWS_AT_ONCE = 50, 10
home = Home(pathlib.Path(sys.argv[1]))
open_index(home).update(open_warehouse(home), lambda done, total: print(done, flush=True))
"""


def test_a_killed_update_goes_on_where_it_stopped(home):
    warehouse = with_reports(home, texts(*(f"toux numéro {number}" for number in range(1000))))
    for lines in (1, 2, 4):
        with subprocess.Popen([sys.executable, "-c", KILLED, str(home.path)], stdout=subprocess.PIPE) as process:
            for _ in range(lines):
                process.stdout.readline()
            time.sleep(0.003 * lines)
            os.kill(process.pid, signal.SIGKILL)
        index = open_index(home)
        assert 0 < index.documents <= 1000
        assert len(set(found(index, "toux"))) == index.documents
    before = index.documents
    assert before < 1000
    done = index.update(warehouse)
    assert done.added + done.changed <= 1000 - before + 100
    assert found(index, "toux") == list(range(1, 1001))
    assert index.documents == 1000
