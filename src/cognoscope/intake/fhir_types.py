"""The parts of FHIR R4 resources that are read; what is not named here is skipped while decoding and goes nowhere.

Free text (`text`, `note`, `display`, `CodeableConcept.text`, `valueString`, attachments) is left out on purpose: it may
hold identities. Only `Patient` names them, for the vault, and `DocumentReference.content`, to be pseudonymised.
"""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field

Integer = Annotated[int, Meta(ge=-(2**31), lt=2**31)]
"""FHIR's integers have 32 bits."""


class Element(Struct, rename="camel", gc=False):
    """What the elements below share: FHIR's camelCase names, and no cycles for the collector to look for."""


class Resource(Struct, rename="camel", gc=False, tag_field="resourceType", tag=str):
    """What the resources below share: `resourceType` tells them apart and is their class name."""


class Coding(Element):
    """A code in a system."""

    system: str | None = None
    code: str | None = None


class CodeableConcept(Element):
    """The codes of one concept."""

    coding: list[Coding] = []


class Identifier(Element):
    """A business identifier."""

    system: str | None = None
    value: str | None = None
    type: CodeableConcept | None = None


class Reference(Element):
    """A pointer to another resource, by address or by identifier."""

    reference: str | None = None
    identifier: Identifier | None = None


class Period(Element):
    """From and to, each as a FHIR dateTime."""

    start: str | None = None
    end: str | None = None


class Quantity(Element):
    """A number with its unit."""

    value: float | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Range(Element):
    """A reference range."""

    low: Quantity | None = None
    high: Quantity | None = None


class Patient(Resource):
    """A person; name, telecom and address go to the vault as they stand."""

    id: str | None = None
    identifier: list[Identifier] = []
    name: list[dict[str, Any]] = []
    telecom: list[dict[str, Any]] = []
    address: list[dict[str, Any]] = []
    gender: str | None = None
    birth_date: str | None = None
    deceased_date_time: str | None = None


class Hospitalization(Element):
    """Where an inpatient came from and went to."""

    admit_source: CodeableConcept | None = None
    discharge_disposition: CodeableConcept | None = None


class Encounter(Resource):
    """A visit."""

    id: str | None = None
    status: str | None = None
    class_: Coding | None = field(name="class", default=None)
    subject: Reference | None = None
    period: Period | None = None
    hospitalization: Hospitalization | None = None


class Condition(Resource):
    """A diagnosis or problem."""

    id: str | None = None
    verification_status: CodeableConcept | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None
    recorded_date: str | None = None


class ObservedValue(Element):
    """What an observation or one of its components found; text is not read."""

    code: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_integer: Integer | None = None
    value_boolean: bool | None = None
    reference_range: list[Range] = []


class Observation(Resource):
    """A measurement or finding; its components are findings of their own."""

    id: str | None = None
    status: str | None = None
    category: list[CodeableConcept] = []
    code: CodeableConcept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_integer: Integer | None = None
    value_boolean: bool | None = None
    reference_range: list[Range] = []
    component: list[ObservedValue] = []


class Dosage(Element):
    """How a drug is given; the instruction's text is not read."""

    route: CodeableConcept | None = None


class DispenseRequest(Element):
    """How much is to be handed out."""

    number_of_repeats_allowed: Integer | None = None
    quantity: Quantity | None = None
    expected_supply_duration: Quantity | None = None


class MedicationRequest(Resource):
    """A prescription."""

    id: str | None = None
    status: str | None = None
    do_not_perform: bool = False
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    contained: list[Raw] = []
    subject: Reference | None = None
    encounter: Reference | None = None
    authored_on: str | None = None
    dosage_instruction: list[Dosage] = []
    dispense_request: DispenseRequest | None = None


class MedicationStatement(Resource):
    """A drug that a person is said to take."""

    id: str | None = None
    status: str | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    contained: list[Raw] = []
    subject: Reference | None = None
    context: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    date_asserted: str | None = None
    dosage: list[Dosage] = []


class Procedure(Resource):
    """Something done to a person."""

    id: str | None = None
    status: str | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None


class AllergyIntolerance(Resource):
    """What a person must not be given, or tolerates badly."""

    id: str | None = None
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: list[str] = []
    code: CodeableConcept | None = None
    patient: Reference | None = None
    encounter: Reference | None = None
    onset_date_time: str | None = None
    recorded_date: str | None = None


class DocumentContext(Element):
    """The visit a document belongs to."""

    encounter: list[Reference] = []


class Attachment(Element):
    """A document inside a resource, in base64."""

    content_type: str | None = None
    data: str | None = None


class DocumentContent(Element):
    """One form of a document; several are the same document in several formats."""

    attachment: Attachment | None = None


class DocumentReference(Resource):
    """That a document exists; its `content` is decoded only by what pseudonymises it (`fhir_documents`)."""

    id: str | None = None
    status: str | None = None
    type: CodeableConcept | None = None
    subject: Reference | None = None
    date: str | None = None
    context: DocumentContext | None = None
    content: Raw = Raw()


Event = (
    Encounter
    | Condition
    | Observation
    | MedicationRequest
    | MedicationStatement
    | Procedure
    | AllergyIntolerance
    | DocumentReference
)
Known = Patient | Event


class Medication(Element):
    """A drug that other resources point at."""

    resource_type: str = ""
    id: str | None = None
    code: CodeableConcept | None = None


class Named(Element):
    """Enough of any resource to tell what it is and what it is called by."""

    resource_type: str = ""
    id: str | None = None


class Entry(Element):
    """One entry of a bundle, its resource not yet decoded."""

    full_url: str | None = None
    resource: Raw = Raw()


class Bundle(Element):
    """A bundle; each entry is judged on its own."""

    resource_type: str = ""
    entry: list[Entry] = []
