"""Days that a criterion of a cohort looks at."""

from datetime import date
from typing import Self

import ibis
import ibis.expr.types as ir
from pydantic import model_validator

from cognoscope.core.noun import Noun


class Window(Noun):
    """Days from `start` to `end`, both included; a missing bound is open."""

    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"the window ends ({self.end}) before it starts ({self.start})")
        return self


def within(window: Window, day: ir.Value) -> list[ir.BooleanValue]:
    """The conditions that a column of days is in the window: none, one or two."""
    conditions: list[ir.BooleanValue] = []
    if window.start:
        conditions.append(day >= ibis.literal(window.start))
    if window.end:
        conditions.append(day <= ibis.literal(window.end))
    return conditions
