"""The person: age, sex and pregnancy where the text or the form states them."""

import re
from dataclasses import dataclass

from cognoscope.apps.pharmacy.reactions.lexicon import cues
from cognoscope.apps.pharmacy.reactions.qualify import Cues, qualifiers_of
from cognoscope.apps.pharmacy.reactions.reading import Note, Span

_AGE = re.compile(
    r"\b(?:de |âgée? de |agee? de |j'ai |i am |i'm |aged? |a |an )?(?P<years>\d{1,3})[\s-]*(?P<unit>ans|mois|"
    r"years?[\s-]old|year[\s-]olds?|yo\b|months?[\s-]old)",
    re.IGNORECASE,
)
_PAST = re.compile(r"(?:depuis|il y a|pendant|durant|for|since|over|dans|les|ago)\s+(?:environ\s+)?$", re.IGNORECASE)
_SEX = {
    "f": re.compile(
        r"\b(?:patiente|femme|madame|mme|fille|fillette|mère|épouse|soeur|sœur|woman|female|girl|mother|wife|she)\b",
        re.IGNORECASE,
    ),
    "m": re.compile(
        r"\b(?:homme|monsieur|garçon|père|mari|frère|fils|man|male|boy|father|husband|son|he)\b", re.IGNORECASE
    ),
}
_ABOUT = 90
"""Characters at the beginning in which a note says whom it is about."""


@dataclass(frozen=True)
class Person:
    """What is stated, with its words; None where it is not, or where the form said it (`spans` then lacks it)."""

    age_years: float | None
    sex: str | None
    pregnant: bool
    spans: dict[str, Span]


def person(note: Note, found: Cues) -> Person:
    """The person of a declaration; the form goes before the text."""
    spans: dict[str, Span] = {}
    age, sex = note.facts.get("age_years"), note.facts.get("sex")
    if age is None:
        for match in _AGE.finditer(note.text):
            years = float(match["years"]) / (12 if match["unit"].lower().startswith(("mo",)) else 1)
            old = match["unit"].lower() != "mois" or re.search(
                r"âgé|age|de $", note.text[max(0, match.start() - 8) : match.start() + 8], re.IGNORECASE
            )
            if years <= 120 and old and not _PAST.search(note.text[max(0, match.start() - 20) : match.start()]):
                age, spans["age"] = round(years, 2), match.span()
                break
    if sex is None:
        firsts = {name: said for name, form in _SEX.items() if (said := form.search(note.text[:_ABOUT])) is not None}
        if len(firsts) == 1 and not (found.patient == "self" and _other(note, firsts)):
            name, said = next(iter(firsts.items()))
            sex, spans["sex"] = name, said.span()
    pregnancies = [hit for hit in cues("pregnant").find(note.words) if not qualifiers_of(hit, note.words, found)]
    if pregnancies:
        hit = pregnancies[0]
        spans["pregnancy"] = (note.words[hit.first].start, note.words[hit.stop - 1].stop)
    return Person(float(age) if age is not None else None, sex, bool(pregnancies), spans)


def _other(note: Note, firsts: dict[str, re.Match[str]]) -> bool:
    """Whether the words are of a relative (`ma femme`) while the writer is the patient."""
    match = next(iter(firsts.values()))
    return bool(re.search(r"\b(?:ma|mon|my|une|un)\s*$", note.text[: match.start()], re.IGNORECASE))
