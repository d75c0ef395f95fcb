"""FHIR resources about a patient -> rows of OMOP CDM 5.4. Codes, dates and numbers only; never a free text."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw

from cognoscope.intake.concepts import VISITS, VOCABULARIES
from cognoscope.intake.fhir_rows import Row, Rows
from cognoscope.intake.fhir_subjects import Subjects
from cognoscope.intake.fhir_types import (
    AllergyIntolerance,
    CodeableConcept,
    Condition,
    DocumentReference,
    Encounter,
    Medication,
    MedicationRequest,
    MedicationStatement,
    Named,
    Observation,
    ObservedValue,
    Period,
    Procedure,
    Quantity,
)
from cognoscope.intake.fhir_values import Clock, Moment, NotOfInterest, Unusable, coded, first_code, unit_of
from cognoscope.intake.pseudonyms import Pseudonymiser

EHR, EHR_NOTE, EHR_PRESCRIPTION, SELF_REPORT = 32817, 32831, 32838, 32865
PREFERRED = frozenset(VOCABULARIES)
MEASURED = frozenset({"laboratory", "vital-signs"})
TOLD = frozenset({"social-history", "survey"})
NOT_DONE = frozenset({"entered-in-error", "cancelled", "not-done", "not-taken"})
NO_VISIT = NOT_DONE | {"planned"}
NOT_HELD = frozenset({"refuted", "entered-in-error"})
OVER = frozenset({"inactive", "resolved"})
ALLERGY_TO_DRUG, ALLERGY = "http://snomed.info/sct|416098002", "http://snomed.info/sct|419199007"
"""SNOMED CT: allergy to drug, allergy to substance; what of, is the observation's value (OHDSI's convention)."""

OTHER_ALLERGIES = frozenset({"food", "environment"})


class Events:
    """Maps every resource but Patient. `medications` holds the codes of the bundle's Medication resources."""

    def __init__(self, rows: Rows, subjects: Subjects, pseudonymiser: Pseudonymiser, clock: Clock) -> None:
        self._add = rows.add
        self._subjects = subjects
        self._key = pseudonymiser.key63
        self._clock = clock
        self.medications: Mapping[str, str] = {}

    def encounter(self, encounter: Encounter, identifier: str) -> None:
        """A visit; one that has not ended counts, as OMOP wants it, until the day of the ingest."""
        _taken(encounter.status, NO_VISIT)
        person, days = self._subjects.person(encounter.subject)
        start, end = self._period(encounter.period)
        kind = encounter.class_.code if encounter.class_ else None
        lasts = encounter.status not in ("finished", "unknown", None) and VISITS.get(kind or "") == VISITS["IMP"]
        last = end or (Moment(max(self._clock.today, start.day), None) if lasts else start)
        stay = encounter.hospitalization
        row = (
            self._key("visit_occurrence", identifier),
            person,
            VISITS.get(kind or "", 0),
            *start.moved(days),
            *last.moved(days),
            EHR,
            coded(encounter.class_),
            first_code(stay.admit_source, PREFERRED) if stay else None,
            first_code(stay.discharge_disposition, PREFERRED) if stay else None,
        )
        self._add["visit_occurrence"](row)

    def condition(self, condition: Condition, identifier: str) -> None:
        """A diagnosis; one that was refuted is none."""
        status = first_code(condition.verification_status, PREFERRED)
        if status is not None and status.rpartition("|")[2] in NOT_HELD:
            raise NotOfInterest
        person, days = self._subjects.person(condition.subject)
        onset = condition.onset_date_time or (condition.onset_period and condition.onset_period.start)
        abated = condition.abatement_date_time or (condition.abatement_period and condition.abatement_period.end)
        start = self._past(onset or condition.recorded_date)
        end = _ordered(start, self._clock.read(abated)) if abated else None
        row = (
            self._key("condition_occurrence", identifier),
            person,
            *start.moved(days),
            *_moved(end, days),
            EHR,
            self._subjects.visit(condition.encounter),
            _required_code(condition.code),
            status,
        )
        self._add["condition_occurrence"](row)

    def observation(self, observation: Observation, identifier: str) -> None:
        """Numbers, laboratory results and vital signs are measurements; the rest are observations."""
        _taken(observation.status, NOT_DONE)
        person, days = self._subjects.person(observation.subject)
        period = observation.effective_period
        when = observation.effective_date_time or observation.effective_instant or (period and period.start)
        moment = self._past(when or observation.issued).moved(days)
        visit = self._subjects.visit(observation.encounter)
        categories = {coding.code for category in observation.category for coding in category.coding}
        # A panel (blood pressure) has a row for each component, and one of its own only where it has a value.
        found: list[tuple[str, Observation | ObservedValue]] = [
            (f"{identifier}#{number}", component) for number, component in enumerate(observation.component)
        ]
        if not found or _has_value(observation):
            found.append((identifier, observation))
        # Every row is made before the first is added: a record is taken whole or not at all.
        for table, row in [self._found(value, key, person, moment, visit, categories) for key, value in found]:
            self._add[table](row)

    def medication_request(self, request: MedicationRequest, identifier: str) -> None:
        """A prescription, as an exposure from the day it was written."""
        _taken(request.status, NOT_DONE)
        if request.do_not_perform:
            raise NotOfInterest
        person, days = self._subjects.person(request.subject)
        start = self._past(request.authored_on)
        dispensed = request.dispense_request
        supply = dispensed.expected_supply_duration if dispensed else None
        row = (
            self._key("drug_exposure", identifier),
            person,
            *start.moved(days),
            *start.moved(days),
            EHR_PRESCRIPTION,
            self._subjects.visit(request.encounter),
            self._drug(request),
            dispensed.number_of_repeats_allowed if dispensed else None,
            _number(dispensed.quantity) if dispensed else None,
            _whole_days(supply),
            first_code(request.dosage_instruction[0].route, PREFERRED) if request.dosage_instruction else None,
        )
        self._add["drug_exposure"](row)

    def medication_statement(self, statement: MedicationStatement, identifier: str) -> None:
        """A drug that the person is said to take."""
        _taken(statement.status, NOT_DONE)
        person, days = self._subjects.person(statement.subject)
        if statement.effective_period is not None and statement.effective_period.start:
            start, end = self._period(statement.effective_period, may_end_later=True)
        else:
            start, end = self._past(statement.effective_date_time or statement.date_asserted), None
        row = (
            self._key("drug_exposure", identifier),
            person,
            *start.moved(days),
            *(end or start).moved(days),
            SELF_REPORT,
            self._subjects.visit(statement.context),
            self._drug(statement),
            None,
            None,
            None,
            first_code(statement.dosage[0].route, PREFERRED) if statement.dosage else None,
        )
        self._add["drug_exposure"](row)

    def procedure(self, procedure: Procedure, identifier: str) -> None:
        """Something done."""
        _taken(procedure.status, NOT_DONE)
        person, days = self._subjects.person(procedure.subject)
        if procedure.performed_period is not None:
            start, end = self._period(procedure.performed_period)
        else:
            start, end = self._past(procedure.performed_date_time), None
        row = (
            self._key("procedure_occurrence", identifier),
            person,
            *start.moved(days),
            *_moved(end, days),
            EHR,
            self._subjects.visit(procedure.encounter),
            _required_code(procedure.code),
        )
        self._add["procedure_occurrence"](row)

    def allergy(self, allergy: AllergyIntolerance, identifier: str) -> None:
        """An allergy or intolerance that still counts; one without a date counts from the day of the ingest."""
        for status, refused in ((allergy.clinical_status, OVER), (allergy.verification_status, NOT_HELD)):
            if status is not None and {coding.code for coding in status.coding} & refused:
                raise NotOfInterest
        person, days = self._subjects.person(allergy.patient)
        said = allergy.onset_date_time or allergy.recorded_date
        moment = self._clock.past(said).moved(days) if said else Moment(self._clock.today, None).moved(days)
        kind = ALLERGY if allergy.category and OTHER_ALLERGIES.issuperset(allergy.category) else ALLERGY_TO_DRUG
        row = (
            self._key("observation", f"AllergyIntolerance/{identifier}"),
            person,
            *moment,
            EHR,
            self._subjects.visit(allergy.encounter),
            kind,
            None,
            None,
            _required_code(allergy.code),
        )
        self._add["observation"](row)

    def document(self, document: DocumentReference, identifier: str) -> None:
        """That a document of a type and date exists. Its text stays outside until it can be pseudonymised."""
        _taken(document.status, NOT_DONE)
        person, days = self._subjects.person(document.subject)
        moment = self._past(document.date).moved(days)
        visits = document.context.encounter if document.context else []
        visit = self._subjects.visit(visits[0]) if visits else None
        kind = first_code(document.type, PREFERRED)
        self._add["note"]((self._key("note", identifier), person, *moment, EHR_NOTE, "", visit, kind))

    def _found(
        self,
        value: Observation | ObservedValue,
        identifier: str,
        person: int,
        moment: Moment,
        visit: int | None,
        categories: set[str | None],
    ) -> tuple[str, Row]:
        code = _required_code(value.code)
        number, unit = _value(value)
        text = first_code(value.value_codeable_concept, PREFERRED)
        if value.value_boolean is not None:
            text = "true" if value.value_boolean else "false"
        measured = not categories.isdisjoint(MEASURED) or (number is not None and categories.isdisjoint(TOLD))
        if not measured:
            key = self._key("observation", identifier)
            return "observation", (key, person, *moment, EHR, visit, code, number, unit, text)
        low, high = None, None
        if value.reference_range:
            low, high = _number(value.reference_range[0].low), _number(value.reference_range[0].high)
        key = self._key("measurement", identifier)
        return "measurement", (key, person, *moment, EHR, visit, code, number, unit, low, high, text)

    def _drug(self, drug: MedicationRequest | MedicationStatement) -> str:
        code = first_code(drug.medication_codeable_concept, PREFERRED)
        if code is None and drug.medication_reference is not None:
            pointer = drug.medication_reference.reference or ""
            code = self.medications.get(pointer)
            if pointer.startswith("#"):
                code = _contained_drug(drug.contained, pointer[1:])
            if code is None:
                raise Unusable("missing_reference", "its medication is not in the same file")
        if code is None:
            raise Unusable("missing_code", "it has no code, and its text is not read")
        return code

    def _past(self, text: Any) -> Moment:
        if not text:
            raise Unusable("missing_date", "it has no date")
        return self._clock.past(text)

    def _period(self, period: Period | None, *, may_end_later: bool = False) -> tuple[Moment, Moment | None]:
        start = self._past(period and period.start)
        if period is None or not period.end:
            return start, None
        end = self._clock.read(period.end) if may_end_later else self._clock.past(period.end)
        return start, _ordered(start, end)


