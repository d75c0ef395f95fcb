"""Feedback on cards becomes reviews in the ledger, by the person the card was shown to.

Specification: CDS Hooks 2.0, "Feedback": `accepted` when the one suggestion was taken ("taken into account"),
`overridden` when the card was dismissed, with a reason of ours, one of the client's own, or none. Feedback for one
card may come several times; what says nothing new is not recorded again.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import select

from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import EVENT, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.review import Review
from cognoscope.core.tables import LEDGER, of
from cognoscope.core.transaction import Transaction
from cognoscope.exports.cds_hooks.calling import Circumstances
from cognoscope.exports.cds_hooks.issued import Issued, find
from cognoscope.exports.cds_hooks.refusals import bad_request
from cognoscope.exports.cds_hooks.services import APPLICATION, Service

MOST_ENTRIES = 100
MOST_COMMENT = 500
OTHER = "other"
"""Every card has this reason; a dismissal without one, or with one of the client's own, counts as it."""


class _Coding(msgspec.Struct):
    code: str
    system: str = ""
    display: str = ""


class _Override(msgspec.Struct):
    reason: _Coding | None = None
    userComment: str | None = None  # noqa: N815 - the names are the specification's


class _Entry(msgspec.Struct):
    card: str
    outcome: Literal["accepted", "overridden"]
    outcomeTimestamp: datetime  # noqa: N815
    overrideReason: _Override | None = None  # noqa: N815
    acceptedSuggestions: list[Any] | None = None  # noqa: N815


class _Feedback(msgspec.Struct):
    feedback: list[_Entry]


_DECODER = msgspec.json.Decoder(_Feedback)


def receive(body: bytes, service: Service, around: Circumstances) -> list[dict[str, str]]:
    """Record feedback; what became of each entry: `recorded`, `repeated` or `unknown` (no such card was sent).

    All or nothing: an entry that cannot be read refuses the whole.

    Raises:
        Refused: the body is no feedback.
        NotAllowed: the token was used before.
    """
    entries = _read(body)
    ledger = around.installation.ledger
    cards = [_card(ledger, entry.card, service, around) for entry in entries]
    application = around.installation.applications.get(APPLICATION)
    reasons = {reason.code for reason in application.card.reasons} if application else {OTHER}
    became: list[dict[str, str]] = []

    def record(transaction: Transaction) -> None:
        around.caller.use(transaction)
        became.clear()
        for entry, card in zip(entries, cards, strict=True):
            status = "unknown" if card is None else _record(transaction, entry, card, reasons, around.at)
            became.append({"card": entry.card, "status": status})

    ledger.write(record)
    return became


def _read(body: bytes) -> list[_Entry]:
    try:
        entries = _DECODER.decode(body).feedback
    except msgspec.ValidationError as error:
        raise bad_request(f"The body is not CDS Hooks feedback: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("The body is not JSON that can be read.") from error
    if len(entries) > MOST_ENTRIES:
        raise bad_request(f"More than {MOST_ENTRIES} entries at once: send them in several requests.")
    if any(entry.outcomeTimestamp.tzinfo is None for entry in entries):
        raise bad_request("`outcomeTimestamp` needs its offset from UTC: write 2026-11-21T09:00:00Z.")
    return entries


def _card(ledger: Ledger, identifier: str, service: Service, around: Circumstances) -> Issued | None:
    card = find(ledger, identifier[:36], around.caller.name)
    return card if card is not None and card.uuid == identifier and card.service == service.id else None


def _record(transaction: Transaction, entry: _Entry, card: Issued, reasons: set[str], at: datetime) -> str:
    decided = min(max(entry.outcomeTimestamp, card.shown_at), max(at, card.shown_at))
    if entry.outcome == "accepted":
        review = Review(
            proposal=card.proposal, element=card.element, verdict="accept", shown_at=card.shown_at, decided_at=decided
        )
    else:
        reason, comment = _reason(entry.overrideReason, reasons)
        review = Review(
            proposal=card.proposal,
            element=card.element,
            verdict="overrule",
            reason=reason,
            comment=comment,
            shown_at=card.shown_at,
            decided_at=decided,
        )
    if _said(transaction, card) == _gist(review):
        return "repeated"
    try:
        transaction.append(ReviewGiven(review=review), card.reader, at)
    except InvalidInput:
        return "unknown"
    return "recorded"


def _reason(given: _Override | None, reasons: set[str]) -> tuple[str, str]:
    """Our reason and the comment; a reason of the client's own is kept in words."""
    comment = (given.userComment or "").strip() if given else ""
    coding = given.reason if given else None
    if coding is None:
        return OTHER, comment[:MOST_COMMENT]
    if coding.code in reasons:
        return coding.code, comment[:MOST_COMMENT]
    own = coding.display or coding.code
    return OTHER, (f"{own} : {comment}" if comment else own)[:MOST_COMMENT]


def _said(transaction: Transaction, card: Issued) -> tuple[object, ...] | None:
    """What this person last said of this card's element."""
    columns = LEDGER.c
    query = (
        select(columns.body)
        .where(
            of("ReviewGiven"),
            columns.proposal == card.proposal,
            columns.element == (card.element or ""),
            columns.actor_id == card.reader.id,
        )
        .order_by(columns.seq.desc())
        .limit(1)
    )
    body = transaction.reader().scalar(query)
    event = None if body is None else EVENT.validate_json(body)
    return _gist(event.review) if isinstance(event, ReviewGiven) else None


def _gist(review: Review) -> tuple[object, ...]:
    return review.verdict, review.reason, review.comment
