"""A Proposal: a typed value with its uncertainty and evidence, or an abstention with its reason."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from cognoscope.core.evidence import Pointer
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Digest, Instant, Noun, Sentence, Slug, Subject
from cognoscope.core.values import ElementKey, Value


class Abstention(Noun):
    """Why there is no value: a code to count by and a sentence a clinician understands."""

    code: Slug
    sentence: Sentence


class Headline(Noun):
    """What the inbox shows on one line: the element that matters most, its value and interval."""

    element: ElementKey | None = None
    text: Sentence
    expected: float | None = None
    interval: Interval | None = None
    urgency: Annotated[float, Field(ge=0, le=1)] = 0.0


class Proposal(Noun):
    """Immutable and without a clock: the same case, version and seed give the same bytes.

    `question` names what is proposed within the application (`arrivals-daily`); a later proposal on the same
    application, subject and question supersedes an earlier one. After `useful_until` the question has answered itself.
    `subject_name` is how a unit calls itself, never a person's name; a proposal without it digests as if the field were
    not there.
    """

    application: Slug
    version: Annotated[str, StringConstraints(min_length=1)]
    model_digest: Digest
    case_digest: Digest
    subject: Subject
    subject_name: Annotated[str, StringConstraints(min_length=1, max_length=120)] | None = Field(
        default=None, exclude_if=lambda name: name is None
    )
    as_of: Instant
    useful_until: Instant
    question: Slug
    title: Sentence
    headline: Headline | None = None
    value: Value | None = None
    evidence: tuple[Pointer, ...] = ()
    would_change: tuple[Sentence, ...] = ()
    abstention: Abstention | None = None

    @model_validator(mode="after")
    def _value_or_abstention(self) -> Self:
        if (self.value is None) == (self.abstention is None):
            raise ValueError("a proposal holds a value or an abstention, one of the two")
        if self.value is not None and not self.evidence:
            raise ValueError("a proposed value cites evidence in its case")
        if self.value is not None and self.headline is None:
            raise ValueError("a proposed value has a headline")
        return self
