"""What the six nouns share: frozen, validated, JSON both ways, one digest.

pydantic 2 was chosen over attrs + msgspec because FastAPI and the FHIR models already bring it, its discriminated
unions say which kind of value or event was wrong in the message, and proposals are few: where millions of records
are decoded (`intake`), msgspec is used instead.
"""

import hashlib
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

from cognoscope.core.canonical import canonical_bytes


def _to_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment with its offset, kept in UTC so that one moment has one byte form."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
Subject = Annotated[
    str, StringConstraints(pattern=r"^(unit|person|stay|cohort|report):[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")
]
"""Whom or what a case is about: a unit by its code, a person, stay, cohort or declared report by its
pseudonym."""


class Noun(BaseModel):
    """Immutable value object; two with the same content have the same digest."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    def plain(self) -> dict[str, Any]:
        """The content as plain JSON data."""
        return self.model_dump(mode="json")

    def canonical(self) -> bytes:
        """The content in canonical JSON (see `canonical_bytes`)."""
        return self._canonical

    @cached_property
    def _canonical(self) -> bytes:
        # Made once: what is recorded is digested, stored and sealed, each time in these bytes.
        return canonical_bytes(self.plain())

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(self.canonical()).hexdigest()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read back what `canonical` wrote.

        Raises:
            pydantic.ValidationError: the text is not such a noun.
        """
        return cls.model_validate_json(text)


class Sentence(Noun):
    """One sentence for people, in both languages of the screens."""

    fr: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]

    def in_language(self, language: str) -> str:
        """The English text for `en`, the French one otherwise."""
        return self.en if language == "en" else self.fr
