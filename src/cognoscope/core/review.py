"""A Review: a person's decision on a proposal, or on one element of it."""

from typing import Literal, Self

from pydantic import model_validator

from cognoscope.core.noun import Digest, Instant, Noun, Slug
from cognoscope.core.values import ElementKey

Verdict = Literal["accept", "amend", "overrule", "defer"]


class Review(Noun):
    """`reason` is a code of the application's card; `amended` is the reviewer's own value, in the value's unit."""

    proposal: Digest
    element: ElementKey | None = None
    verdict: Verdict
    reason: Slug | None = None
    comment: str = ""
    amended: float | str | None = None
    blind: bool = False
    shown_at: Instant
    decided_at: Instant

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.verdict == "overrule" and self.reason is None:
            raise ValueError("setting a proposal aside needs a coded reason")
        if (self.verdict == "amend") != (self.amended is not None):
            raise ValueError("an amended value goes with the verdict 'amend', and only with it")
        if self.decided_at < self.shown_at:
            raise ValueError("a decision cannot precede what was shown")
        return self
