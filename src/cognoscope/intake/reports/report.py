"""One spontaneous report as its file says it, before it is pseudonymised."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

Role = str
"""`suspect`, `interacting` or `concomitant`."""

LONGEST_NAME = 150
PERSONAL = re.compile(r"@|\d{7,}|(\d[ .-]?){10,}")
"""What no drug and no reaction is called, but an address or a number of a person is."""


class Rejection(NamedTuple):
    """A line that cannot be used, and why; never the line's own content."""

    file: str
    line: int
    kind: str
    reason: str


@dataclass
class Report:
    """A version of a case. `years` is the age, `day` when it happened; neither leaves intake as such."""

    case: str
    version: int
    file: str
    line: int
    received: date | None = None
    sex: str = ""
    years: float | None = None
    age_band: str = ""
    day: str = ""
    country: str = ""
    serious: bool | None = None
    drugs: dict[str, Role] = field(default_factory=dict)
    reactions: set[str] = field(default_factory=set)

    def name_drug(self, name: str, role: Role) -> None:
        """Add a drug; named twice it keeps the role that counts."""
        if role != "concomitant" or name not in self.drugs:
            self.drugs[name] = role


@dataclass
class Delivery:
    """What a layout's reader found: reports, cases withdrawn by their sender, and lines that cannot be used."""

    source: str
    reports: Iterable[Report]
    removed: list[str]
    rejected: list[Rejection]


def name_of(text: str) -> str | None:
    """A drug's or a reaction's name in one spelling; None where it is no such name."""
    words = " ".join(text.replace("\x00", " ").split()).strip(" .;,")
    if not words or len(words) > LONGEST_NAME or PERSONAL.search(words) or not any(sign.isalpha() for sign in words):
        return None
    return words[0].upper() + words[1:].lower()


def day_of(text: str) -> date | None:
    """A day written YYYYMMDD or YYYY-MM-DD; the first of the month or of the year where only these are given."""
    digits = text.strip().replace("-", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (4, 6, 8):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6] or 1), int(digits[6:8] or 1))
    except ValueError:
        return None


def usable(reports: Iterable[Report], rejected: list[Rejection]) -> Iterator[Report]:
    """The reports that name a drug and a reaction; the others are entered among the rejected."""
    for report in reports:
        if report.drugs and report.reactions:
            yield report
        else:
            kind = "no-drug" if not report.drugs else "no-reaction"
            missing = "drug" if not report.drugs else "reaction"
            rejected.append(Rejection(report.file, report.line, kind, f"the report names no usable {missing}"))
