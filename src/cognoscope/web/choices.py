"""From what a decision form says to reviews: one button's value names verdict, element and reason."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args

from cognoscope.core.card import Card
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review, Verdict
from cognoscope.core.values import SeriesPoint, SeriesValue, TextValue
from cognoscope.web.charts import digits_for
from cognoscope.web.i18n import LANGUAGES, N_
from cognoscope.web.render_text import finding_label

LARGEST = 1_000_000.0
LONGEST = 200
NOT_A_NUMBER = N_("« %(text)s » n'est pas un nombre : écrivez par exemple 198. Rien n'a été enregistré.")
NOTHING_CHANGED = N_("Aucun nombre n'a été changé : rien n'a été enregistré.")
NOTHING_WRITTEN = N_("Écrivez le code ou le libellé qui convient. Rien n'a été enregistré.")
NOTHING_REWRITTEN = N_("Le code n'a pas été changé : rien n'a été enregistré.")
NOT_UNDERSTOOD = N_("Cette décision n'a pas été comprise. Rien n'a été enregistré.")


class ChoiceRefused(Exception):
    """The form cannot become a review; `sentence` (French source) and `values` say why to the person."""

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True)
class Form:
    """A decision form as it was sent; `typed` holds what was written into the fields of elements."""

    choice: str
    comment: str
    typed: Mapping[str, str]
    shown_at: datetime
    decided_at: datetime


def reviews_of(proposal: Proposal, card: Card, form: Form, added: Collection[str] = ()) -> list[Review]:
    """The reviews that the form stands for: one, or for corrections one for each number or text that was changed.

    added: elements that people put beside those of the proposal.

    Raises:
        ChoiceRefused: an unknown verdict, element or reason; a number that is none; nothing changed.
    """
    verdict, _, rest = form.choice.partition("|")
    element, _, reason = rest.partition("|")
    if verdict not in get_args(Verdict):
        raise ChoiceRefused(NOT_UNDERSTOOD)
    if element and element not in added and (proposal.value is None or proposal.value.element(element) is None):
        raise ChoiceRefused(NOT_UNDERSTOOD)
    if verdict == "amend":
        if isinstance(proposal.value, TextValue):
            return _rewritten(proposal.value, proposal, element, form)
        return _corrections(proposal, element, form)
    if verdict == "overrule" and (proposal.value is None or reason not in {one.code for one in card.reasons}):
        raise ChoiceRefused(NOT_UNDERSTOOD)
    return [
        Review(
            proposal=proposal.digest,
            element=element or None,
            verdict=cast(Verdict, verdict),
            reason=reason if verdict == "overrule" else None,
            comment=form.comment,
            shown_at=form.shown_at,
            decided_at=form.decided_at,
        )
    ]


def _corrections(proposal: Proposal, element: str, form: Form) -> list[Review]:
    """One element's number (`amended:KEY`), or every number of the form that differs from what was proposed."""
    if not isinstance(proposal.value, SeriesValue):
        raise ChoiceRefused(NOT_UNDERSTOOD)
    wanted = {element} if element else {point.key for point in proposal.value.points}
    changed: dict[str, float | str] = {}
    for name, text in form.typed.items():
        kind, _, key = name.partition(":")
        point = proposal.value.element(key) if key in wanted else None
        if point is None or kind not in ("amended", "all"):
            continue
        amount = number_of(text)
        if _differs(amount, point, proposal.value):
            changed[key] = amount
    if not changed:
        raise ChoiceRefused(NOTHING_CHANGED)
    return amendments_of(proposal, changed, form)


def _rewritten(value: TextValue, proposal: Proposal, element: str, form: Form) -> list[Review]:
    """One finding's own words (`amended:KEY`), or those of every finding whose field no longer says what was read."""
    changed: dict[str, float | str] = {}
    for finding in value.findings:
        text = " ".join(form.typed.get(f"amended:{finding.key}", "").split())[:LONGEST]
        same = text in {finding_label(finding, language) for language in LANGUAGES}
        if finding.key == element and (same or not text):
            raise ChoiceRefused(NOTHING_REWRITTEN if same else NOTHING_WRITTEN)
        if element in ("", finding.key) and text and not same:
            changed[finding.key] = text
    if not changed:
        raise ChoiceRefused(NOTHING_REWRITTEN)
    return amendments_of(proposal, changed, form)


def amendments_of(proposal: Proposal, changed: Mapping[str, float | str], form: Form) -> list[Review]:
    """One correction for each element whose number or text was changed."""
    return [
        Review(
            proposal=proposal.digest,
            element=key,
            verdict="amend",
            comment=form.comment,
            amended=amended,
            shown_at=form.shown_at,
            decided_at=form.decided_at,
        )
        for key, amended in changed.items()
    ]


def _differs(amount: float, point: SeriesPoint, value: SeriesValue) -> bool:
    return round(amount - point.expected, 6) != 0 and amount != round(point.expected, digits_for(value))


def number_of(text: str, least: float = 0.0) -> float:
    """A number as people write it, with a comma or a point, at least `least`.

    Raises:
        ChoiceRefused: it is none.
    """
    cleaned = text.strip().replace("\u202f", "").replace(" ", "").replace(",", ".").replace("−", "-")
    try:
        amount = float(cleaned)
    except ValueError as error:
        raise ChoiceRefused(NOT_A_NUMBER, text=text[:20]) from error
    if not least <= amount <= LARGEST:
        raise ChoiceRefused(NOT_A_NUMBER, text=text[:20])
    return amount
