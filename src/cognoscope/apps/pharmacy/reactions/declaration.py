"""A declaration as it was sent: somebody's words, and the few things a form asks beside them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

LONGEST = 60_000
"""Characters that are read; what is beyond is kept and not read, and the proposal says so."""


@dataclass(frozen=True)
class Declaration:
    """Nothing but `text` is needed; the text is free of identities already.

    key: the report's pseudonym or number. `over`: whether the reaction is over, as the form asked.
    """

    key: str
    text: str
    title: str = ""
    received_on: date | None = None
    reporter: Literal["patient", "physician", "pharmacist", "health-professional"] | None = None
    age_years: float | None = None
    sex: Literal["f", "m"] | None = None
    drug_started_on: date | None = None
    reaction_started_on: date | None = None
    over: Literal["yes", "no"] | None = None
