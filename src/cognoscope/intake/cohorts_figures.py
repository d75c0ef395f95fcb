"""What may be shown of a cohort: counts by sex, age and month, with small ones masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from cognoscope.intake.cohorts import Cohort, age_on, leaves, members, records
from cognoscope.intake.cohorts_counts import Count, shown, shown_parts
from cognoscope.intake.cohorts_text import TextFinder

__all__ = ["CohortFigures", "Count", "figures"]

AGES = ((0, "0-17"), (18, "18-39"), (40, "40-64"), (65, "65-79"), (80, "80+"))
"""Bands by the age they begin with."""
SEXES = {8507: "male", 8532: "female"}


@dataclass(frozen=True)
class CohortFigures:
    """The cohort in numbers.

    persons, documents: its members, and all their reports. sexes: `male`, `female`, `unknown`. ages: whole years on
    the day `as_of`, by band, `unknown` where the year of birth is. months: persons by the month of their first
    record, mention or report that the definition asks for, oldest first, months without any left out; empty where it
    asks for none (sex and age only).
    A single masked count of a list could be had from the total, so the next smallest is masked with it (`?`).
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
    """Count the cohort; the arguments are those of `members`, `as_of` the day on which ages are taken.

    Raises:
        InvalidInput: as `members`.
    """
    refused = tuple(opted_out)
    chosen = members(cohort, backend, refused, find_text)
    # The members are found once; everything else is counted among them.
    ids = ibis.memtable(chosen.to_pyarrow())
    persons = backend.table("person")
    persons = persons.filter(persons.person_id.isin(ids.person_id))
    sexes = dict.fromkeys(("male", "female", "unknown"), 0)
    ages = dict.fromkeys((*(name for _, name in AGES), "unknown"), 0)
    for sex, age, number in _rows(_by_sex_and_age(persons, as_of)):
        sexes[SEXES.get(sex, "unknown")] += number
        ages[_band(age)] += number
    notes = backend.table("note")
    documents = int(notes.filter(notes.person_id.isin(ids.person_id)).count().to_pyarrow().as_py())
    total = sum(sexes.values())
    return CohortFigures(
        persons=shown("persons", total),
        # So many reports of so few persons would say how many these are, or nearly.
        documents=shown("documents", documents) if total == 0 or total >= 10 else Count("documents", None, "?"),
        sexes=shown_parts(sexes),
        ages=shown_parts(ages),
        months=shown_parts(_months(cohort, backend, ids, find_text)),
    )


def _by_sex_and_age(persons: ir.Table, as_of: date) -> ir.Table:
    known = persons.select(sex=persons.gender_concept_id, age=age_on(persons, as_of))
    return known.group_by("sex", "age").aggregate(number=known.count())


def _months(cohort: Cohort, backend: Any, ids: ir.Table, find_text: TextFinder | None) -> dict[str, int]:
    found = [records(leaf, backend, find_text).select("person_id", "day") for leaf in leaves(cohort.criterion)]
    if not found:
        return {}
    every = found[0] if len(found) == 1 else ibis.union(*found)
    every = every.filter(every.person_id.isin(ids.person_id), every.day.notnull())
    first = every.group_by("person_id").aggregate(day=every.day.min())
    by_month = first.group_by(year=first.day.year(), month=first.day.month()).aggregate(number=first.count())
    return {f"{year:04d}-{month:02d}": number for year, month, number in sorted(_rows(by_month))}


def _rows(table: ir.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.to_pyarrow().columns), strict=True))


def _band(age: int | None) -> str:
    if age is None:
        return "unknown"
    return next((name for begin, name in reversed(AGES) if age >= begin), AGES[0][1])
