"""The alert policy as data: what is shown, folded or kept silent. Read from TOML or from the ledger, never code."""

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from cognoscope.apps.pharmacy.interactions.alerts import CONTRAINDICATED, LEVELS
from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Noun

Act = Literal["show", "fold", "suppress"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Monitoring(Noun):
    """A result, not older than that and within its limits, answers an alert that asks for it."""

    analyte: Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,30}$")]
    within_hours: Annotated[float, Field(gt=0, le=720)]
    low: float | None = None
    high: float | None = None
    source: Text

    def answers(self, value: float, hours: float) -> bool:
        """Whether such a result is recent and within the limits."""
        return (
            0 <= hours <= self.within_hours
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
        )


class Habit(Noun):
    """What one ward keeps setting aside with good reason, switched on by a pharmacist: never a contraindication."""

    ward: Text
    rule: Text
    act: Literal["fold", "suppress"]
    reason: Text


class Policy(Noun):
    """One policy.

    shown_at_most: alerts that are shown beside contraindications. `once_per_stay`: what somebody decided is not said
    again in the stay until dose or drug change. `one_by_orders`: of several alerts about the same two orders the
    strongest is shown. `drafts_first`: while something is being prescribed, what is only about older orders is folded.

    Raises:
        pydantic.ValidationError: it would not show a contraindication, or names an analyte twice.
    """

    name: Text = "1"
    shown_at_most: Annotated[int, Field(ge=1, le=20)] = 1
    once_per_stay: bool = True
    one_by_orders: bool = True
    drafts_first: bool = True
    levels: dict[str, Act]
    local: dict[str, Act] = {}
    monitoring: tuple[Monitoring, ...] = ()
    habits: tuple[Habit, ...] = ()

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if set(self.levels) != set(LEVELS) or not set(self.local) <= set(LEVELS):
            raise ValueError("a policy says of each level what is done with it")
        if self.levels[CONTRAINDICATED] != "show" or CONTRAINDICATED in self.local:
            raise ValueError("a contraindication is always shown")
        names = [each.analyte for each in self.monitoring]
        if len(set(names)) != len(names):
            raise ValueError("an analyte has two lines")
        keys = [(each.ward, each.rule) for each in self.habits]
        if len(set(keys)) != len(keys):
            raise ValueError("a ward has two lines for one rule")
        return self


@cache
def shipped_policy() -> Policy:
    """The policy of `policy.toml`."""
    text = files(__package__).joinpath("policy.toml").read_text(encoding="utf-8")
    return Policy.model_validate(tomllib.loads(text))


@lru_cache(maxsize=64)
def read_policy(text: str | None) -> Policy:
    """A policy from its JSON; the one that ships for None.

    Raises:
        InvalidInput: it is none, or an unsafe one.
    """
    if text is None:
        return shipped_policy()
    try:
        return Policy.from_json(text)
    except ValidationError as error:
        raise InvalidInput("unreadable-policy") from error
