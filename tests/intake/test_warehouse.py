import errno
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import keys, optout, parts, warehouse, writelock
from cognoscope.intake.cdm import TABLES, table
from cognoscope.intake.parts import DiskFull, stage
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.warehouse import Warehouse, open_warehouse

A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def empty(home: Home) -> Warehouse:
    keys.create(home)
    return open_warehouse(home)


def persons(*born: tuple[int, int]) -> pa.Table:
    return pa.table({"person_id": [one for one, _ in born], "year_of_birth": [year for _, year in born]})


def counted(arrivals: int) -> pa.Table:
    return pa.table(
        {"site": ["ed"], "timestamp": [datetime(2026, 1, 1)], "step": ["day"], "arrivals": [arrivals]},  # noqa: DTZ001
        schema=pa.schema(
            [("site", pa.string()), ("timestamp", pa.timestamp("us")), ("step", pa.string()), ("arrivals", pa.int64())]
        ),
    )


@contextmanager
def connected(store: Warehouse) -> Iterator[Any]:
    backend = store.connect()
    try:
        yield backend
    finally:
        backend.disconnect()


def rows(store: Warehouse, name: str) -> pd.DataFrame:
    with connected(store) as backend:
        return backend.table(name).execute()


def test_every_table_is_there_typed_and_empty_before_any_data(empty: Warehouse) -> None:
    with connected(empty) as backend:
        assert set(backend.list_tables()) == set(TABLES)
        for name, definition in TABLES.items():
            view = backend.table(name)
            assert list(view.columns) == definition.schema.names
            assert view.schema().to_pyarrow() == definition.schema
    assert set(empty.counts().values()) == {0} and empty.files() == []


def test_a_part_counts_once_and_a_later_commit_replaces_a_row(empty: Warehouse) -> None:
    assert empty.commit(A, 0, {"person": persons((1, 1950), (2, 1960))})
    assert not empty.commit(A, 0, {"person": persons((1, 1900))})
    assert empty.commit(B, 0, {"person": persons((1, 1951))})
    assert sorted(rows(empty, "person")["year_of_birth"]) == [1951, 1960]
    assert empty.counts()["person"] == 2


def test_a_corrected_count_replaces_the_old_one(empty: Warehouse) -> None:
    empty.commit(A, 0, {"site_count": counted(100)})
    empty.commit(B, 0, {"site_count": counted(110)})
    assert list(rows(empty, "site_count")["arrivals"]) == [110]


def test_the_last_of_two_rows_of_one_commit_stays(empty: Warehouse) -> None:
    empty.commit(A, 0, {"person": persons((1, 1950), (2, 1960), (1, 1955))})
    assert sorted(rows(empty, "person")["year_of_birth"]) == [1955, 1960]


def test_an_earlier_source_stays_earlier_when_its_missing_part_comes_late(empty: Warehouse) -> None:
    """An ingest was killed between its parts, another came between: the order is that of the sources."""
    empty.begin(A)
    empty.commit(B, 0, {"person": persons((1, 2000))})
    empty.commit(A, 0, {"person": persons((1, 1900))})
    assert list(rows(empty, "person")["year_of_birth"]) == [2000]


def test_settling_changes_no_row(empty: Warehouse) -> None:
    empty.commit(A, 0, {"person": persons((1, 1950)), "site_count": counted(1)})
    empty.commit(B, 0, {"person": persons((2, 1960)), "site_count": counted(2)})
    before = rows(empty, "person"), rows(empty, "site_count")
    empty.settle()
    assert set(empty.manifest().distinct) == {"person"}
    after = rows(empty, "person"), rows(empty, "site_count")
    for old, new in zip(before, after, strict=True):
        # A database promises no order of rows.
        pd.testing.assert_frame_equal(
            *(each.sort_values(list(each.columns)[:1], ignore_index=True) for each in (old, new))
        )
    empty.commit(C, 0, {"person": persons((1, 1999))})
    assert sorted(rows(empty, "person")["year_of_birth"]) == [1960, 1999]


def test_opted_out_persons_are_in_no_view_under_any_of_their_identifiers(empty: Warehouse) -> None:
    pseudonymiser = empty.pseudonymiser()
    me, alias, other = (pseudonymiser.person_key(name) for name in ("fhir-7", "IPP7", "fhir-8"))
    links = {"alias_person_id": [me, alias, other], "person_id": [me, me, other]}
    deaths = pa.table({"person_id": [me, other], "death_date": [datetime(2026, 1, 1).date()] * 2})  # noqa: DTZ001
    empty.commit(A, 0, {"person": persons((me, 1950), (other, 1960)), "person_link": pa.table(links), "death": deaths})
    for refused in ("fhir-7", "IPP7"):
        optout.register_file(empty.home).write_text(pseudonymiser.person(refused) + "\n", encoding="ascii")
        with connected(empty) as backend:
            for name in (name for name, definition in TABLES.items() if definition.about_a_person):
                assert me not in set(backend.table(name).person_id.execute()), name
            assert list(backend.table("person").person_id.execute()) == [other]


