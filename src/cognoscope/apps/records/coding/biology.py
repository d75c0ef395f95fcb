"""Laboratory results under one name and in one unit each."""

from dataclasses import dataclass
from functools import cache

from cognoscope.apps.records.coding.knowledge import fold, listed, rows


@dataclass(frozen=True)
class Analyte:
    """A kind of result: its unit here, its usual range, and what other units are worth in it."""

    label: str
    fr: str
    en: str
    unit: str
    low: float
    high: float
    factors: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Result:
    """A value in the unit of its analyte, and its row in the case."""

    label: str
    value: float
    row: int

    @property
    def side(self) -> str:
        """`high`, `low` or `normal`."""
        analyte = analytes()[self.label]
        return "high" if self.value > analyte.high else "low" if self.value < analyte.low else "normal"


@cache
def analytes() -> dict[str, Analyte]:
    """Every analyte by its label."""
    found = {}
    for row in rows("biology"):
        factors = []
        for pair in listed(row["conversions"]):
            unit, _, factor = pair.rpartition(":")
            factors.append((fold(unit), float(factor)))
        found[row["label"]] = Analyte(
            row["label"], row["fr"], row["en"], row["unit"], float(row["low"]), float(row["high"]), tuple(factors)
        )
    return found


@cache
def _labels() -> dict[str, str]:
    return {fold(name): row["label"] for row in rows("biology") for name in (row["label"], *listed(row["names"]))}


def canonical(name: str, value: object, unit: str, row: int) -> Result | None:
    """The result under its own label and unit, or None where name, unit or value is not one of those known here.

    Args:
        name: a label of the reading, a LOINC code (with or without its system) or a usual French name.
        value: a number.
        unit: as written; without one the analyte's own is taken.
        row: its row in the case.
    """
    label = _labels().get(fold(name.rpartition("|")[2].strip()))
    if label is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    written = fold(unit.strip()).replace("[", "").replace("]", "").replace(" ", "")
    analyte = analytes()[label]
    if not written:
        return Result(label, float(value), row)
    factor = next((each for known, each in analyte.factors if known == written), None)
    return None if factor is None else Result(label, float(value) * factor, row)
