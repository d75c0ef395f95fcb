"""STOPP/START criteria for persons of 65 years and more, held against the prescription where the data allow."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from cognoscope.apps.pharmacy.interactions.alerts import FACTS, Alert, Cited, Unchecked, Words, signature_of, slug
from cognoscope.apps.pharmacy.interactions.criteria import (
    DAYS,
    OLDER_FROM,
    Bound,
    Had,
    Measured,
    Statement,
    Taken,
    statements,
)
from cognoscope.apps.pharmacy.interactions.knowledge import analytes, criterion_words
from cognoscope.apps.pharmacy.interactions.prescription import Criterion, Drug, Prescription

MISSING: dict[str, Words] = {
    "dose": ("la dose par jour", "the daily dose"),
    "duration": ("la date de début", "the start date"),
    "history": ("l'ancienneté du diagnostic", "how old the diagnosis is"),
    "conditions": ("les diagnostics", "the diagnoses"),
    "past": ("les traitements passés", "past treatments"),
    "sex": ("le sexe", "the sex"),
}
_DOSE = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*(g|mg|µg|mcg|ug)\s*(?:/|par)\s*(?:j|jour|24 ?h|d|day)\b", re.IGNORECASE)
_IN_MG = {"g": 1000.0, "mg": 1.0, "µg": 0.001, "mcg": 0.001, "ug": 0.001}


def older(asked: Prescription) -> Iterator[Alert | Unchecked]:
    """One alert a criterion that holds; one line for each that only a missing fact keeps from being decided."""
    if asked.age is None:
        if asked.criteria:
            words = (
                "Critères du sujet âgé (STOPP/START) : l'âge manque",
                "Criteria for older persons (STOPP/START): the age is missing",
            )
            yield Unchecked("age", "age", words)
        return
    if asked.age < OLDER_FROM:
        return
    chart = _Chart(asked)
    for row, criterion in enumerate(asked.criteria):
        verdicts = [chart.holds(each) for each in statements(criterion.body)]
        held = next((each for each in verdicts if isinstance(each, list)), None)
        if held is not None:
            yield _alert(asked, criterion, row, held)
            continue
        missing = next((each for each in verdicts if isinstance(each, str)), None)
        if missing is not None:
            said = criterion_words().get(criterion.id, criterion.text)
            lack = MISSING.get(missing) or analytes()[missing].words
            words = (
                f"{criterion.id} : {said} Il manque : {lack[0]}",
                f"{criterion.id}: {criterion.text} Missing: {lack[1]}",
            )
            yield Unchecked(f"criterion-{slug(criterion.id)}", missing, words, (("criterion", row),))


class _Chart:
    """What a statement is held against."""

    def __init__(self, asked: Prescription) -> None:
        self.asked = asked
        self.drugs = [(place, drug) for place, drug in enumerate(asked.drugs) if drug.understood and not drug.local]
        self.every = [(place, drug) for place, drug in enumerate(asked.drugs) if drug.understood]
        self.codes = [(row, code.replace(".", "")) for row, code in enumerate(asked.conditions)]
        self.results = {result.analyte: (row, result) for row, result in enumerate(asked.results)}

    def holds(self, statement: Statement) -> list[Cited] | str | None:
        """What it rests on where it holds; what is missing where only that keeps it from being decided; else None."""
        cited: list[Cited] = []
        missing: list[str] = []
        for had in statement.had:
            if (lack := self._had(had, cited)) is None:
                return None
            missing += lack
        for measured in statement.measured:
            if (lack := self._measured(measured, cited)) is None:
                return None
            missing += lack
        used: list[int] = []
        for taken in statement.taken:
            if (lack := self._taken(taken, used, cited)) is None:
                return None
            missing += lack
        return missing[0] if missing else cited

    def _had(self, had: Had, cited: list[Cited]) -> list[str] | None:
        """What is missing (nothing: it holds), or None where it does not hold."""
        found = [row for row, code in self.codes if code.startswith(had.codes)]
        if had.absent:
            if not self.asked.conditions:
                return ["conditions"]
            return (["history"] if had.timed else None) if found else []
        if not found:
            return None if self.asked.conditions else ["conditions"]
        cited += [("condition", row) for row in found]
        return ["history"] if had.timed else []

    def _measured(self, measured: Measured, cited: list[Cited]) -> list[str] | None:
        name, bound = measured.analyte, measured.bound
        if name in ("age", "sex"):
            value: float | str | None = self.asked.age
            if name == "sex":
                value = {"f": "Female", "m": "Male"}.get(self.asked.sex or "")
            if value is None:
                return [name]
            cited.append(("", FACTS.index("age_years" if name == "age" else "sex")))
            return [] if bound is None or bound.holds(value) else None
        if name == "egfr" and self.asked.egfr is not None:
            cited.append(("", FACTS.index("egfr")))
            return [] if bound is None or bound.holds(self.asked.egfr) else None
        known = self.results.get(name)
        if known is None:
            return [name] if name in analytes() else None
        cited.append(("measurement", known[0]))
        return [] if bound is None or bound.holds(known[1].value) else None

    def _taken(self, taken: Taken, used: list[int], cited: list[Cited]) -> list[str] | None:
        if taken.ended:
            return ["past"]
        if taken.absent:
            # What is applied locally also answers a START criterion: eye drops for a glaucoma.
            there = any(taken.meets(drug.atc) for _, drug in self.every)
            return None if there else (["past"] if taken.bounds else [])
        best: tuple[list[str], int] | None = None
        for place, drug in self.drugs:
            if place in used or not taken.meets(drug.atc):
                continue
            lack = _bounds(taken.bounds, drug, self.asked.as_of)
            if lack is not None and (best is None or len(lack) < len(best[0])):
                best = (lack, place)
        if best is None:
            return None
        used.append(best[1])
        cited.append(("drug", best[1]))
        return best[0]


def _bounds(bounds: Sequence[tuple[str, Bound]], drug: Drug, as_of: datetime) -> list[str] | None:
    missing = []
    for name, bound in bounds:
        value = _daily_mg(drug.dose, bound) if name == "dose" else _days(drug, as_of) if name == "duration" else None
        if value is None:
            missing.append("past" if name == "frequency" else name)
            continue
        limit = bound
        if name == "duration" and isinstance(bound.value, float | int):
            limit = Bound(bound.operator, bound.value * DAYS.get(bound.interval, 1.0), "", "")
        if not limit.holds(value):
            return None
    return missing


def _daily_mg(dose: str, bound: Bound) -> float | None:
    """A dose written per day, in the unit of the limit; None where it is written otherwise."""
    found = _DOSE.match(dose)
    if found is None:
        return None
    milligrams = float(found[1].replace(",", ".")) * _IN_MG[found[2].lower()]
    return milligrams / 1000 if bound.unit == "G" else milligrams


def _days(drug: Drug, as_of: datetime) -> float | None:
    if not drug.start:
        return None
    try:
        return (as_of - datetime.fromisoformat(drug.start)).total_seconds() / 86400
    except (ValueError, TypeError):
        return None


def _alert(asked: Prescription, criterion: Criterion, row: int, held: list[Cited]) -> Alert:
    places = tuple(dict.fromkeys(place for table, place in held if table == "drug"))
    names = " + ".join(asked.drugs[place].name for place in places)
    start = criterion.kind == "start"
    french = criterion_words().get(criterion.id, criterion.text)
    about = f" ({names})" if names else ""
    substances = sorted(substance for place in places for substance in asked.drugs[place].substances)
    return Alert(
        key=f"age-{slug(criterion.id)}-{slug(*substances)}",
        kind="age",
        level="to-consider" if start else "to-review",
        rule=f"age:{slug(criterion.id)}",
        drugs=places,
        label=(f"{criterion.id}{about}", f"{criterion.id}{about}"),
        reason=(french, criterion.text),
        signature=signature_of(asked.drugs, places),
        cited=(*held, ("criterion", row), ("", FACTS.index("age_years"))),
        draft=any(asked.drugs[place].draft for place in places),
    )
