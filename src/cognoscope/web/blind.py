"""Blind-first reading: where the college asks for it, a reader enters their own reading before they see the program's.

What the program says is then not in the bytes of any page that this reader is sent: neither the proposal, nor its
overlays, nor the lines of a list. Their reading, the program's and their final decision are all in the ledger.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import ADDED, ImageMark, ImageValue
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import Reviewed
from cognoscope.core.review import Review
from cognoscope.web.choices import LARGEST, ChoiceRefused, number_of
from cognoscope.web.i18n import N_
from cognoscope.web.image_choices import MOST_ADDED, added_mark, keys_after
from cognoscope.web.image_words import CONCLUSIONS, VERDICT
from cognoscope.web.services import Services
from cognoscope.web.session import Person

READ_FIRST = N_("Votre lecture d'abord")
"""What a list says instead of the program's words."""
NO_CONCLUSION = N_("Choisissez une conclusion : elle seule est obligatoire. Rien n'a été enregistré.")
NOT_DRAWN = N_("Un repère n'a pas été compris. Rien n'a été enregistré.")


def is_blind_first(services: Services, application: str) -> bool:
    """Whether the college asks for the reader's own reading first."""
    return application in services.settings.imaging.blind_first


def must_read_first(
    services: Services, person: Person, proposal: Proposal, made: Callable[[], Sequence[Reviewed]]
) -> bool:
    """Whether this person, who decides on it, still has to enter a reading of their own before it is out of use."""
    if (
        proposal.useful_until <= services.clock()
        or not is_blind_first(services, proposal.application)
        or not isinstance(proposal.value, ImageValue)
    ):
        return False
    return not any(one.review.blind and one.actor.id == person.actor.id for one in made())


@dataclass(frozen=True)
class Reading:
    """A form of a reading before the proposal; `typed` holds `mine:KEY` for each number, and `mine:marks`."""

    typed: Mapping[str, str]
    conclusion: str
    comment: str
    shown_at: datetime
    decided_at: datetime


def readings_of(proposal: Proposal, case: Case, reading: Reading, made: Sequence[Reviewed]) -> list[Review]:
    """The reviews that a reading before the proposal stands for: a conclusion, and what was measured and marked.

    Raises:
        ChoiceRefused: no conclusion, a number that is none, or a mark that cannot be placed.
    """
    value = proposal.value
    assert isinstance(value, ImageValue)
    if reading.conclusion not in CONCLUSIONS:
        raise ChoiceRefused(NO_CONCLUSION)
    found: dict[str, float | str] = {VERDICT: reading.conclusion}
    for measurement in value.measurements:
        text = reading.typed.get(f"mine:{measurement.key}", "").strip()
        if text:
            found[measurement.key] = number_of(text, least=-LARGEST)
    marks = _marks(reading.typed.get("mine:marks", ""), case)
    for key, mark in zip(keys_after(made), marks, strict=False):
        found[key] = mark.model_copy(update={"key": key}).canonical().decode()
    return [
        Review(
            proposal=proposal.digest,
            element=key,
            verdict="amend",
            amended=amended,
            comment=reading.comment if key == VERDICT else "",
            blind=True,
            shown_at=reading.shown_at,
            decided_at=reading.decided_at,
        )
        for key, amended in found.items()
    ]


def _marks(text: str, case: Case) -> list[ImageMark]:
    if not text.strip():
        return []
    try:
        drawn = json.loads(text)
        if not isinstance(drawn, list) or len(drawn) > MOST_ADDED:
            raise ValueError("too many")
        return [added_mark(one, case, f"{ADDED}0") for one in drawn]
    except (ValueError, TypeError, KeyError, RecursionError, InvalidInput) as error:
        raise ChoiceRefused(NOT_DRAWN) from error
