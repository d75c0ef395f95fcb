"""Written dates, and the checksums of identifiers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.deidentification.checks import luhn, nir
from cognoscope.intake.deidentification.dates import MONTHS, read_date, shifted


@pytest.mark.parametrize(
    "text, expected",
    [
        ("12/03/1954", date(1954, 3, 12)),
        ("12.3.54", date(1954, 3, 12)),
        ("1954-03-12", date(1954, 3, 12)),
        ("12 mars 1954", date(1954, 3, 12)),
        ("1er FÉVRIER 2020", date(2020, 2, 1)),
        ("1 2 0 3 1 9 5 4", date(1954, 3, 12)),
        ("12031954", date(1954, 3, 12)),
        ("31/02/2020", None),
        ("soupe", None),
        ("", None),
    ],
)
def test_dates_are_read(text: str, expected: date | None) -> None:
    read = read_date(text)
    assert (read.day if read else None) == expected


days = st.dates(date(1940, 1, 1), date(2025, 12, 31))


@given(days, st.integers(-182, 182))
def test_a_shift_moves_the_day_and_back(day: date, shift: int) -> None:
    for text in (
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        " ".join(f"{day:%d%m%Y}"),
    ):
        moved = shifted(text, shift)
        assert moved is not None
        back = shifted(moved, -shift)
        assert back is not None and read_date(back).day == day  # type: ignore[union-attr]
        assert len(moved.split()) == len(text.split())


@given(st.text(max_size=30), st.integers(-400, 400))
def test_no_text_raises(text: str, shift: int) -> None:
    assert shifted(text, shift) is None or isinstance(shifted(text, shift), str)


def test_keys_of_numbers() -> None:
    assert nir("1 54 03 29 151 012 " + f"{97 - 1540329151012 % 97:02d}", "")
    assert not nir("154032915101200", "")
    assert nir("2 54 03 2A 151 012 " + f"{97 - 2540319151012 % 97:02d}", "")
    assert luhn("79927398713", "")
    assert not luhn("79927398710", "")
