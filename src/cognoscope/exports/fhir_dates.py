"""FHIR date searches (R4, 3.1.1.4.5) on a period: which stretch of time is meant, and how periods compare with it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from cognoscope.core.entry import instant_text
from cognoscope.core.errors import InvalidInput

Prefix = Literal["eq", "ge", "gt", "le", "lt"]
_FORM = re.compile(r"^(eq|ge|gt|le|lt)?(\d{4}(?:-\d\d(?:-\d\d(?:T.+)?)?)?)$")


@dataclass(frozen=True)
class DateFilter:
    """A prefix and the stretch [start, stop) that the value stands for: a year, a month, a day or a moment."""

    prefix: Prefix
    start: datetime
    stop: datetime

    def holds(self, begins: ColumnElement[str], ends: ColumnElement[str]) -> ColumnElement[bool]:
        """The condition on a period kept as the ledger writes instants; both bounds may be the same column."""
        start, stop = instant_text(self.start), instant_text(self.stop)
        match self.prefix:
            case "ge":
                return ends >= start
            case "gt":
                return ends >= stop
            case "le":
                return begins < stop
            case "lt":
                return begins < start
            case "eq":
                return (begins >= start) & (ends < stop)


def parse_date(text: str, zone: ZoneInfo) -> DateFilter:
    """Read `ge2026-11-21` and the like; a value without an offset is the hospital's local time.

    Raises:
        InvalidInput: it is no such date.
    """
    form = _FORM.match(text)
    try:
        if form is None:
            raise ValueError
        start, stop = _stretch(form[2], zone)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            f"{text[:40]!r} is no FHIR date: write 2026-11-21 or 2026-11-21T14:00:00Z, after eq, ge, gt, le or lt."
        ) from error
    prefix: Prefix = form[1] or "eq"  # type: ignore[assignment]
    return DateFilter(prefix, start, stop)


def _stretch(text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if "T" in text:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return moment, moment + timedelta(seconds=1)
    numbers = [int(part) for part in text.split("-")]
    year, month = numbers[0], numbers[1] if len(numbers) > 1 else 1
    first = date(year, month, numbers[2] if len(numbers) > 2 else 1)
    match len(numbers):
        case 1:
            after = date(year + 1, 1, 1)
        case 2:
            after = date(year + month // 12, month % 12 + 1, 1)
        case _:
            after = first + timedelta(days=1)
    return tuple(datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, after))  # type: ignore[return-value]
