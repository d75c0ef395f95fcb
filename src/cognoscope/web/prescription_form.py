"""The form of the prescription page: what was typed, and the question it makes; and what a checked case had been asked.

One drug a line, as people write it; what follows a comma or a semicolon is the dose, and is not part of the name.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cognoscope.apps.pharmacy.interactions.case import Order, Patient
from cognoscope.core.case import Case, Cell, Table
from cognoscope.web.i18n import N_

MOST_LINES = 60
MOST_TYPED = 6000
LONGEST_LINE = 160
FIELDS = ("drafts", "current", "age", "sex", "pregnant", "egfr", "hepatic", "allergies", "conditions", "ward")
SEXES = ("f", "m")
CHILD_PUGH = ("A", "B", "C")
_CODE = re.compile(r"[A-Z]\d{2}(?:\.?\d{1,2})?\+?")
_SPLIT = re.compile(r"\s*[,;]\s+|\s+[-–—:]\s+")

NO_DRUG = N_("Écrivez au moins un médicament, un par ligne.")
TOO_MANY = N_("Plus de %(most)s lignes : vérifiez l'ordonnance par morceaux.")
NOT_A_NUMBER = N_("« %(text)s » n'est pas un nombre possible pour %(what)s.")
NOT_A_CODE = N_("« %(text)s » n'est pas un code CIM-10 : écrivez par exemple I50.9.")
AGE, CLEARANCE = N_("l'âge"), N_("le débit de filtration")


class FormRefused(Exception):
    """The form makes no question; `sentence` (French source) and `values` say why."""

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True)
class Line:
    """One line as typed: the drug's name, and what followed it. `place` counts from 0 within its field."""

    field: str
    place: int
    name: str
    rest: str = ""


@dataclass(frozen=True)
class Typed:
    """What was typed into the form."""

    fields: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def lines(self) -> list[Line]:
        """The drugs being prescribed, then the present ones."""
        return [*_lines("drafts", self["drafts"]), *_lines("current", self["current"])]

    def replaced(self, field: str, place: int, name: str) -> "Typed":
        """The same with another name on one line; what followed the old one stays."""
        lines = _lines(field, self[field])
        words = [
            _written(Line(field, line.place, name if line.place == place else line.name, line.rest)) for line in lines
        ]
        return Typed({**self.fields, field: "\n".join(words)})


def typed(items: Sequence[tuple[str, str]]) -> Typed:
    """The known fields of a form or an address."""
    return Typed({name: value.strip("\n")[:MOST_TYPED] for name, value in items if name in FIELDS})


def question(form: Typed, subject: str) -> tuple[Patient, list[Order]]:
    """The patient and the orders that the form describes.

    Raises:
        FormRefused: no drug, too many, or a number or a code that is none.
    """
    lines = form.lines
    if not lines:
        raise FormRefused(NO_DRUG)
    if len(lines) > MOST_LINES:
        raise FormRefused(TOO_MANY, most=str(MOST_LINES))
    orders = [
        Order(
            key=f"{'o' if line.field == 'drafts' else 'm'}{line.place + 1}",
            text=line.name,
            dose=line.rest,
            draft=line.field == "drafts",
        )
        for line in lines
    ]
    sex = form["sex"] if form["sex"] in SEXES else None
    patient = Patient(
        subject=subject,
        age=_number(form["age"], AGE, 0, 130),
        sex=sex,
        pregnant=True if form["pregnant"] and sex != "m" else None,
        egfr=_number(form["egfr"], CLEARANCE, 0, 300),
        hepatic=form["hepatic"] if form["hepatic"] in CHILD_PUGH else None,
        allergies=tuple(_parts(form["allergies"])),
        conditions=tuple(_condition(one) for one in _parts(form["conditions"])),
        ward="".join(sign for sign in form["ward"].strip()[:60] if sign.isalnum() or sign in "._-"),
    )
    return patient, orders


def subject_of(account: str, form: Typed, at: str) -> str:
    """A subject of its own for each check: nobody is named on this page, so nothing is remembered of a stay."""
    content = "\0".join((account, at, *(f"{name}={form[name]}" for name in FIELDS)))
    return f"stay:check-{hashlib.sha256(content.encode()).hexdigest()[:20]}"


def form_of(case: Case) -> Typed:
    """The form that asks what a checked case was asked."""
    drugs = _rows(case.table("drug"))
    written = {
        name: "\n".join(
            _written(Line(name, 0, str(row.get("text") or row.get("label") or ""), str(row.get("dose") or "")))
            for row in drugs
            if bool(row.get("draft")) is draft
        )
        for name, draft in (("drafts", True), ("current", False))
    }
    facts = {fact.name: fact.value for fact in case.facts}
    return Typed(
        {
            **written,
            "age": _said(facts.get("age_years")),
            "sex": _said(facts.get("sex")),
            "pregnant": "1" if facts.get("pregnant") is True else "",
            "egfr": _said(facts.get("egfr")),
            "hepatic": _said(facts.get("hepatic")),
            "allergies": ", ".join(str(row.get("text") or "") for row in _rows(case.table("allergy"))),
            "conditions": ", ".join(str(row.get("code") or "") for row in _rows(case.table("condition"))),
            "ward": _said(facts.get("ward")),
        }
    )


def _lines(field: str, text: str) -> list[Line]:
    found: list[Line] = []
    for written in text.splitlines():
        parts = _SPLIT.split(" ".join(written.split()).strip(" ,;-–—•*")[:LONGEST_LINE], maxsplit=1)
        if parts[0]:
            found.append(Line(field, len(found), parts[0], parts[1] if len(parts) > 1 else ""))
    return found


def _written(line: Line) -> str:
    return f"{line.name}, {line.rest}" if line.rest else line.name


def _parts(text: str) -> list[str]:
    return list(dict.fromkeys(part for part in (one.strip() for one in re.split(r"[,;\n]", text)) if part))[:30]


def _condition(text: str) -> str:
    code = text.upper().replace(" ", "")
    if not _CODE.fullmatch(code):
        raise FormRefused(NOT_A_CODE, text=text[:20])
    return code


def _number(text: str, what: str, low: float, high: float) -> float | None:
    cleaned = text.strip().replace(",", ".")
    if not cleaned:
        return None
    try:
        value = float(cleaned)
    except ValueError as error:
        raise FormRefused(NOT_A_NUMBER, text=text.strip()[:20], what=what) from error
    if not low <= value <= high:
        raise FormRefused(NOT_A_NUMBER, text=text.strip()[:20], what=what)
    return value


def _rows(table: Table | None) -> list[dict[str, Cell]]:
    if table is None:
        return []
    return [{column.name: column.values[row] for column in table.columns} for row in range(table.rows)]


def _said(value: Cell) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value or "")
