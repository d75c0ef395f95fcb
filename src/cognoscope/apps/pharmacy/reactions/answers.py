"""What the declaration answers of the two causality questionnaires, for one medicine and one reaction, with its
words.
"""

from dataclasses import dataclass

from cognoscope.apps.pharmacy.reactions.lexicon import cues
from cognoscope.apps.pharmacy.reactions.qualify import Cues, qualifiers_of
from cognoscope.apps.pharmacy.reactions.reading import Aside, Drug, Note, Reaction, Span

ACUTE = {"10002218", "10001718", "10046735", "10006482", "10023845", "10014222"}
"""Reactions of immediate allergy: within an hour of the drug their delay is very suggestive."""
AN_HOUR = 1 / 24


@dataclass(frozen=True)
class Answers:
    """Known answers only. `spans`: the words of each (key: criterion, or the item's number)."""

    begaud: dict[str, str]
    naranjo: dict[int, str]
    spans: dict[str, tuple[Span, ...]]
    literature: str


def answers_of(note: Note, found: Cues, drug: Drug, reaction: Reaction, asides: list[Aside]) -> Answers:
    """What is stated; nothing is taken for known that is not."""
    begaud: dict[str, str] = {}
    naranjo: dict[int, str] = {}
    spans: dict[str, tuple[Span, ...]] = {}

    def say(criterion: str, level: str, item: int, answer: str, span: Span | None) -> None:
        if criterion:
            begaud[criterion] = level
            if span:
                spans[criterion] = (span,)
        if item:
            naranjo[item] = answer
            if span:
                spans[str(item)] = (span,)

    latency = reaction.latency_days
    if latency is not None:
        if latency < 0:
            say("delay", "incompatible", 2, "no", reaction.onset_span)
        else:
            sudden = reaction.code in ACUTE and latency <= AN_HOUR
            say("delay", "suggestive" if sudden else "compatible", 2, "yes", reaction.onset_span)
    elif drug.role_span or drug.started_span:
        say("", "", 2, "yes", drug.role_span or drug.started_span)
    if drug.dechallenge == "positive":
        say("evolution", "suggestive", 3, "yes", reaction.outcome_span or drug.action_span)
    elif drug.dechallenge == "negative":
        say("evolution", "against", 3, "no", reaction.outcome_span or drug.action_span)
    elif drug.action == "unchanged" and reaction.outcome == "recovered":
        say("evolution", "against", 0, "", drug.action_span)
    elif reaction.outcome in ("fatal", "sequelae"):
        say("evolution", "inconclusive", 0, "", reaction.outcome_span)
    if drug.rechallenge:
        say(
            "rechallenge", drug.rechallenge, 4, "yes" if drug.rechallenge == "positive" else "no", drug.rechallenge_span
        )
    for kind, criterion, item in (("lack", "other-cause", 5), ("other-cause", "other-cause", 5), ("test", "test", 0)):
        for hit in cues(kind).find(note.words)[:1]:
            span = (note.words[hit.first].start, note.words[hit.stop - 1].stop)
            if kind == "test":
                say("test", hit.meaning, 10 if hit.meaning == "positive" else 0, "yes", span)
            elif "negated" not in qualifiers_of(hit, note.words, found) or kind == "lack":
                say(
                    criterion, "absent" if kind == "lack" else "possible", item, "no" if kind == "lack" else "yes", span
                )
    for hit in cues("dose-link").find(note.words)[:1]:
        say("", "", 8, "yes", (note.words[hit.first].start, note.words[hit.stop - 1].stop))
    for hit in cues("before").find(note.words)[:1]:
        if "negated" not in qualifiers_of(hit, note.words, found):
            say("", "", 9, "yes", (note.words[hit.first].start, note.words[hit.stop - 1].stop))
    same = next((each for each in asides if each.code == reaction.code and "history" in each.qualifiers), None)
    if reaction.grade_basis == "value" or reaction.source == "measure":
        say("", "", 10, "yes", reaction.grade_span or reaction.spans[0])
    if same is not None and 9 not in naranjo:
        spans["history"] = tuple(same.spans)
    if reaction.expected:
        naranjo[1] = "yes"
    return Answers(begaud, naranjo, spans, "B3" if reaction.expected else "")
