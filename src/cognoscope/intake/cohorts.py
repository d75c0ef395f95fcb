"""A cohort is a query, not a list: a definition that serialises to JSON and becomes one Ibis expression.

The expression is built from the OMOP tables of whichever Ibis backend is given (DuckDB, PostgreSQL, Spark), so the same
definition finds the same people wherever the tables lie. It uses only filters, groupings and `IN (subquery)`, which
the three engines execute alike; ages are computed with integer arithmetic because their date functions differ.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any, Literal

import ibis
import ibis.expr.types as ir
from pydantic import Field, StringConstraints

from cognoscope.core.noun import Noun, Slug
from cognoscope.intake.cohorts_mentions import mentioned
from cognoscope.intake.cohorts_text import TextFinder, with_words
from cognoscope.intake.cohorts_window import Window, within
from cognoscope.intake.reading.mention import Group

Code = Annotated[str, StringConstraints(pattern=r"^[^*]+\*?$", max_length=50)]
"""A source code as the hospital wrote it, or the beginning of one followed by `*`: `J45*`."""


Term = Annotated[str, StringConstraints(pattern=r"^[^;=]+$", max_length=100)]
"""A label or unit of the reading."""


class Sex(Noun):
    """Persons whose `gender_concept_id` is one of these (8507 male, 8532 female)."""

    kind: Literal["sex"] = "sex"
    concepts: Annotated[tuple[int, ...], Field(min_length=1)]


class Age(Noun):
    """Persons of so many whole years on a day; an unknown month or day of birth counts as mid-year."""

    kind: Literal["age"] = "age"
    at: date
    at_least: Annotated[int, Field(ge=0)] = 0
    below: Annotated[int, Field(ge=1)] | None = None


class Event(Noun):
    """Persons with `at_least` such records in the window; without concepts and codes every record of the table counts.

    `concepts` are standard concepts (with their descendants if asked), `codes` source codes; either may match.
    """

    kind: Literal["condition", "drug", "procedure", "observation", "device", "visit"]
    concepts: tuple[int, ...] = ()
    descendants: bool = False
    codes: tuple[Code, ...] = ()
    window: Window = Window()
    at_least: Annotated[int, Field(ge=1)] = 1


class Measurement(Noun):
    """Persons with `at_least` measurements whose number lies from `low` to `high` (both included) in the window."""

    kind: Literal["measurement"] = "measurement"
    concepts: tuple[int, ...] = ()
    descendants: bool = False
    codes: tuple[Code, ...] = ()
    low: float | None = None
    high: float | None = None
    unit_concepts: tuple[int, ...] = ()
    window: Window = Window()
    at_least: Annotated[int, Field(ge=1)] = 1


class Mentioned(Noun):
    """Persons of whom reports say something (see `cognoscope.intake.reading.mention`).

    groups, labels, codes: what is mentioned; a mention must fit each of the three that is given, codes as in `Event`
        (ATC, CIM-10).
    include_negated, include_hypothesis, include_family, include_reported: whether mentions count that are denied,
        supposed, of somebody else, or hearsay; else they do not.
    history: `only` mentions of the past, `without` them, or `any`.
    low, high, unit: of a measurement's value, both included, in that unit as the reading writes it.
    window: by the day of the report. at_least: in so many reports.
    """

    kind: Literal["mention"] = "mention"
    groups: tuple[Group, ...] = ()
    labels: tuple[Term, ...] = ()
    codes: tuple[Code, ...] = ()
    include_negated: bool = False
    include_hypothesis: bool = False
    include_family: bool = False
    include_reported: bool = False
    history: Literal["any", "only", "without"] = "any"
    low: float | None = None
    high: float | None = None
    unit: Term | None = None
    window: Window = Window()
    at_least: Annotated[int, Field(ge=1)] = 1


class TextFound(Noun):
    """Persons with these words in at least so many reports of the window; `text` as in `SearchQuery`.

    Words are looked up in the full-text index where one is at hand. Elsewhere reports are compared word by word:
    the same reports are found, more slowly, except that `fuzzy` has no effect.
    """

    kind: Literal["text"] = "text"
    text: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    fuzzy: bool = False
    window: Window = Window()
    at_least: Annotated[int, Field(ge=1)] = 1


class AllOf(Noun):
    """Persons who meet every one of these criteria."""

    kind: Literal["all"] = "all"
    of: Annotated[tuple["Criterion", ...], Field(min_length=1)]


class AnyOf(Noun):
    """Persons who meet at least one of these criteria."""

    kind: Literal["any"] = "any"
    of: Annotated[tuple["Criterion", ...], Field(min_length=1)]


class Not(Noun):
    """Persons of the warehouse who do not meet the criterion."""

    kind: Literal["not"] = "not"
    of: "Criterion"


Criterion = Annotated[
    Sex | Age | Event | Measurement | Mentioned | TextFound | AllOf | AnyOf | Not, Field(discriminator="kind")
]


Leaf = Event | Measurement | Mentioned | TextFound


class Cohort(Noun):
    """A named definition; two with the same content have the same digest."""

    name: Slug
    criterion: Criterion


TABLES = {
    "condition": ("condition_occurrence", "condition", "condition_start_date"),
    "drug": ("drug_exposure", "drug", "drug_exposure_start_date"),
    "procedure": ("procedure_occurrence", "procedure", "procedure_date"),
    "observation": ("observation", "observation", "observation_date"),
    "device": ("device_exposure", "device", "device_exposure_start_date"),
    "visit": ("visit_occurrence", "visit", "visit_start_date"),
    "measurement": ("measurement", "measurement", "measurement_date"),
}
"""For each kind of record: its OMOP table, the prefix of its concept columns, the day it is dated by."""


def members(
    cohort: Cohort, backend: Any, opted_out: Iterable[int] = (), find_text: TextFinder | None = None
) -> ir.Table:
    """The expression for the cohort's members: one column `person_id`, each person once.

    Args:
        cohort: the definition.
        backend: an Ibis backend (or anything with `table(name)`) that holds the OMOP tables.
        opted_out: keys of persons to leave out even if the backend still holds them. The warehouse leaves them out
            by itself; a copy on another engine may be older than the last refusal.
        find_text: looks words of reports up (`cohorts_text.through` an index); without it the reports in `backend`
            are compared word by word.

    Raises:
        InvalidInput: a criterion on words holds no word.
    """
    persons = backend.table("person")
    chosen = persons.filter(_meets(cohort.criterion, persons, backend, find_text))
    refused = tuple(opted_out)
    if refused:
        chosen = chosen.filter(chosen.person_id.notin(refused))
    return chosen.select("person_id").distinct()


def masked_count(number: int, below: int = 10) -> str:
    """A count as it may be published: small ones, which could point at a person, show only as `<10`."""
    return f"<{below}" if 0 < number < below else str(number)


def leaves(criterion: Criterion) -> Iterator[Leaf]:
    """The criteria on records, mentions and words that members must meet: not those that they must not."""
    match criterion:
        case AllOf() | AnyOf():
            for each in criterion.of:
                yield from leaves(each)
        case Event() | Measurement() | Mentioned() | TextFound():
            yield criterion
        case _:
            return


def records(criterion: Leaf, backend: Any, find_text: TextFinder | None = None) -> ir.Table:
    """What meets the criterion, be there enough of it or not: `person_id` and `day` of each record or report."""
    match criterion:
        case Mentioned():
            return mentioned(criterion, backend)
        case TextFound():
            return with_words(criterion, backend, find_text)
        case _:
            return _events(criterion, backend)


def _meets(criterion: Criterion, persons: ir.Table, backend: Any, find_text: TextFinder | None) -> ir.BooleanValue:
    match criterion:
        case Sex():
            return persons.gender_concept_id.isin(criterion.concepts)
        case Age():
            age = age_on(persons, criterion.at)
            return ibis.and_(age >= criterion.at_least, *([] if criterion.below is None else [age < criterion.below]))
        case AllOf():
            return ibis.and_(*(_meets(each, persons, backend, find_text) for each in criterion.of))
        case AnyOf():
            return ibis.or_(*(_meets(each, persons, backend, find_text) for each in criterion.of))
        case Not():
            # A comparison with a missing value is neither true nor false; who is not known to meet it, does not.
            return ~_meets(criterion.of, persons, backend, find_text).fill_null(False)
        case Event() | Measurement() | Mentioned() | TextFound():
            found = records(criterion, backend, find_text)
            if criterion.at_least > 1:
                found = found.group_by("person_id").aggregate(records=found.count())
                found = found.filter(found.records >= criterion.at_least)
            return persons.person_id.isin(found.person_id)


def _events(criterion: Event | Measurement, backend: Any) -> ir.Table:
    name, prefix, day = TABLES[criterion.kind]
    table = backend.table(name)
    conditions = [table.person_id.notnull(), *within(criterion.window, table[day])]
    wanted = []
    if criterion.concepts:
        concept = table[f"{prefix}_concept_id"]
        wanted.append(concept.isin(criterion.concepts))
        if criterion.descendants:
            ancestors = backend.table("concept_ancestor")
            below = ancestors.filter(ancestors.ancestor_concept_id.isin(criterion.concepts))
            wanted.append(concept.isin(below.descendant_concept_id))
    source = table[f"{prefix}_source_value"]
    whole = [code for code in criterion.codes if not code.endswith("*")]
    wanted += [source.isin(whole)] if whole else []
    wanted += [source.startswith(code[:-1]) for code in criterion.codes if code.endswith("*")]
    if wanted:
        conditions.append(ibis.or_(*wanted))
    if isinstance(criterion, Measurement):
        if criterion.low is not None:
            conditions.append(table.value_as_number >= criterion.low)
        if criterion.high is not None:
            conditions.append(table.value_as_number <= criterion.high)
        if criterion.unit_concepts:
            conditions.append(table.unit_concept_id.isin(criterion.unit_concepts))
    return table.filter(conditions).select("person_id", day=day)


def age_on(persons: ir.Table, at: date) -> ir.IntegerValue:
    """Whole years lived on that day: one less where the birthday is still to come that year."""
    birthday = persons.month_of_birth.fill_null(7) * 100 + persons.day_of_birth.fill_null(1)
    not_yet = (birthday > at.month * 100 + at.day).ifelse(1, 0)
    return at.year - persons.year_of_birth - not_yet
