"""Two cohorts side by side: how many of each have a condition or take a drug, and how far apart they are."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cognoscope.intake.cohorts import Cohort, members
from cognoscope.intake.cohorts_counts import shown, wilson
from cognoscope.intake.cohorts_text import TextFinder
from cognoscope.intake.reading.rows import mentions

Kind = Literal["condition", "drug"]
Source = Literal["code", "text"]
LETTERS = {"condition": 3, "drug": 5}
"""How much of a code names a group of diseases (CIM-10 category) or substances (ATC chemical subgroup)."""


@dataclass(frozen=True)
class Prevalence:
    """Persons of a cohort who have something, with the share and its 95 % Wilson interval (0 to 1).

    Where the number is small, `shown` is `<10` and the others are None.
    """

    shown: str
    number: int | None
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Row:
    """One condition or drug in both cohorts.

    source: where it was found, `code` (tables of OMOP) or `text` (mentions in reports, asserted of the patient).
    key: the first three characters of a CIM-10 code, the first five of an ATC code, or the label of the mention.
    difference: standardised difference of the two shares, (a - b) / sqrt((a(1-a) + b(1-b)) / 2); None where a share
        is masked or both are the same certainty. Above 0.1 in size is commonly called an imbalance (P. C. Austin,
        2009, doi:10.1002/sim.3697).
    """

    kind: Kind
    source: Source
    key: str
    a: Prevalence
    b: Prevalence
    difference: float | None


@dataclass(frozen=True)
class Comparison:
    """`persons_a` and `persons_b` as they may be shown; `both` the persons in the two; rows, widest apart first."""

    persons_a: str
    persons_b: str
    both: str
    rows: tuple[Row, ...]


def compare(
    a: Cohort,
    b: Cohort,
    backend: Any,
    *,
    most: int = 30,
    opted_out: Iterable[int] = (),
    find_text: TextFinder | None = None,
) -> Comparison:
    """Compare two cohorts; of each kind and source the `most` frequent in either are shown.

    The other arguments are those of `members`.

    Raises:
        InvalidInput: as `members`.
    """
    refused = tuple(opted_out)
    found = [members(each, backend, refused, find_text).to_pyarrow() for each in (a, b)]
    sizes = [each.num_rows for each in found]
    both = len(set(found[0]["person_id"].to_pylist()) & set(found[1]["person_id"].to_pylist()))
    # Who is in both stands there twice: so each source is gone through once for the two cohorts.
    sides = [
        each.append_column("side", pa.array([side] * each.num_rows, pa.int64())) for side, each in enumerate(found)
    ]
    chosen = ibis.memtable(pa.concat_tables(sides))
    rows: list[Row] = []
    for kind, source, keys in _sources(backend):
        rows += _compared(kind, source, _counts(keys, chosen), sizes, most)
    rows.sort(key=lambda row: (-abs(row.difference or 0.0), row.kind, row.source, row.key))
    persons_a, persons_b, shared = (shown("", number).shown for number in (*sizes, both))
    return Comparison(persons_a, persons_b, shared, tuple(rows))


def _sources(backend: Any) -> list[tuple[Kind, Source, ir.Table]]:
    """Persons with what they have, from each place where it is written: `person_id`, `key`."""
    conditions, drugs, read = backend.table("condition_occurrence"), backend.table("drug_exposure"), mentions(backend)
    asserted = read.filter(read.asserted)
    return [
        ("condition", "code", _coded(conditions, conditions.condition_source_value, LETTERS["condition"])),
        ("drug", "code", _coded(drugs, drugs.drug_source_value, LETTERS["drug"])),
        ("condition", "text", _labelled(asserted)),
        ("drug", "text", _drugs(asserted)),
    ]


def _coded(table: ir.Table, code: ir.StringValue, letters: int) -> ir.Table:
    return table.filter(code.notnull()).select("person_id", key=code.substr(0, letters))


def _labelled(asserted: ir.Table) -> ir.Table:
    return asserted.filter(asserted.terms.contains(";group=condition;")).select("person_id", key=asserted.label)


def _drugs(asserted: ir.Table) -> ir.Table:
    coded = asserted.filter(asserted.terms.contains(";group=drug;"), asserted.terms.contains(";code="))
    return coded.select("person_id", key=coded.code.substr(0, LETTERS["drug"]))


def _counts(keys: ir.Table, ids: ir.Table) -> list[dict[str, int]]:
    """Persons by key, on each side."""
    inside = keys.inner_join(ids, "person_id").select("person_id", "side", "key").distinct()
    table = inside.group_by("side", "key").aggregate(persons=inside.count()).to_pyarrow()
    counts: list[dict[str, int]] = [{}, {}]
    for side, key, persons in zip(*(column.to_pylist() for column in table.columns), strict=True):
        counts[side][key] = persons
    return counts


def _compared(kind: Kind, source: Source, counts: list[dict[str, int]], sizes: list[int], most: int) -> list[Row]:
    def larger_share(key: str) -> float:
        return max((of.get(key, 0) / size for of, size in zip(counts, sizes, strict=True) if size), default=0.0)

    frequent = sorted({*counts[0], *counts[1]}, key=lambda key: (-larger_share(key), key))[:most]
    rows = []
    for key in frequent:
        one, other = (_prevalence(of.get(key, 0), size) for of, size in zip(counts, sizes, strict=True))
        rows.append(Row(kind, source, key, one, other, _difference(one.share, other.share)))
    return rows


def _prevalence(number: int, persons: int) -> Prevalence:
    # Of a cohort that is itself small, nothing is told; and those without it are as few as those with it.
    count, rest, whole = (shown("", each) for each in (number, persons - number, persons))
    if persons == 0 or None in (count.number, rest.number, whole.number):
        text = count.shown if count.number is None or persons == 0 else "?"
        return Prevalence(text, None, None, None, None)
    low, high = wilson(number, persons)
    return Prevalence(count.shown, number, number / persons, low, high)


def _difference(a: float | None, b: float | None) -> float | None:
    if a is None or b is None:
        return None
    spread = (a * (1 - a) + b * (1 - b)) / 2
    return (a - b) / math.sqrt(spread) if spread > 0 else (0.0 if a == b else None)
