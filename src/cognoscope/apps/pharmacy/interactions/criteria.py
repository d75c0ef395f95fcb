"""STOPP/START criteria as they are asked: which of them a prescription calls up, and whether one holds.

A statement holds, does not hold, or cannot be checked; "cannot be checked" only counts where everything else holds.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cognoscope.apps.pharmacy.interactions.knowledge import criterion_analytes
from cognoscope.apps.pharmacy.interactions.prescription import Criterion

OLDER_FROM = 65
"""Years from which the criteria are meant (O'Mahony et al., Age and Ageing 2015)."""

KNOWN_CODES = 20_000
"""Codes whose criteria are remembered."""

DAYS = {"D": 1.0, "W": 7.0, "M": 30.44, "Y": 365.25}


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison with a limit, in an interval of days or a unit."""

    operator: str
    value: float | str
    interval: str
    unit: str

    def holds(self, value: float | str) -> bool:
        """Whether a value is beyond the limit."""
        if self.operator == "=":
            return value == self.value
        if isinstance(value, str) or isinstance(self.value, str):
            return False
        return value > self.value if self.operator == ">" else value < self.value


@dataclass(frozen=True, slots=True)
class Taken:
    """A medicine that must, or must not, be there."""

    codes: tuple[str, ...]
    but: tuple[str, ...]
    absent: bool
    ended: bool
    bounds: tuple[tuple[str, Bound], ...]

    def meets(self, atc: Sequence[str]) -> bool:
        """Whether a drug with these codes is such a medicine."""
        return any(code.startswith(self.codes) and not (self.but and code.startswith(self.but)) for code in atc)


@dataclass(frozen=True, slots=True)
class Had:
    """A diagnosis that must, or must not, be there; `timed` where its age or number is asked too."""

    codes: tuple[str, ...]
    absent: bool
    timed: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A result that must be there, beyond a limit where there is one."""

    analyte: str
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What must hold together."""

    taken: tuple[Taken, ...]
    had: tuple[Had, ...]
    measured: tuple[Measured, ...]
    acts: tuple[str, ...]


@lru_cache(maxsize=1024)
def statements(body: str) -> tuple[Statement, ...]:
    """The statements of a criterion's body.

    Raises:
        ValueError: it is not such a body.
    """
    try:
        return tuple(_statement(each) for each in json.loads(body))
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError("the body of a criterion cannot be read") from error


def _statement(raw: dict[str, Any]) -> Statement:
    return Statement(
        taken=tuple(_taken(each) for each in raw["medicines"]),
        had=tuple(
            Had(tuple(code.replace(".", "") for code in each["codes"]), bool(each["absent"]), _timed(each))
            for each in raw["episodes"]
        ),
        measured=tuple(_measured(each) for each in raw["measurements"]),
        acts=tuple(raw["acts"]),
    )


def _taken(raw: dict[str, Any]) -> Taken:
    bounds = tuple((name, Bound(*raw[name])) for name in ("dose", "duration", "frequency") if name in raw)
    return Taken(tuple(raw["codes"]), tuple(raw["but"]), bool(raw["absent"]), bool(raw.get("ended")), bounds)


def _timed(raw: dict[str, Any]) -> bool:
    return "duration" in raw or "frequency" in raw


def _measured(raw: dict[str, Any]) -> Measured:
    bound = Bound(*raw["result"]) if "result" in raw else None
    limit = "" if bound is None else f"{bound.value:g}" if isinstance(bound.value, float | int) else bound.value
    key = (str(raw["codes"][0]).strip(), bound.operator if bound else "", limit)
    return Measured(criterion_analytes().get(key, ""), bound)


class Book:
    """The criteria of an edition, by what calls them up."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self._by_code: dict[tuple[str, str], frozenset[int]] = {}
        self._all = []
        for row in rows:
            criterion = Criterion(row["id"], row["kind"], row["text"], row["body"])
            self._all.append((criterion, _callers(criterion)))

    def called_by(self, atc: Sequence[str], conditions: Sequence[str]) -> list[Criterion]:
        """Those that one of the drugs or of the conditions calls up, in the order of the edition."""
        places: set[int] = set()
        for code in atc:
            places |= self._called("drug", code)
        for code in conditions:
            places |= self._called("had", code.replace(".", ""))
        return [self._all[place][0] for place in sorted(places)]

    def _called(self, kind: str, code: str) -> frozenset[int]:
        """Places of the criteria that one code calls up; looked through once a code."""
        known = self._by_code.get((kind, code))
        if known is None:
            side = 0 if kind == "drug" else 1
            known = frozenset(
                place
                for place, (_, callers) in enumerate(self._all)
                if any(each[side] and code.startswith(each[side]) for each in callers)
            )
            if len(self._by_code) < KNOWN_CODES:
                self._by_code[kind, code] = known
        return known


def _callers(criterion: Criterion) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """For each statement, the ATC codes or the diagnoses one of which must be there.

    A drug to stop must be taken; a drug to start is called for by a diagnosis or by another drug. What only a result
    or an age calls for (a vaccine for everybody) is left to the service: it would be said of each person.
    """
    callers: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for each in statements(criterion.body):
        taken = [one for one in each.taken if not one.absent]
        had = tuple(code for one in each.had if not one.absent for code in one.codes)
        if taken:
            callers.append((taken[-1].codes, ()))
        elif had:
            callers.append(((), had))
    return callers
