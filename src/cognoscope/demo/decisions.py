"""What the invented people decide on a morning: mostly they agree, sometimes they think they know better."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cognoscope.core.actor import Actor
from cognoscope.core.card import Card
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.values import SeriesPoint, SeriesValue
from cognoscope.demo.staff import REVIEWERS

Truth = Mapping[tuple[str, str, str], float]
"""The count that came, by site, measure and day; what the future holds is absent."""

COMMENTS = {
    "local-event": "Match et brocante en ville.",
    "closure": "Le cabinet de garde voisin est fermé.",
    "epidemic": "Beaucoup d'enfants fiévreux en ville.",
    "experience": "Je le sens plus chargé.",
}


@dataclass(frozen=True)
class Decision:
    """A review and who gave it."""

    review: Review
    actor: Actor


def decide(proposal: Proposal, card: Card, truth: Truth, shown_at: datetime, rng: Random) -> list[Decision]:
    """The reviews one proposal gets on its morning; none for an abstention or a forecast by the hour.

    An amendment lies between the forecast and what came, with an error of its own: these people know something, but
    not everything, so that neither they nor the program are always closer.
    """
    value = proposal.value
    if not isinstance(value, SeriesValue) or value.step != "day":
        return []
    actor = rng.choice([member for member in REVIEWERS if member.roles[0] in card.reviewers]).actor
    decided_at = shown_at + timedelta(seconds=rng.randrange(15, 900))
    chance = rng.random()
    if chance < 0.10:
        verdict = {"verdict": "defer"}
    elif chance < 0.17:
        reason = rng.choice([reason.code for reason in card.reasons])
        verdict = {"verdict": "overrule", "reason": reason, "comment": COMMENTS.get(reason, "")}
    elif chance < 0.55:
        return [_amend(proposal, value, card, truth, (shown_at, decided_at), actor, rng)]
    else:
        verdict = {"verdict": "accept"}
    review = Review.model_validate(
        {"proposal": proposal.digest, "shown_at": shown_at, "decided_at": decided_at} | verdict
    )
    return [Decision(review, actor)]


def _amend(
    proposal: Proposal,
    value: SeriesValue,
    card: Card,
    truth: Truth,
    when: tuple[datetime, datetime],
    actor: Actor,
    rng: Random,
) -> Decision:
    point = rng.choice(value.points[:5])
    known = {reason.code for reason in card.reasons}
    reason = rng.choice(sorted(known & set(COMMENTS)) or sorted(known))
    review = Review(
        proposal=proposal.digest,
        element=point.key,
        verdict="amend",
        reason=reason,
        comment=COMMENTS.get(reason, ""),
        amended=_guess(proposal, value, point, truth, rng),
        shown_at=when[0],
        decided_at=when[1],
    )
    return Decision(review, actor)


def _guess(proposal: Proposal, value: SeriesValue, point: SeriesPoint, truth: Truth, rng: Random) -> float:
    site = proposal.subject.partition(":")[2]
    came = truth.get((site, value.measure, point.key), point.expected * rng.gauss(1.0, 0.06))
    guess = point.expected + rng.uniform(0.1, 0.7) * (came - point.expected)
    return float(max(0, round(guess * rng.gauss(1.0, 0.05))))