def _contained_drug(contained: list[Raw], identifier: str) -> str | None:
    for raw in contained:
        named = msgspec.json.decode(raw, type=Named)
        if named.resource_type == "Medication" and named.id == identifier:
            return first_code(msgspec.json.decode(raw, type=Medication).code, PREFERRED)
    return None


def _ordered(start: Moment, end: Moment) -> Moment:
    if end.day < start.day or (end.time and start.time and end.time < start.time):
        raise Unusable("invalid_date", "it ends before it begins")
    return end


def _moved(moment: Moment | None, days: int) -> tuple[Any, Any]:
    return moment.moved(days) if moment else (None, None)


def _taken(status: str | None, refused: frozenset[str]) -> None:
    if status in refused:
        raise NotOfInterest


def _required_code(concept: CodeableConcept | None) -> str:
    code = first_code(concept, PREFERRED)
    if code is None:
        raise Unusable("missing_code", "it has no code, and its text is not read")
    return code


def _has_value(value: Observation) -> bool:
    found = (value.value_quantity, value.value_codeable_concept, value.value_integer, value.value_boolean)
    return any(one is not None for one in found)


def _value(value: Observation | ObservedValue) -> tuple[float | None, str | None]:
    if value.value_quantity is not None:
        return _number(value.value_quantity), unit_of(value.value_quantity)
    return (None if value.value_integer is None else float(value.value_integer)), None


def _number(quantity: Quantity | None) -> float | None:
    return None if quantity is None else quantity.value


def _whole_days(supply: Quantity | None) -> int | None:
    number = _number(supply)
    if supply is None or number is None or unit_of(supply) not in ("d", "day", "days"):
        return None
    return round(number) if abs(number) < 1e6 else None
