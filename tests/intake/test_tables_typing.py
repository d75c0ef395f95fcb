"""Text is of its type or refused: DuckDB's lenient casts must not come through."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from cognoscope.intake.tables_typing import Typist, Wanted


@pytest.fixture(scope="module")
def typist():
    with Typist("Europe/Paris") as made:
        yield made


def typed(typist, text, **wanted):
    rows, rejected = typist.type([Wanted("x", heading="X", **wanted)], [pa.array([text])], pa.array([7]))
    if rejected:
        assert rows.num_rows == 0
        return rejected[0].kind
    return rows["x"].to_pylist()[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12), (" 12\u00a0", 12), ("12.0", 12), ("+3", 3), ("-4", -4), ("1 234", 1234),
        ("1\u202f234\u00a0567", 1234567), ("", None), ("  ", None), ("12.6", "type"), ("1e3", "type"),
        ("0x10", "type"), ("1_000", "type"),
        ("12 3", "type"), ("12,0", "type"), ("٣", "type"), ("9999999999999999999", "type"), ("NaN", "type"),
    ],
)  # fmt: skip
def test_whole_numbers(typist, text, expected):
    assert typed(typist, text, kind="integer") == expected


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1.5", ".", 1.5), (".5", ".", 0.5), ("1 234.5", ".", 1234.5), ("1e-3", ".", 0.001), ("1,5", ".", "type"),
        ("nan", ".", "type"), ("inf", ".", "type"), ("1e999", ".", "type"), ("1,5", ",", 1.5), ("1 234,5", ",", 1234.5),
        ("1.5", ",", "type"), ("1.234,5", ",", "type"), ("", ",", None),
    ],
)  # fmt: skip
def test_numbers(typist, text, decimal, expected):
    assert typed(typist, text, kind="number", decimal=decimal) == expected


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2025-01-02", (), date(2025, 1, 2)), ("20250102", (), date(2025, 1, 2)), ("02/01/2025", (), date(2025, 1, 2)),
        ("2025-01-02 00:00:00", (), date(2025, 1, 2)), ("2025-01-01T23:30:00Z", (), date(2025, 1, 2)),
        ("2024-02-29", (), date(2024, 2, 29)), ("2025-02-29", (), "date"), ("31/02/2025", (), "date"),
        ("2025-13-01", (), "date"), ("02/01/25", (), "date"), ("epoch", (), "date"), ("infinity", (), "date"),
        ("0025-01-01", (), "date"), ("9999-12-31", (), "date"), ("today", (), "date"), ("2025-1-2", (), "date"),
        ("01.02.2025", ("%d.%m.%Y",), date(2025, 2, 1)), ("01/02/2025", ("%m/%d/%Y",), date(2025, 1, 2)),
        ("202653", ("%G%V",), date(2026, 12, 28)), ("202553", ("%G%V",), "date"), ("", (), None),
    ],
)  # fmt: skip
def test_dates(typist, text, formats, expected):
    assert typed(typist, text, kind="date", formats=formats) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-07-02 10:00", "2025-07-02T10:00"), ("2025-07-02T10:00:05.25", "2025-07-02T10:00:05.250"),
        ("02/07/2025 10:00", "2025-07-02T10:00"), ("2025-07-02T08:00Z", "2025-07-02T10:00"),
        ("2025-01-02T08:00:00+00:00", "2025-01-02T09:00"), ("2025-07-02T10:00+0200", "2025-07-02T10:00"),
    ],
)  # fmt: skip
def test_instants_become_the_hospital_s_local_time(typist, text, expected):
    assert typed(typist, text, kind="datetime") == datetime.fromisoformat(expected)


def test_the_first_reason_of_a_row_is_given_with_its_kind_and_line_and_without_its_content(typist):
    wanted = [Wanted("n", "integer", "Passages", low=0, high=9), Wanted("d", "date", "Jour", required=True)]
    columns = [pa.array(["-1", "x", "10", "3"]), pa.array(["2025-01-01", "?", "", None])]
    rows, rejected = typist.type(wanted, columns, pa.array([2, 3, 4, 5]))
    assert rows.num_rows == 0
    assert [(each.line, each.kind, each.reason) for each in rejected] == [
        (2, "range", "Passages: negative"),
        (3, "type", "Passages: not a whole number"),
        (4, "range", "Passages: above 9"),
        (5, "missing", "Jour: no value"),
    ]
