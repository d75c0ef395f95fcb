"""A prediction interval, of a point of a forecast, a measurement, a headline."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from cognoscope.core.noun import Noun


class Interval(Noun):
    """A prediction interval: `level` of the outcomes are expected between `low` and `high`."""

    level: Annotated[float, Field(gt=0, lt=1)]
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"interval upside down: {self.low} > {self.high}")
        return self
