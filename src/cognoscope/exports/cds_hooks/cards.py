"""Cards from a proposal: the alert that matters, or, when it is signed, what could not be checked; often none.

Specification: CDS Hooks 2.0, "Card Attributes", "Source", "Suggestion", "Reasons for rejecting a card" and "Link". The
one suggestion holds no action: it says that the alert was taken into account, which feedback can tell
of a suggestion only.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cognoscope.core.card import Card
from cognoscope.core.case import Case
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import TextValue
from cognoscope.exports.cds_hooks.alert import SHOWN, AlertWords, alert_words
from cognoscope.exports.cds_hooks.issued import suggestion_uuid
from cognoscope.exports.cds_hooks.question import Question
from cognoscope.exports.cds_hooks.words import said

Json = dict[str, Any]
MOST_SUMMARY = 139
"""A summary has fewer than 140 characters."""

REASONS = "urn:cognoscope:reason:pharmacy.interactions"
TOPICS = "urn:cognoscope:alert-level"
INDICATORS = {"contraindicated": "critical", "discouraged": "warning", "precaution": "warning", "to-review": "warning"}
"""By level; every other level is `info`."""

UNCHECKED = ("question", "unchecked")
SIGNING = "order-sign"
"""The hook at which what could not be checked is worth a card: nobody else would look before the drug is given."""

QUIET = frozenset({"empty", "another-case"})
"""Reasons for abstaining of which a prescriber need not hear."""

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")


@dataclass(frozen=True)
class Reading:
    """For whom cards are written: hook, what was asked, language, address of this server, the application's card."""

    hook: str
    question: Question
    language: str
    base: str
    card: Card


def cards_of(proposal: Proposal, case: Case, reading: Reading) -> Iterator[tuple[str | None, Callable[[str], Json]]]:
    """The element of the proposal that each card is about, and the card once it has an identifier."""
    if not isinstance(proposal.value, TextValue):
        if reading.hook == SIGNING and proposal.abstention and proposal.abstention.code not in QUIET:
            sentence = proposal.abstention.sentence.in_language(reading.language)
            yield None, _unchecked_card(sentence, [], proposal, reading)
        return
    alerts = [alert_words(finding, case, reading.language) for finding in proposal.value.findings]
    interrupting = [alert for alert in alerts if alert.interrupts]
    unchecked = [alert.label for alert in alerts if alert.group in UNCHECKED]
    for alert in interrupting:
        yield alert.key, _alert_card(alert, _others(proposal.value, reading), unchecked, proposal, reading)
    questions = [alert for alert in alerts if alert.group == "question"]
    if questions and not interrupting and reading.hook == SIGNING:
        first = questions[0]
        yield first.key, _unchecked_card(first.label, unchecked, proposal, reading)


def _alert_card(
    alert: AlertWords, others: list[str], unchecked: list[str], proposal: Proposal, reading: Reading
) -> Callable[[str], Json]:
    language = reading.language
    parts = (
        [
            f"**{said('mechanism', language)}** {_plain(alert.mechanism)}" if alert.mechanism else "",
            f"**{said('conduct', language)}** {_plain(alert.conduct)}" if alert.conduct else "",
        ]
        if alert.mechanism or alert.conduct
        else [_plain(alert.reason)]
    )
    detail = "\n\n".join(filter(None, (*parts, *_notes(others, unchecked, reading))))
    source: Json = {"label": alert.source or "Cognoscope"}
    if alert.url:
        source["url"] = alert.url
    if alert.level:
        source["topic"] = {"system": TOPICS, "code": alert.level, "display": said(alert.level, language)}
    return _card(alert.label, detail, INDICATORS.get(alert.level, "info"), source, alert.key, proposal, reading)


def _unchecked_card(summary: str, unchecked: list[str], proposal: Proposal, reading: Reading) -> Callable[[str], Json]:
    detail = "\n\n".join(_notes([], unchecked, reading))
    return _card(summary, detail, "info", {"label": "Cognoscope"}, None, proposal, reading)


def _card(
    summary: str, detail: str, indicator: str, source: Json, element: str | None, proposal: Proposal, reading: Reading
) -> Callable[[str], Json]:
    language = reading.language
    address = f"{reading.base}/proposals/{proposal.digest}" + (f"?element={element}" if element else "")
    reasons = [
        {"code": reason.code, "system": REASONS, "display": reason.label.in_language(language)}
        for reason in reading.card.reasons
    ]

    def with_identifier(uuid: str) -> Json:
        card: Json = {
            "uuid": uuid,
            "summary": summary if len(summary) <= MOST_SUMMARY else f"{summary[: MOST_SUMMARY - 1].rstrip()}…",
            "indicator": indicator,
            "source": source,
            "suggestions": [{"label": said("taken", language), "uuid": suggestion_uuid(uuid), "isRecommended": False}],
            "selectionBehavior": "at-most-one",
            "overrideReasons": reasons,
            "links": [{"label": said("open", language), "url": address, "type": "absolute"}],
        }
        return {**card, "detail": detail} if detail else card

    return with_identifier


def _notes(others: list[str], unchecked: list[str], reading: Reading) -> list[str]:
    language, notes = reading.language, []
    if others:
        notes.append(f"{said('others', language)} {', '.join(others)}.")
    if unchecked:
        listed = "\n".join(f"- {_plain(label)}" for label in unchecked[:5])
        notes.append(f"{said('unchecked', language)}\n\n{listed}")
    if reading.question.unknown:
        notes.append(
            f"{said('unknown', language)} {', '.join(said(key, language) for key in reading.question.unknown)}."
        )
    return notes


def _others(value: TextValue, reading: Reading) -> list[str]:
    """What is folded or kept silent, counted by heading."""
    counts = [
        (group, sum(finding.group == group.name for finding in value.findings))
        for group in value.groups
        if group.name not in (*SHOWN, *UNCHECKED)
    ]
    return [f"{group.label.in_language(reading.language)} : {count}" for group, count in counts if count]


def _plain(text: str) -> str:
    """Words that Markdown leaves as they are."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
