"""Cases from a file of counts: local time, missing days, nothing from the future, and what is said of bad files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.apps.emergency.arrivals.case import cases_from_file
from cognoscope.apps.emergency.arrivals.case_clock import hour_lengths
from cognoscope.apps.emergency.arrivals.case_counts import site_code
from cognoscope.core.case import Case, Table
from cognoscope.core.errors import InvalidInput

AS_OF = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
HEAD = "site,timestamp,arrivals,admissions\n"


def daily(case: Case) -> dict[str, int | None]:
    return by_date(case.table("daily"))


def by_date(table: Table | None, column: str = "arrivals") -> dict[str, int | None]:
    assert table is not None
    dates, counts = table.column("date"), table.column(column)
    assert dates is not None and counts is not None
    return dict(zip(dates.values, counts.values, strict=True))  # type: ignore[arg-type]


@pytest.fixture
def write(tmp_path: Path):
    def writer(content: str | bytes, name: str = "counts.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return writer


def hours(first: str, periods: int, zone: str = "Europe/Paris") -> str:
    """One visit in every real hour, with its offset."""
    stamps = pd.date_range(first, periods=periods, freq="h", tz=zone)
    return HEAD + "".join(f"Nord,{stamp.isoformat()},1,0\n" for stamp in stamps)


def test_one_case_a_site(write):
    path = write(HEAD + "Nord,2026-11-19,100,20\nHôpital Sud,2026-11-19,7,\nNord,2026-11-20,101,21\n")
    north, south = cases_from_file(path, AS_OF)
    assert (north.subject, south.subject) == ("unit:Nord", "unit:Hopital-Sud")
    assert south.fact("site_name") == "Hôpital Sud"
    assert daily(north) == {"2026-11-19": 100, "2026-11-20": 101}
    assert by_date(north.table("daily"), "admissions") == {"2026-11-19": 20, "2026-11-20": 21}
    table = south.table("daily")
    assert table is not None and table.column("admissions") is None and south.table("hourly") is None


def test_missing_days_are_null_and_zeros_stay(write):
    case = cases_from_file(write("site,timestamp,arrivals\nA,2026-11-15,9\nA,2026-11-17,0\nA,2026-11-18,\n"), AS_OF)[0]
    assert daily(case) == {"2026-11-15": 9, "2026-11-16": None, "2026-11-17": 0, "2026-11-18": None}


def test_nothing_from_the_future_enters(write):
    known = "A,2026-11-19,100,1\nA,2026-11-20,101,1\n"
    poison = "A,2026-11-21,999,9\nA,2026-11-22,998,9\nA,2031-01-01,997,9\n"
    clean = cases_from_file(write(HEAD + known), AS_OF)[0]
    assert cases_from_file(write(HEAD + known + poison, "poisoned.csv"), AS_OF)[0].digest == clean.digest


def test_the_day_ends_at_local_midnight(write):
    path = write(HEAD + "A,2026-11-20,100,1\nA,2026-11-21,101,1\n")
    assert list(daily(cases_from_file(path, datetime(2026, 11, 21, 22, 59, tzinfo=UTC))[0])) == ["2026-11-20"]
    assert "2026-11-21" in daily(cases_from_file(path, datetime(2026, 11, 21, 23, 1, tzinfo=UTC))[0])


def test_a_day_of_hours_counts_only_when_whole(write):
    rows = hours("2026-11-18", 48 + 24).splitlines()
    case = cases_from_file(write("\n".join(rows[:30] + rows[31:]) + "\n"), AS_OF)[0]
    assert daily(case) == {"2026-11-18": 24, "2026-11-19": None, "2026-11-20": 24}


def test_days_of_23_and_25_hours(write):
    spring = cases_from_file(write(hours("2026-03-28", 24 + 23 + 24)), AS_OF)[0]
    assert daily(spring) == {"2026-03-28": 24, "2026-03-29": 23, "2026-03-30": 24}
    autumn = cases_from_file(write(hours("2026-10-24", 24 + 25 + 24)), AS_OF)[0]
    assert daily(autumn) == {"2026-10-24": 24, "2026-10-25": 25, "2026-10-26": 24}
    table = autumn.table("hourly")
    assert table is not None
    lived = dict(
        zip(zip(table.columns[0].values, table.columns[1].values, strict=True), table.columns[2].values, strict=True)
    )
    assert lived["2026-10-25", 2] == 2 and lived["2026-10-25", 3] == 1


def test_winter_time_kept_all_year_is_taken_as_the_next_hour(write):
    rows = "".join(f"A,2026-03-29T{hour:02d}:00,1,0\n" for hour in range(24))
    assert daily(cases_from_file(write(HEAD + rows), AS_OF)[0]) == {"2026-03-29": 24}


@pytest.mark.parametrize(("day", "total"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_hour_lengths(day: str, total: int):
    when = pd.Timestamp(day).date()
    assert hour_lengths(when, when, "Europe/Paris").sum() == total


def test_parquet_semicolons_and_byte_order_mark(write, tmp_path: Path):
    frame = pd.DataFrame(
        {"site": "A", "timestamp": pd.to_datetime(["2026-11-19", "2026-11-20"]), "arrivals": [5, None]}
    )
    frame.to_parquet(tmp_path / "counts.parquet")
    from_parquet = cases_from_file(tmp_path / "counts.parquet", AS_OF)[0]
    from_text = cases_from_file(write("\ufeffSite;Timestamp;Arrivals\nA;2026-11-19;5\nA;2026-11-20;\n"), AS_OF)[0]
    assert from_parquet.digest == from_text.digest


def test_place_columns(write):
    head = "site,timestamp,arrivals,time_zone,country,alsace_moselle,school_zone\n"
    case = cases_from_file(write(head + "A,2026-11-19,5,America/Chicago,us,,\n"), AS_OF)[0]
    assert (case.fact("time_zone"), case.fact("country")) == ("America/Chicago", "US")
    colmar = cases_from_file(write(head + "A,2026-11-19,5,,,oui,b\n"), AS_OF)[0]
    assert (colmar.fact("country"), colmar.fact("alsace_moselle"), colmar.fact("school_zone")) == ("FR", True, "B")
    abroad = cases_from_file(write("site,timestamp,arrivals,time_zone\nA,2026-11-19,5,Asia/Tokyo\n"), AS_OF)[0]
    assert abroad.fact("country") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds no heading"),
        (HEAD, "no row"),
        ("site,arrivals\nA,3\n", "'timestamp' is missing"),
        (HEAD + "A,2026-11-19,-4,0\n", "line 2"),
        (HEAD + "A,2026-11-18,4,0\nA,2026-11-19,many,0\n", "line 3"),
        (HEAD + "A,2026-11-19,3.5,0\n", "line 2"),
        (HEAD + "A,2026-11-19,999999999,0\n", "line 2"),
        (HEAD + "A,2026-11-19,nan,0\n", "line 2"),
        (HEAD + "A,2026-11-19,inf,0\n", "line 2"),
        (HEAD + "A,2026-02-30,4,0\n", "line 2"),
        (HEAD + "A,,4,0\n", "line 2"),
        (HEAD + ",2026-11-19,4,0\n", "the site is empty"),
        (HEAD + "A,2026-11-19,4,0\nA,2026-11-19,5,0\n", "line 3"),
        (HEAD + "A,2026-11-19T10:30,4,0\n", "start of an hour"),
        (HEAD + "".join(f"A,2026-11-19T{hour:02d}:00,4,0\n" for hour in (0, 6, 12, 18)), "neither daily nor hourly"),
        (HEAD + "A B,2026-11-19,4,0\nA-B,2026-11-19,4,0\n", "same code"),
        ("site,timestamp,arrivals,time_zone\nA,2026-11-19,4,Mars/Olympus\n", "not a time zone"),
        (b"\x00\xff\xfe\x01garbage", "counts.csv"),
        (HEAD + "A,2026-11-19,4\n", "line 2"),
    ],
)
def test_a_bad_file_gets_one_sentence(write, content: str | bytes, said: str):
    with pytest.raises(InvalidInput) as caught:
        cases_from_file(write(content), AS_OF)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_no_file_and_no_parquet(write, tmp_path: Path):
    with pytest.raises(InvalidInput, match="no such file"):
        cases_from_file(tmp_path / "absent.csv", AS_OF)
    with pytest.raises(InvalidInput, match="Parquet"):
        cases_from_file(write("not parquet", "counts.parquet"), AS_OF)


@settings(max_examples=60, deadline=None)
@given(
    content=st.one_of(st.binary(max_size=300), st.text(alphabet='A,;\n"-:T0123456789 é', max_size=200).map(str.encode))
)
def test_any_bytes_give_cases_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    path = tmp_path_factory.mktemp("fuzz") / "counts.csv"
    path.write_bytes(b"site,timestamp,arrivals\nA,2026-11-19,4\n" + content)
    try:
        cases = cases_from_file(path, AS_OF)
    except InvalidInput as error:
        assert str(error)
    else:
        assert all(case.as_of == AS_OF for case in cases)


@given(st.text(max_size=90))
def test_a_site_code_fits_a_subject_or_is_refused(name: str):
    try:
        code = site_code(name)
    except InvalidInput:
        return
    assert Case(kind="x", subject=f"unit:{code}", as_of=AS_OF - timedelta(days=1)).subject == f"unit:{code}"
