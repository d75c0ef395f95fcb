"""A case read back as arrays, and everything that may be wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.signals.case import KIND, TABLES
from cognoscope.core.case import Case, Table
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.disproportionality.counts import Counts
from cognoscope.methods.disproportionality.squashing import Squashed

Array = NDArray[np.float64]
REVIEWED = "reviewed"
MOST = 10**12


@dataclass(frozen=True)
class Reading:
    """Candidates and cells of a case; `decided` says with how many reports a pair was last decided."""

    reports: int
    keys: tuple[str, ...]
    drugs: tuple[str, ...]
    reactions: tuple[str, ...]
    socs: tuple[str, ...]
    counts: Counts
    expected: Array
    masked_by: tuple[str, ...]
    masking: tuple[Array, Array, Array, Array]
    cells: Squashed
    decided: Mapping[str, int]


def read(case: Case, fewest: int) -> Reading:
    """The case as arrays.

    Raises:
        InvalidInput: `another-case`, `empty`, `too-few`, `out-of-range` or `unreadable`, the codes of the sentences.
    """
    if case.kind != KIND:
        raise InvalidInput("another-case")
    reports = case.fact("reports")
    cell, pair = case.table("cell"), case.table("pair")
    if reports in (None, 0) and cell is None and pair is None:
        raise InvalidInput("empty")
    if type(reports) is not int:
        raise InvalidInput("unreadable")
    if not 0 <= reports <= MOST:
        raise InvalidInput("out-of-range")
    if reports < fewest:
        raise InvalidInput("too-few")
    if cell is None:
        raise InvalidInput("unreadable")
    cells = _numbers(cell, "cell")
    squashed = Squashed(cells["observed"], cells["expected"], cells["weight"])
    if (squashed.expected <= 0).any() or (squashed.observed < 0).any() or (squashed.weight <= 0).any():
        raise InvalidInput("out-of-range")
    numbers, texts = (_numbers(pair, "pair"), _texts(pair)) if pair else (_none("pair"), {})
    try:
        columns = (numbers[name] for name in ("both", "drug_reports", "reaction_reports", "total"))
        counts = Counts.of(*columns)
    except InvalidInput as error:
        raise InvalidInput("out-of-range") from error
    masking = tuple(numbers[f"mask_{name}"] for name in ("both", "drug", "reaction", "total"))
    if (numbers["expected"] < 0).any() or any((each < 0).any() for each in masking) or _too_much(counts, masking):
        raise InvalidInput("out-of-range")
    keys, drugs, reactions, socs, masked_by = (
        texts.get(name, ()) for name in ("key", "drug", "reaction", "soc", "masked_by")
    )
    taken = (masking[0], masking[1], masking[2], masking[3])
    expected = numbers["expected"]
    return Reading(reports, keys, drugs, reactions, socs, counts, expected, masked_by, taken, squashed, _decided(case))


def _too_much(counts: Counts, masking: tuple[Array, ...]) -> bool:
    """Whether a masking drug would take away more than there is."""
    both, drug, reaction, total = masking
    left = (counts.both - both, counts.drug - drug, counts.reaction - reaction, counts.total - total)
    a, b, c, n = left
    return any(bool((each < 0).any()) for each in (a, b - a, c - a, n - b - c + a))


def _numbers(table: Table, name: str) -> dict[str, Array]:
    found = {}
    for column, kind in TABLES[name].items():
        if kind in ("integer", "number"):
            held = table.column(column)
            if held is None or any(type(value) not in (int, float) for value in held.values):
                raise InvalidInput("unreadable")
            values = np.array(held.values, dtype=np.float64)
            if (np.abs(values) > MOST).any():
                raise InvalidInput("out-of-range")
            found[column] = values
    return found


def _none(name: str) -> dict[str, Array]:
    return {column: np.empty(0) for column, kind in TABLES[name].items() if kind in ("integer", "number")}


def _texts(table: Table) -> dict[str, tuple[str, ...]]:
    found = {}
    for column, kind in TABLES["pair"].items():
        if kind == "text":
            held = table.column(column)
            if held is None or any(not isinstance(value, str) for value in held.values):
                raise InvalidInput("unreadable")
            found[column] = tuple(str(value) for value in held.values)
    return found


def _decided(case: Case) -> dict[str, int]:
    table = case.table(REVIEWED)
    keys = table.column("key") if table else None
    both = table.column("both") if table else None
    if keys is None or both is None:
        return {}
    return {str(key): int(n) for key, n in zip(keys.values, both.values, strict=True) if isinstance(n, int)}
