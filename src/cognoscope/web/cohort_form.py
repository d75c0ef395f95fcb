"""The small form of a new cohort: what was typed into it, and the definition it stands for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from cognoscope.intake.cohorts import (
    Age,
    AllOf,
    AnyOf,
    Cohort,
    Criterion,
    Event,
    Mentioned,
    Not,
    Sex,
    TextFound,
)
from cognoscope.intake.cohorts_window import Window
from cognoscope.intake.search.words import fold
from cognoscope.web.i18n import N_

FIELDS = (
    *("name", "condition", "cim10", "atc", "without", "measure", "low", "high", "text", "since", "until"),
    *("sex", "age_from", "age_to"),
)
SEXES = {"male": 8507, "female": 8532}
RESERVED = {"new", "compare"}
"""Names that are pages of their own."""

OLDEST = 130
NOTHING_ASKED = N_("Dites au moins une chose : une maladie, un médicament, des mots, un âge …")
WRONG_NAME = N_("Donnez un nom à la cohorte : des lettres ou des chiffres, pas plus de 80.")
WRONG_DAY = N_("« %(text)s » n'est pas une date.")
WRONG_NUMBER = N_("« %(text)s » n'est pas un nombre.")
WRONG_ORDER = N_("Le début est après la fin, ou la borne basse au-dessus de la haute.")
WRONG_CODE = N_(
    "« %(text)s » n'est pas un code : des lettres et des chiffres, une étoile à la fin pour tout ce qui suit."
)


class FormRefused(Exception):
    """The form is no definition; `sentence` (French source) and `values` say why to the person."""

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True)
class Typed:
    """The fields as they were sent, each a text; those of several choices between commas."""

    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    @property
    def anything(self) -> bool:
        """Whether a criterion was typed."""
        return any(self[name] for name in FIELDS if name not in ("name", "since", "until"))


def slug(name: str) -> str:
    """A name for the ledger out of what a person typed: `Diabète, sans insuline` becomes `diabete-sans-insuline`."""
    return re.sub(r"[^a-z0-9._]+", "-", fold(name)).strip("-._")[:80]


def definition(typed: Typed, today: date) -> Cohort:
    """The cohort that the form describes; ages are taken today.

    Raises:
        FormRefused: a field cannot be understood, or nothing was asked for.
    """
    if not typed.anything:
        raise FormRefused(NOTHING_ASKED)
    name = slug(typed["name"])
    if typed["name"] and (not name or name in RESERVED):
        raise FormRefused(WRONG_NAME)
    try:
        criteria = _criteria(typed, today)
        criterion = criteria[0] if len(criteria) == 1 else AllOf(of=tuple(criteria))
        return Cohort(name=name or "x", criterion=criterion)
    except ValidationError as error:
        raise FormRefused(WRONG_ORDER) from error


def _criteria(typed: Typed, today: date) -> list[Criterion]:
    window = Window(start=_day(typed["since"]), end=_day(typed["until"]))
    found: list[Criterion] = []
    if typed["condition"]:
        found.append(Mentioned(groups=("condition",), labels=tuple(typed["condition"].split(",")), window=window))
    if codes := _codes(typed["cim10"]):
        found.append(
            AnyOf(of=(Event(kind="condition", codes=codes, window=window), Mentioned(codes=codes, window=window)))
        )
    if codes := _codes(typed["atc"]):
        found.append(_drug(codes, window))
    if codes := _codes(typed["without"]):
        found.append(Not(of=_drug(codes, window)))
    if typed["measure"]:
        low, high = _number(typed["low"]), _number(typed["high"])
        if low is not None and high is not None and low > high:
            raise FormRefused(WRONG_ORDER)
        label = (typed["measure"],)
        found.append(Mentioned(groups=("measurement",), labels=label, low=low, high=high, window=window))
    if typed["text"]:
        found.append(TextFound(text=typed["text"][:1000], window=window))
    if typed["sex"] in SEXES:
        found.append(Sex(concepts=(SEXES[typed["sex"]],)))
    if typed["age_from"] or typed["age_to"]:
        first, last = _years(typed["age_from"]), _years(typed["age_to"])
        if first is not None and last is not None and first > last:
            raise FormRefused(WRONG_ORDER)
        found.append(Age(at=today, at_least=first or 0, below=None if last is None else last + 1))
    if not found:
        raise FormRefused(NOTHING_ASKED)
    return found


def _drug(codes: tuple[str, ...], window: Window) -> AnyOf:
    """Given or prescribed according to the tables, or read in a report."""
    read = Mentioned(groups=("drug",), codes=codes, window=window)
    return AnyOf(of=(Event(kind="drug", codes=codes, window=window), read))


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(part.upper() for part in re.split(r"[\s,;]+", text) if part))
    for code in codes:
        if not re.fullmatch(r"[A-Z0-9.+-]{1,20}\*?", code):
            raise FormRefused(WRONG_CODE, text=code[:30])
    return codes


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise FormRefused(WRONG_DAY, text=text[:30]) from error


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", ".")) if text else None
    except ValueError as error:
        raise FormRefused(WRONG_NUMBER, text=text[:30]) from error
    if number is not None and not abs(number) < 1e9:
        raise FormRefused(WRONG_NUMBER, text=text[:30])
    return number


def _years(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) > OLDEST:
        raise FormRefused(WRONG_NUMBER, text=text[:30])
    return int(text)
