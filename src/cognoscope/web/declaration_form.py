"""What the form of a declaration sends, and what of it cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from cognoscope.apps.pharmacy.reactions.declaration import Declaration
from cognoscope.core.actor import Role
from cognoscope.web.i18n import N_

LONGEST = 20_000
"""Characters of a declaration; a longer one is a document and comes as one."""
SHORTEST = 15

FIELDS = ("text", "age", "sex", "started", "appeared", "over")
EMPTY = N_("Décrivez d'abord ce qui s'est passé, même en quelques mots.")
TOO_LONG = N_("Votre texte dépasse 20 000 signes : gardez l'essentiel, ou faites-en deux déclarations.")
WRONG_AGE = N_("L'âge doit être un nombre d'années entre 0 et 120. Laissez vide si vous ne savez pas.")
WRONG_DATE = N_("Une date est impossible ou dans l'avenir. Laissez vide si vous ne savez pas.")
REPORTERS: Mapping[Role, Literal["patient", "physician", "pharmacist"]] = {
    Role.PATIENT: "patient",
    Role.CLINICIAN: "physician",
    Role.PHARMACIST: "pharmacist",
}


@dataclass(frozen=True)
class FormProblem:
    """What is wrong with a field, as a sentence to be translated."""

    field: str
    sentence: str


def typed(sent: Mapping[str, object]) -> dict[str, str]:
    """The fields as they were typed; a field that is missing is empty."""
    return {name: str(sent.get(name) or "").strip() for name in FIELDS}


def problem_of(form: Mapping[str, str], today: date, *, sending: bool = True) -> FormProblem | None:
    """The first thing that keeps the form from being used; while typing, a short text is no problem."""
    if sending and len(form["text"]) < SHORTEST:
        return FormProblem("text", EMPTY)
    if len(form["text"]) > LONGEST:
        return FormProblem("text", TOO_LONG)
    if form["age"] and _age(form["age"]) is None:
        return FormProblem("age", WRONG_AGE)
    for name in ("started", "appeared"):
        if form[name] and ((day := _day(form[name])) is None or day > today):
            return FormProblem(name, WRONG_DATE)
    return None


def declaration_of(form: Mapping[str, str], text: str, key: str, role: Role, today: date) -> Declaration:
    """The declaration of a form without problems; `text` is the form's own, or what was left of it."""
    sex, over = form["sex"], form["over"]
    return Declaration(
        key=key,
        text=text,
        received_on=today,
        reporter=REPORTERS.get(role, "health-professional"),
        age_years=_age(form["age"]) if form["age"] else None,
        sex=cast(Literal["f", "m"], sex) if sex in ("f", "m") else None,
        drug_started_on=_day(form["started"]),
        reaction_started_on=_day(form["appeared"]),
        over=cast(Literal["yes", "no"], over) if over in ("yes", "no") else None,
    )


def _age(text: str) -> float | None:
    try:
        years = float(text.replace(",", "."))
    except ValueError:
        return None
    return years if 0 <= years <= 120 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
