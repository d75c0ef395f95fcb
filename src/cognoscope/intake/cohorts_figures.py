"""What may be shown of a cohort: counts by sex, age and month, with small ones masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cognoscope.intake.cohorts import Cohort
from cognoscope.intake.cohorts_text import TextFinder


@dataclass(frozen=True)
class Count:
    """A number of persons or reports as it may be shown.

    shown: `123`, or `<10` where the number is small. number: None where masked. key: `female`, `65-79`, `2025-03`.
    """

    key: str
    number: int | None
    shown: str


@dataclass(frozen=True)
class CohortFigures:
    """The cohort in numbers.

    persons, documents: its members, and all their reports. sexes: `male`, `female`, `unknown`. ages: whole years on
    the day `as_of`, by band. months: persons by the month of their first record, mention or report that the
    definition asks for, oldest first, months without any in between; empty where it asks for none (sex and age only).
    A single masked count of a list could be had from the total, so the next smallest is masked with it.
    """

    persons: Count
    documents: Count
    sexes: tuple[Count, ...]
    ages: tuple[Count, ...]
    months: tuple[Count, ...]


def figures(
    cohort: Cohort,
    backend: Any,
    as_of: date,
    *,
    opted_out: Iterable[int] = (),
    find_text: TextFinder | None = None,
) -> CohortFigures:
    """Count the cohort; the arguments are those of `members`, `as_of` the day on which ages are taken."""
    raise NotImplementedError
