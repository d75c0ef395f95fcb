"""The definition of a cohort in sentences of the screen: one line a criterion, those of a group under it."""

from collections.abc import Callable
from dataclasses import dataclass

from cognoscope.intake.cohorts import (
    Age,
    AllOf,
    AnyOf,
    Criterion,
    Event,
    Measurement,
    Mentioned,
    Not,
    Sex,
    TextFound,
)
from cognoscope.intake.cohorts_window import Window
from cognoscope.web import words
from cognoscope.web.i18n import N_, translate
from cognoscope.web.reading_words import GROUPS, group_words, label_words

SEXES = {8507: N_("homme"), 8532: N_("femme")}
RECORDS = {
    "condition": N_("Diagnostic"),
    "drug": N_("Médicament"),
    "procedure": N_("Acte"),
    "observation": N_("Observation"),
    "device": N_("Dispositif"),
    "visit": N_("Venue"),
    "measurement": N_("Mesure"),
}
INCLUDED = {
    "include_negated": N_("nié compris"),
    "include_hypothesis": N_("supposé compris"),
    "include_family": N_("famille comprise"),
    "include_reported": N_("rapporté compris"),
}
HISTORY = {"only": N_("seulement du passé"), "without": N_("sans ce qui est du passé")}


@dataclass(frozen=True)
class Line:
    """A criterion in words, and those it is made of."""

    text: str
    below: tuple["Line", ...] = ()


def in_words(criterion: Criterion, language: str) -> Line:
    """What the persons of the cohort have in common."""

    def say(message: str, **values: object) -> str:
        return translate(message, language, **values)

    match criterion:
        case AllOf(of=each):
            return Line(say(N_("Tout ceci :")), tuple(in_words(one, language) for one in each))
        case AnyOf(of=each):
            return Line(say(N_("L'un au moins :")), tuple(in_words(one, language) for one in each))
        case Not(of=one):
            return Line(say(N_("Sauf :")), (in_words(one, language),))
        case Sex(concepts=concepts):
            known = [say(SEXES[one]) if one in SEXES else str(one) for one in concepts]
            return Line(say(N_("Sexe : %(sexes)s"), sexes=", ".join(known)))
        case Age():
            return Line(_age(criterion, language))
        case TextFound():
            text = say(N_("Documents où se lit « %(text)s »"), text=criterion.text)
            return Line(text + _ending(criterion.window, criterion.at_least, language, say))
        case Mentioned():
            return Line(_mentioned(criterion, language, say))
        case Event() | Measurement():
            return Line(_event(criterion, language, say))


Say = Callable[..., str]


def _age(age: Age, language: str) -> str:
    at = words.cell(age.at.isoformat(), language, "date")
    if age.below is None:
        return translate(N_("Âge : %(low)s ans ou plus le %(at)s"), language, low=age.at_least, at=at)
    last = age.below - 1
    return translate(N_("Âge : de %(low)s à %(last)s ans le %(at)s"), language, low=age.at_least, last=last, at=at)


def _mentioned(one: Mentioned, language: str, say: Say) -> str:
    group = next(iter(one.groups), "condition")
    names = [label_words(group, label, language) for label in one.labels]
    named = [group_words(name, language) for name in one.groups if name in GROUPS]
    what = ", ".join([*(names or named), *one.codes]) or say(N_("n'importe quoi"))
    text = say(N_("Lu dans les documents : %(what)s"), what=what) + _bounds(one.low, one.high, one.unit, language)
    extras = [say(sentence) for field, sentence in INCLUDED.items() if getattr(one, field)]
    if one.history in HISTORY:
        extras.append(say(HISTORY[one.history]))
    if extras:
        text += f" ({', '.join(extras)})"
    return text + _ending(one.window, one.at_least, language, say)


def _event(one: Event | Measurement, language: str, say: Say) -> str:
    what = ", ".join([*one.codes, *(str(concept) for concept in one.concepts)]) or say(N_("n'importe quoi"))
    text = f"{say(RECORDS[one.kind])} : {what}"
    if isinstance(one, Measurement):
        text += _bounds(one.low, one.high, None, language)
    return text + _ending(one.window, one.at_least, language, say)


def _bounds(low: float | None, high: float | None, unit: str | None, language: str) -> str:
    parts = [f"{sign} {words.cell(bound, language)}" for sign, bound in (("≥", low), ("≤", high)) if bound is not None]
    return f" {', '.join(parts)}{f' {unit}' if unit else ''}" if parts else ""


def _ending(window: Window, at_least: int, language: str, say: Say) -> str:
    text = ""
    if window.start:
        text += say(N_(", depuis le %(day)s"), day=words.cell(window.start.isoformat(), language, "date"))
    if window.end:
        text += say(N_(", jusqu'au %(day)s"), day=words.cell(window.end.isoformat(), language, "date"))
    if at_least > 1:
        text += say(N_(", au moins %(times)s fois"), times=at_least)
    return text
