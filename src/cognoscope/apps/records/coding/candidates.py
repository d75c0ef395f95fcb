"""Codes that the reports of a stay speak for, each with the words and sentences that do.

Two sources are merged: the words of `terms.csv`, and the reading's mentions, mapped by `conditions.csv` (conditions of
the Charlson index with status and severity) or by their own CIM-10 code. Where both saw the same words, the reading's
qualifiers count, and a negation that either saw. What is negated, supposed or somebody else's is not coded; what is
over is coded by its Z code where `terms.csv` has one; a code without precision gives way to the precise one
(`refinements.csv`), which takes over its words where both are of one category.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from cognoscope.apps.records.coding import words
from cognoscope.apps.records.coding.knowledge import bare, begins, dotted, family, fold, listed, rows
from cognoscope.apps.records.coding.stay import Read, Stay

CODE_LIKE = re.compile(r"^\W*(?:a|à|de|d)?\W*[a-z]?\s?\d[\d\s.,/%]*[a-z]{0,3}\W*$")
GROUPS = {"condition", "disorder"}


@dataclass(frozen=True)
class Span:
    """Words in report `note`: characters `start` to `stop`, the sentence around them, the section they stand in."""

    note: int
    start: int
    stop: int
    sentence: tuple[int, int]
    section: str


@dataclass(frozen=True)
class Candidate:
    """A code and everything in the reports that says so, in the order of the text."""

    code: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class _Sight:
    code: str
    span: Span
    history: bool


def diagnoses(stay: Stay) -> list[Candidate]:
    """CIM-10 codes that the reports speak for, in the order in which they first appear."""
    sights = [sight for note, text in enumerate(stay.notes) for sight in _sights(note, text, stay)]
    spans: dict[str, list[Span]] = defaultdict(list)
    for sight in sights:
        code = _past(sight.code) if sight.history else sight.code
        if code:
            spans[dotted(code)].append(sight.span)
    definite = any(code[0] not in "RZ" and not _vague(code) for code in spans)
    kept = {code: list(spans[code]) for code in spans if not _superseded(code, spans)}
    kept = {code: found for code, found in kept.items() if not (definite and _vague(code))}
    for code in spans:
        if code not in kept and (heir := next((each for each in kept if family(each) == family(code)), None)):
            kept[heir] += spans[code]
    return [Candidate(code, _in_order(found)) for code, found in kept.items()]


def _in_order(spans: list[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: (span.note, span.start, span.stop)))


def procedures(stay: Stay) -> list[Candidate]:
    """CCAM codes of the acts that the reports say were done."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for note, text in enumerate(stay.notes):
        page = words.Page(text)
        for spot in page.spot(words.acts()):
            if spot.asserted and not spot.history and not spot.ended and spot.section != "antecedents":
                spans[spot.what].append(Span(note, spot.start, spot.stop, spot.sentence, spot.section))
    return [Candidate(code, tuple(found)) for code, found in spans.items()]


def _sights(note: int, text: str, stay: Stay) -> Iterator[_Sight]:
    page = words.Page(text)
    read = [mention for mention in stay.mentions if mention.note == note and mention.group in GROUPS]
    titles = sorted(
        (mention.start, mention.label)
        for mention in stay.mentions
        if mention.note == note and mention.group == "section"
    )
    seen = []
    for spot in page.spot(words.codes()):
        over = [mention for mention in read if mention.start < spot.stop and spot.start < mention.stop]
        if over:
            judge = next((mention for mention in over if mention.group == "condition"), over[0])
            spot = replace(
                spot,
                negated=spot.negated or judge.negated,
                hypothesis=judge.hypothesis,
                family=judge.family,
                history=judge.history,
            )
        seen.append((spot.start, spot.stop))
        if spot.asserted:
            section = spot.section or _section_at(spot.start, titles)
            yield _sight(spot.what, Span(note, spot.start, spot.stop, spot.sentence, section), spot.history, spot.ended)
    present = {mention.code for mention in read if mention.code}
    for mention in read:
        variant = fold(text[mention.start : mention.stop])
        if any(start < mention.stop and mention.start < stop for start, stop in seen):
            continue
        if mention.negated or mention.hypothesis or mention.family or not _believable(mention.label, variant):
            continue
        code = _code_of(mention, present)
        if code:
            section = page.section(mention.start) or _section_at(mention.start, titles)
            place = Span(note, mention.start, mention.stop, page.sentence(mention.start), section)
            yield _sight(code, place, mention.history)


def _sight(code: str, span: Span, history: bool, ended: bool = False) -> _Sight:
    past = history or span.section == "antecedents"
    return _Sight(code, span, ended or (past and not lasts(code)))


@cache
def lasts(code: str) -> bool:
    """Whether a disease is for long (`lasting.csv`): named among the past ones, it is still there."""
    return any(begins(code, row["code"]) for row in rows("lasting"))


def _section_at(start: int, titles: list[tuple[int, str]]) -> str:
    label = next((label for at, label in reversed(titles) if at <= start), "").partition("_")[0]
    return label if any(row["kind"] == label for row in rows("sections")) else ""


def _believable(label: str, variant: str) -> bool:
    """Neither a number read as a code ("à 15" for A15) nor what a component is known to take for something else."""
    if CODE_LIKE.match(variant) or len(variant.strip()) < 3:
        return False
    return not any(row["label"] == label and variant in listed(row["words"]) for row in rows("filters"))


def _code_of(mention: Read, present: Iterable[str]) -> str:
    if mention.group == "disorder":
        return _precise(mention.code) if mention.code else ""
    for row in rows("conditions"):
        if row["label"] != mention.label.removeprefix("eds."):
            continue
        if row["status"] and row["status"] not in mention.status.lower():
            continue
        if row["severity"] and row["severity"] != mention.severity:
            continue
        if row["with"] and not any(begins(code, row["with"]) for code in present):
            continue
        return row["code"]
    return ""


@cache
def _precise(code: str) -> str:
    """A category without its last character is coded by its usual code, as PMSI takes no bare category."""
    if len(bare(code)) > 3:
        return code
    usual = sorted(row["code"] for row in rows("terms") if family(row["code"]) == bare(code))
    return next((each for each in usual if each.endswith(".9")), usual[0] if usual else code)


@cache
def _past(code: str) -> str:
    return next((row["history"] for row in rows("terms") if row["code"] == code), "")


@cache
def _vague(code: str) -> bool:
    """A symptom that only the reading brings (tiredness, pain): no code of its own beside a diagnosis."""
    listed_here = any(family(row["code"]) == family(code) for row in rows("terms"))
    return (code.startswith("R") or family(code) == "B99") and not listed_here


def _superseded(code: str, all_codes: Iterable[str]) -> bool:
    return any(begins(other, prefix) for other in all_codes if other != code for prefix in _superseding(code))


@cache
def _superseding(code: str) -> tuple[str, ...]:
    return tuple(
        prefix for row in rows("refinements") if begins(code, row["code"]) for prefix in listed(row["dropped_by"])
    )
