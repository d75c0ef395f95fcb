"""Reports come in without identities, every line is accounted for, and a case counts once."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.reports.deliveries import demo_line, drug_line, faers, vigibase

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.reports.counting import count_pairs
from cognoscope.intake.reports.ingest import ingest_reports, layout_of
from cognoscope.intake.reports.pair_counts import PairCounts
from cognoscope.intake.reports.strata import AGE_BANDS, SEXES, Stratum, age_band, stratum_of
from cognoscope.intake.warehouse import Warehouse, open_warehouse

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def warehouse(home: Home) -> Warehouse:
    keys.create(home)
    return open_warehouse(home)


def counted(warehouse: Warehouse, as_of: date = date(2026, 3, 1)) -> PairCounts:
    backend = warehouse.connect()
    try:
        return count_pairs(backend.con, as_of)
    finally:
        backend.disconnect()


def rows(warehouse: Warehouse, table: str) -> list[dict[str, object]]:
    backend = warehouse.connect()
    try:
        found: list[dict[str, object]] = backend.table(table).to_pandas().replace({np.nan: None}).to_dict("records")
        return found
    finally:
        backend.disconnect()


def one(folder: Path, case: str = "201", reaction: str = "RASH", **said: str) -> Path:
    return faers(
        folder, [demo_line(case, **said)], [drug_line(f"{case}1", "IMAGINAMYCIN")], [f"{case}1${case}${reaction}$"]
    )


def test_a_quarter_of_faers(warehouse: Warehouse, tmp_path: Path):
    folder = faers(
        tmp_path / "q1",
        [demo_line("201"), demo_line("202", sex="M", age="8", day="20250101"), demo_line("203")],
        [
            drug_line("2011", "IMAGINAMYCIN"),
            drug_line("2011", "PLACIDOL", "C", 2),
            drug_line("2021", "IMAGINAMYCIN", "SS"),
            drug_line("2021", "IMAGINAMYCIN", "PS", 2),
        ],
        ["2011$201$RASH$", "2011$201$Rash.$", "2021$202$NAUSEA$", "2031$203$NAUSEA$"],
        ["2011$201$HO"],
    )
    done = ingest_reports(folder, warehouse, AT)
    assert (done.read, done.written, done.quarantined) == (3, 2, 1)
    found = counted(warehouse)
    assert found.drugs == ("Imaginamycin",) and found.reactions == ("Nausea", "Rash")
    assert found.reports == 2 and found.both.tolist() == [1.0, 1.0]
    reports = rows(warehouse, "adverse_report")
    assert {(one["sex"], one["age_band"], one["serious"]) for one in reports} == {
        ("female", "45-64", 1),
        ("male", "2-11", 0),
    }
    assert {one["kind"] for one in rows(warehouse, "quarantine")} == {"no-drug"}


def test_nothing_that_names_a_person_is_kept(warehouse: Warehouse, tmp_path: Path):
    folder = faers(
        tmp_path / "q1",
        [demo_line("8812345")],
        [drug_line("88123451", "IMAGINAMYCIN"), drug_line("88123451", "call 06 12 34 56 78", sequence=2)],
        ["88123451$8812345$RASH$", "88123451$8812345$jean.valjean@example.org$"],
    )
    ingest_reports(folder, warehouse, AT)
    kept = b"".join(path.read_bytes() for path in warehouse.folder.rglob("*") if path.is_file())
    text = str([rows(warehouse, name) for name in ("adverse_report", "report_drug", "report_reaction", "quarantine")])
    for secret in ("8812345", "MFR-", "20250214", "valjean", "06 12", "62.0"):
        assert secret not in text and secret.encode() not in kept, secret


def test_the_same_files_count_once(warehouse: Warehouse, tmp_path: Path):
    folder = one(tmp_path / "q1")
    assert ingest_reports(folder, warehouse, AT).new
    again = ingest_reports(folder, warehouse, AT)
    assert not again.new and again.written == 1
    assert counted(warehouse).reports == 1


def test_a_later_version_replaces_the_earlier_in_whatever_order_they_come(warehouse: Warehouse, tmp_path: Path):
    newer = faers(tmp_path / "new", [demo_line("201", 2)], [drug_line("2012", "PLACIDOL")], ["2012$201$NAUSEA$"])
    ingest_reports(newer, warehouse, AT)
    ingest_reports(one(tmp_path / "old"), warehouse, AT)
    found = counted(warehouse)
    assert found.drugs == ("Placidol",) and found.left_out.superseded == 1


def test_cases_withdrawn_by_the_agency_count_no_more(warehouse: Warehouse, tmp_path: Path):
    folder = one(tmp_path / "q1")
    (folder / "DELETED").mkdir()
    (folder / "DELETED" / "DELETE25Q1.txt").write_text("201\n")
    ingest_reports(folder, warehouse, AT)
    ingest_reports(one(tmp_path / "q2", "204", day="20250107"), warehouse, AT)
    found = counted(warehouse)
    assert found.reports == 1 and found.left_out.removed == 1


def test_two_reports_of_one_event_count_once(warehouse: Warehouse, tmp_path: Path):
    for case in ("201", "301", "302"):
        ingest_reports(one(tmp_path / case, case), warehouse, AT)
    ingest_reports(one(tmp_path / "other", "401", age="63"), warehouse, AT)
    ingest_reports(one(tmp_path / "unknown", "402", age=""), warehouse, AT)
    ingest_reports(one(tmp_path / "unknown2", "403", age=""), warehouse, AT)
    found = counted(warehouse)
    assert found.left_out.duplicates == 2 and found.reports == 4


def test_nothing_later_than_asked_for(warehouse: Warehouse, tmp_path: Path):
    ingest_reports(one(tmp_path / "q1"), warehouse, AT)
    assert counted(warehouse, date(2025, 2, 28)).reports == 0
    assert counted(warehouse, date(2025, 3, 1)).reports == 1


def test_margins_by_stratum_add_up(warehouse: Warehouse, tmp_path: Path):
    demo = [demo_line(str(200 + n), sex="MF"[n % 2], age=str(n), day="") for n in range(60)]
    drug = [drug_line(f"{200 + n}1", f"DRUG{'ABC'[n % 3]}") for n in range(60)]
    reac = [f"{200 + n}1${200 + n}$REACTION{'XY'[n % 2]}$" for n in range(60)]
    ingest_reports(faers(tmp_path / "q", demo, drug, reac), warehouse, AT)
    found = counted(warehouse)
    assert found.totals.sum() == 60 and len(found.strata) > 4
    assert found.drug_strata.sum(axis=1).tolist() == [20, 20, 20]
    assert found.counts().expected == pytest.approx(10.0)
    # Reaction X goes with one sex only: within a stratum it is all or nothing, so every pair is as expected.
    assert found.expected().sum() == pytest.approx(60.0)


def test_the_who_extract(warehouse: Warehouse, tmp_path: Path):
    folder = vigibase(tmp_path / "ecl")
    assert layout_of(folder) == "vigibase"
    done = ingest_reports(folder, warehouse, AT)
    assert (done.written, done.quarantined) == (2, 1)
    found = counted(warehouse)
    assert found.drugs == ("Imaginamycine", "Product 57")
    assert found.reactions == ("MedDRA 10012345", "MedDRA 10054321")
    assert {one["received_month"].month for one in rows(warehouse, "adverse_report")} == {12, 2}  # type: ignore[attr-defined]


def test_a_table_of_reports(warehouse: Warehouse, tmp_path: Path):
    path = tmp_path / "reports.tsv.gz"
    lines = ["CASEID\tDRUG\tAE\tSEX\tAGE\tDATE", "1\tPlacidol\tRash\tF\t44\t2025-02-01", "1\tPlacidol\tNausea\tF\t44\t"]
    path.write_bytes(gzip.compress("\n".join([*lines, "2\tPlacidol", '3\t"Broken\tRash\t\t\t']).encode()))
    done = ingest_reports(path, warehouse, AT)
    assert (done.written, done.quarantined) == (1, 2)
    assert counted(warehouse).reports == 1


@pytest.mark.parametrize("missing", ["DRUG25Q1.txt", "REAC25Q1.txt"])
def test_a_missing_file_is_named(warehouse: Warehouse, tmp_path: Path, missing: str):
    folder = one(tmp_path / "q1")
    (folder / missing).unlink()
    with pytest.raises(InvalidInput, match=missing[:4]):
        ingest_reports(folder, warehouse, AT)


def test_what_is_no_report_is_refused(warehouse: Warehouse, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    counts = tmp_path / "counts.csv"
    counts.write_text("drug,ae,n11\nA,B,3\n")
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress(b"CASEID,DRUG,AE\n1,A,B\n" * 400)[:-30])
    wrong = one(tmp_path / "wrong")
    (wrong / "DEMO25Q1.txt").write_text("number$name\n1$2\n")
    for path, words in ((tmp_path / "empty", "DEMO"), (counts, "propose"), (broken, "copy"), (wrong, "primaryid")):
        with pytest.raises(InvalidInput, match=words):
            ingest_reports(path, warehouse, AT)
    assert rows(warehouse, "adverse_report") == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=300),
    name=st.sampled_from(["DEMO25Q1.txt", "DRUG25Q1.txt", "REAC25Q1.txt", "OUTC25Q1.txt"]),
)
def test_garbage_in_a_file_never_breaks_the_reader(tmp_path: Path, content: bytes, name: str):
    """Whatever follows the good lines: each report is read or a sentence says why not."""
    from cognoscope.intake.reports.faers import read
    from cognoscope.intake.reports.report import usable

    folder = one(tmp_path / "fuzz")
    with (folder / name).open("ab") as stream:
        stream.write(content)
    found = read(folder)
    assert len(list(usable(found.reports, found.rejected))) >= 1
    assert all(each.reason and each.line >= 0 for each in found.rejected)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), name=st.sampled_from(["DEMO.txt", "DRUG.txt", "ADR.txt", "OUT.txt", "MP.txt"]))
def test_garbage_in_an_extract_never_breaks_the_reader(tmp_path: Path, content: bytes, name: str):
    from cognoscope.intake.reports.vigibase import read

    folder = vigibase(tmp_path / "fuzz")
    (folder / name).write_bytes(content)
    try:
        list(read(folder).reports)
    except InvalidInput as error:
        assert str(error)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_garbage_in_a_table_never_breaks_the_reader(tmp_path: Path, content: bytes):
    from cognoscope.intake.reports.pairs import read

    path = tmp_path / "fuzz.csv"
    path.write_bytes(b"CASEID,DRUG,AE\n1,Placidol,Rash\n" + content)
    assert any(each.reactions for each in read(path).reports)


@given(sex=st.sampled_from(SEXES), band=st.sampled_from(AGE_BANDS), year=st.integers(0, 2200))
def test_a_stratum_is_read_back(sex: str, band: str, year: int):
    assert stratum_of(Stratum(sex, band, year).code) == Stratum(sex, band, year)


def test_age_bands():
    assert [age_band(years) for years in (0, 1.9, 2, 17.99, 18, 64, 75, 119)] == [
        "0-1", "0-1", "2-11", "12-17", "18-44", "45-64", "75-", "75-"
    ]  # fmt: skip
    assert age_band(None) == age_band(-1) == age_band(500) == ""
