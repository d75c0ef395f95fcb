"""Every row of the breakpoint table against the interpretation: values at, above and below each breakpoint."""

import math

from cognoscope.apps.pharmacy.antibiotics.tables import agent_rows
from cognoscope.intake.knowledge.eucast_tables import Breakpoint, Eucast
from cognoscope.methods.antibiogram import Measured, interpret


def agreement(eucast: Eucast) -> tuple[int, int]:
    """Interpretations that are as EUCAST defines them, of all values tried; agents of the rules only.

    Expected by the definition, written apart from `interpret`: for a dilution S iff value <= S breakpoint, R iff
    value > R breakpoint; for a zone S iff value >= S breakpoint, R iff value < R breakpoint; else I.
    """
    agents = {row["tested"] for row in agent_rows().values()}
    right = tried = 0
    for rows in eucast.by_pair.values():
        for row in rows:
            if row.agent in agents:
                for value in _values(row):
                    got = interpret(Measured(value), row.method, row.susceptible, row.resistant)
                    tried += 1
                    right += got == _defined(row, value)
    return right, tried


def _values(row: Breakpoint) -> list[float]:
    bounds = (row.susceptible, row.resistant)
    if row.method == "DISK":
        near = [bound + step for bound in bounds for step in (-1.0, 0.0, 1.0)]
        return sorted({value for value in near if value >= 6})
    return sorted({bound * 2.0**step for bound in bounds for step in (-1, 0, 1)} | {math.ulp(1.0) + bounds[1]})


def _defined(row: Breakpoint, value: float) -> str:
    if row.method == "DISK":
        return "S" if value >= row.susceptible else "R" if value < row.resistant else "I"
    return "S" if value <= row.susceptible else "R" if value > row.resistant else "I"