def test_another_identifier_of_a_person_leads_to_the_person(empty: Warehouse) -> None:
    links = pa.table({"alias_person_id": [7, 70, 8], "person_id": [7, 7, 8]})
    empty.commit(A, 0, {"person": persons((7, 1950), (8, 1960)), "person_link": links})
    empty.commit(B, 0, {"death": pa.table({"person_id": [70], "death_date": [datetime(2026, 1, 1).date()]})})  # noqa: DTZ001
    assert list(rows(empty, "death")["person_id"]) == [7]


def test_an_identifier_that_two_persons_claim_joins_nobody(empty: Warehouse) -> None:
    links = pa.table({"alias_person_id": [7, 70, 8, 70, 8], "person_id": [7, 7, 8, 8, 7]})
    empty.commit(A, 0, {"person": persons((7, 1950), (8, 1960), (70, 1970)), "person_link": links})
    assert sorted(rows(empty, "person")["person_id"]) == [7, 8, 70]


def test_a_part_that_was_never_entered_is_ignored_and_swept_away(empty: Warehouse) -> None:
    empty.commit(A, 0, {"person": persons((1, 1950))})
    stage(empty.folder, B, empty.begin(B), 0, {"person": persons((2, 1960))})
    (empty.folder / "parts" / "person" / "half.parquet.123").write_bytes(b"PAR1")
    assert list(rows(empty, "person")["person_id"]) == [1]
    empty.commit(C, 0, {"person": persons((3, 1970))})
    assert len(list((empty.folder / "parts" / "person").iterdir())) == 2
    assert {path.name for path in empty.files()} == {
        "manifest.json",
        f"{A[:32]}-00000000.parquet",
        f"{C[:32]}-00000000.parquet",
    }


def test_a_wrong_key_is_refused_and_the_right_one_still_fits(empty: Warehouse) -> None:
    right = empty.home.key_file.read_text(encoding="ascii")
    empty.pseudonymiser()
    empty.home.key_file.write_text("00" * 32, encoding="ascii")
    with pytest.raises(InvalidInput, match=r"is not the one that .* was made with"):
        empty.pseudonymiser()
    empty.home.key_file.write_text(right, encoding="ascii")
    assert isinstance(empty.pseudonymiser(), Pseudonymiser)


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("nothing", persons((1, 1950)), "no table 'nothing'"),
        ("person", pa.table({"person_id": [1], "hat": [1]}), "no column hat"),
        ("person", pa.table({"year_of_birth": [1950]}), "without its column person_id"),
        ("person", pa.table({"person_id": pa.array([1, None], pa.int64())}), "is empty in 1 rows"),
        ("person", pa.table({"person_id": ["x"]}), "not of type integer"),
    ],
)
def test_rows_that_do_not_fit_are_refused_and_nothing_is_written(
    empty: Warehouse, name: str, given: pa.Table, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        empty.commit(A, 0, {name: given})
    assert set(empty.counts().values()) == {0}


def test_a_missing_required_concept_is_no_matching_concept() -> None:
    conformed = table("person").conform(persons((1, 1950)))
    assert conformed.schema == table("person").schema
    assert conformed["gender_concept_id"].to_pylist() == [0] and conformed["location_id"].to_pylist() == [None]


@pytest.mark.parametrize("content", [b"", b"{", b'{"format": 1, "sources": 3}', b'{"format": 99}'])
def test_a_damaged_manifest_is_named(empty: Warehouse, content: bytes) -> None:
    empty.commit(A, 0, {"person": persons((1, 1950))})
    (empty.folder / "manifest.json").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"manifest\.json (is damaged|was written by a later release)"):
        empty.counts()


def test_a_full_disk_loses_nothing(empty: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.commit(A, 0, {"person": persons((1, 1950))})

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(parts.pq, "write_table", full)
        with pytest.raises(DiskFull, match="no room left"):
            empty.commit(B, 0, {"person": persons((2, 1960))})
    assert list(rows(empty, "person")["person_id"]) == [1]
    assert empty.commit(B, 0, {"person": persons((2, 1960))})
    assert sorted(rows(empty, "person")["person_id"]) == [1, 2]


def _hold(folder: Path, ready: Any, seconds: float) -> None:
    with open_warehouse(Home(folder)).writing():
        ready.set()
        time.sleep(seconds)


def test_a_second_writer_waits_and_is_told_so(empty: Warehouse) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(empty.home.path, ready, 0.5))
    holder.start()
    assert ready.wait(60)
    told: list[str] = []
    waiting = open_warehouse(empty.home, told.append)
    with connected(waiting) as backend:
        assert backend.table("person").count().execute() == 0
    waiting.commit(A, 0, {"person": persons((1, 1950))})
    holder.join()
    assert len(told) == 1 and f"process {holder.pid}" in told[0] and "waiting for it to end" in told[0]


def test_patience_ends_with_a_sentence(empty: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "PATIENCE_SECONDS", 0.0)
    with (
        writelock.exclusive(empty.folder / "lock", "it", lambda _: None, 0),
        pytest.raises(InvalidInput, match="try again when it has ended"),
    ):
        empty.commit(A, 0, {"person": persons((1, 1950))})
