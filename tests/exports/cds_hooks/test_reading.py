"""What is read of a call: the drugs, the chart, nobody's identity; and what refuses it."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exports.cds_hooks import chart_examples as chart
from tests.exports.cds_hooks.chart_examples import bundle, call, observation, request

from cognoscope.exports.cds_hooks.question import Question, read_question
from cognoscope.exports.cds_hooks.refusals import Refused
from cognoscope.exports.cds_hooks.request import read_call
from cognoscope.exports.cds_hooks.services import PREFETCH, SERVICES, discovery, service
from cognoscope.intake.pseudonyms import Pseudonymiser

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Paris")
KEYS = Pseudonymiser(b"k" * 32)


def read(body: dict[str, Any] | bytes) -> Question:
    """The question in a call, whatever its hook."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    hook = body["hook"] if isinstance(body, dict) else "order-sign"
    asked = next((each for each in SERVICES if each.hook == hook), SERVICES[1])
    return read_question(read_call(sent, asked), KEYS, ZONE, AT)


def refused(body: Any) -> Refused:
    """How a call is refused."""
    with pytest.raises(Refused) as caught:
        read(body if isinstance(body, bytes) else dict(body))
    return caught.value


def test_discovery_describes_each_service_as_the_specification_asks() -> None:
    services = discovery()["services"]
    assert len({each["id"] for each in services}) == len(services) == 3
    for each in services:
        assert each["prefetch"] == PREFETCH
        assert all(each[name] for name in ("hook", "title", "description", "id"))
    assert service("nothing") is None


@pytest.mark.parametrize(
    ("coding", "expected"),
    [
        ((chart.CIS, "60002283"), ("CIS", "60002283")),
        ((chart.CIP, "3400949497294"), ("CIP13", "3400949497294")),
        ((chart.CIP, "4949729"), ("CIP7", "4949729")),
        ((chart.ATC, "b01aa03"), ("ATC", "B01AA03")),
        ((chart.UCD, "3400891705256"), ("", "")),
        (("http://local.example/codes", "X1"), ("", "")),
        ((chart.CIS, "not a code"), ("", "")),
    ],
)
def test_drugs_by_code_and_in_words(coding: tuple[str, str], expected: tuple[str, str]) -> None:
    (order,) = read(call("order-sign", request("a", "PREVISCAN 20 mg", coding))).orders
    assert (order.system, order.code, order.text, order.draft) == (*expected, "PREVISCAN 20 mg", True)


def test_the_most_exact_of_several_codes_is_taken() -> None:
    several = request("a")
    several["medicationCodeableConcept"] = {
        "coding": [
            {"system": chart.ATC, "code": "B01AA03", "display": "warfarine"},
            {"system": chart.CIS, "code": "60002283", "display": "COUMADINE 5 mg"},
        ]
    }
    (order,) = read(call("order-sign", several)).orders
    assert (order.system, order.code, order.text) == ("CIS", "60002283", "warfarine")


def test_contained_and_neighbouring_medications_are_followed() -> None:
    medication = {"resourceType": "Medication", "id": "m", "code": {"text": "Kardégic 75 mg"}}
    inside = request("a", contained=[medication], medicationReference={"reference": "#m"})
    beside = request("b", medicationReference={"reference": "https://fhir.example/Medication/m/_history/2"})
    lost = request("c", medicationReference={"reference": "Medication/gone", "display": "Doliprane"})
    silent = request("d", medicationReference={"reference": "Medication/gone"})
    found = read(call("order-sign", inside, beside, lost, silent, medication)).orders
    assert [order.text for order in found] == ["Kardégic 75 mg", "Kardégic 75 mg", "Doliprane", ""]


def test_a_preparation_gives_its_ingredients() -> None:
    parts = [{"itemCodeableConcept": {"text": text}} for text in ("Morphine", "Kétamine")]
    medication = {"resourceType": "Medication", "id": "m", "ingredient": parts}
    mixed = request("a", contained=[medication], medicationReference={"reference": "#m"})
    assert [order.text for order in read(call("order-sign", mixed)).orders] == ["Morphine", "Kétamine"]


def test_a_medication_by_the_address_of_its_entry() -> None:
    body = call("order-sign", request("a", medicationReference={"reference": "urn:uuid:1"}))
    body["context"]["draftOrders"]["entry"].append(
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Medication", "code": {"text": "Lovenox"}}}
    )
    assert [order.text for order in read(body).orders] == ["Lovenox"]


def test_route_dose_and_dates() -> None:
    dosage = {
        "text": f"un comprimé pour Mme {chart.NAMES[0]}",
        "route": {"coding": [{"system": "http://standardterms.edqm.eu", "code": "20053000", "display": "Voie orale"}]},
        "doseAndRate": [{"doseQuantity": {"value": 20, "unit": "mg"}}],
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "boundsPeriod": {"end": "2026-11-30"}}},
    }
    (order,) = read(call("order-sign", request("a", "X", dosageInstruction=[dosage], authoredOn="2026-11-21"))).orders
    assert (order.route, order.dose) == ("Voie orale", "20 mg x 1 / 1 d")
    assert order.start == datetime(2026, 11, 21, tzinfo=ZONE)
    assert order.end == datetime(2026, 11, 30, 23, 59, 59, tzinfo=ZONE)


def test_what_is_over_or_not_to_be_given_is_left_out() -> None:
    over = [request(status, "X", status=status) for status in ("cancelled", "completed", "stopped", "entered-in-error")]
    current = [request("no", "X", doNotPerform=True), request("yes", "Y", status="active"), *over]
    found = read(call("patient-view", prefetch={"medications": bundle(*current)})).orders
    assert [(order.key, order.text, order.draft) for order in found] == [("m1", "Y", False)]


def test_a_revised_prescription_takes_the_place_of_the_present_one() -> None:
    body = call(
        "order-sign", request("a", "New"), prefetch={"medications": bundle(request("a", "Old"), request("b", "Z"))}
    )
    assert [order.text for order in read(body).orders] == ["New", "Z"]


def test_selections_are_what_is_being_prescribed() -> None:
    body = call("order-select", request("a", "X"), request("b", "Y"))
    body["context"]["selections"] = ["MedicationRequest/b"]
    assert [(order.text, order.draft) for order in read(body).orders] == [("X", False), ("Y", True)]


def test_a_selection_that_is_no_drug_leaves_nothing_to_look_at() -> None:
    meal = {"resourceType": "NutritionOrder", "id": "n"}
    body = call("order-select", request("a", "X"), meal)
    body["context"]["selections"] = ["NutritionOrder/n"]
    assert read(body).orders == ()


def test_selections_that_are_not_in_the_bundle_leave_every_draft() -> None:
    body = call("order-select", request("a", "X"))
    body["context"]["selections"] = ["MedicationRequest/elsewhere"]
    assert [order.draft for order in read(body).orders] == [True]


def test_the_chart() -> None:
    results = bundle(
        observation("2823-3", 5.4, "mmol/L"),
        observation("2823-3", 4.1, "mmol/L", "2026-11-01"),
        observation(
            "62238-1", 60, "mL/min", valueQuantity={"value": 60, "comparator": ">", "unit": "mL/min/{1.73_m2}"}
        ),
        observation("6301-6", valueQuantity={"value": 1.0, "comparator": "<"}),
        observation("14682-9", 88, "umol/L", status="entered-in-error"),
        observation("82810-3", valueCodeableConcept={"coding": [{"system": LOINC_ANSWERS, "code": "LA26683-5"}]}),
        observation("2160-0"),
        {"resourceType": "OperationOutcome"},
    )
    allergies = bundle(
        {"resourceType": "AllergyIntolerance", "code": {"text": "Pénicillines"}},
        {"resourceType": "AllergyIntolerance", "code": {"coding": [{"system": chart.ATC, "code": "J01CA04"}]}},
        {"resourceType": "AllergyIntolerance", "code": {"text": "Lait"}, "clinicalStatus": coded("resolved")},
        {"resourceType": "AllergyIntolerance", "code": {"text": "Iode"}, "verificationStatus": coded("refuted")},
    )
    conditions = bundle(
        {"resourceType": "Condition", "code": {"coding": [{"system": chart.CIM, "code": "I50.9"}]}},
        {"resourceType": "Condition", "code": {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}},
        {
            "resourceType": "Condition",
            "code": {"coding": [{"system": chart.CIM, "code": "J18.9"}]},
            "clinicalStatus": coded("resolved"),
        },
    )
    ward = {
        "resourceType": "Encounter",
        "location": [{"location": {"reference": "Location/cardio-3"}, "status": "active"}],
    }
    sent = {"observations": results, "allergies": allergies, "conditions": conditions, "encounter": ward}
    found = read(call("order-sign", request("a", "X"), prefetch=sent)).patient
    assert (found.age, found.sex, found.pregnant, found.egfr) == (85.0, "f", False, 60.0)
    assert found.allergies == ("Pénicillines", "J01CA04")
    assert found.conditions == ("I50.9",)
    assert found.ward == "cardio-3"
    assert sorted((one.name, one.value) for one in found.measurements) == [
        ("2823-3", 4.1),
        ("2823-3", 5.4),
        ("62238-1", 60.0),
    ]
    assert found.subject == f"stay:{KEYS.key63('visit_occurrence', chart.ENCOUNTER)}"


LOINC_ANSWERS = "http://loinc.org"


def coded(code: str) -> dict[str, Any]:
    """A status."""
    return {"coding": [{"code": code}]}


@pytest.mark.parametrize(
    ("birth", "age"),
    [
        ("1941-11-21", 85.0),
        ("1941-11-22", 84.0),
        ("1941", 85.0),
        ("1941-12", 84.0),
        ("", None),
        ("x", None),
        ("3000", None),
    ],
)
def test_ages(birth: str, age: float | None) -> None:
    body = call("order-sign", request("a", "X"), prefetch={"patient": chart.patient(birthDate=birth)})
    assert read(body).patient.age == age


def test_without_an_encounter_the_question_is_about_the_person() -> None:
    body = call("order-sign", request("a", "X"))
    del body["context"]["encounterId"]
    assert read(body).patient.subject == f"person:{KEYS.person(chart.PATIENT)}"


def test_nothing_that_names_somebody_is_read() -> None:
    body = call(
        "order-sign",
        request("a", f"Doliprane Mme {chart.NAMES[0].upper()} {chart.NAMES[2]}"),
        prefetch={
            "allergies": bundle({"resourceType": "AllergyIntolerance", "code": {"text": f"Iode ({chart.NAMES[1]})"}})
        },
    )
    found = read(body)
    assert found.orders[0].text == "Doliprane Mme"
    said = repr(found)
    for identity in (*chart.NAMES, chart.PATIENT, chart.ENCOUNTER, chart.USER.partition("/")[2]):
        assert identity.casefold() not in said.casefold()


def test_a_number_in_pieces_is_taken_out_too() -> None:
    (order,) = read(call("order-sign", request("a", "Doliprane 06 12 34 56 78"))).orders
    assert order.text == ""


def test_what_was_not_sent_is_named_and_null_is_an_answer() -> None:
    body = call("order-sign", request("a", "X"), request("b", "Y"))
    assert read(body).unknown == ()
    for key in ("medications", "allergies", "observations"):
        del body["prefetch"][key]
    assert read(body).unknown == ("medications", "allergies", "observations")


def test_too_little_to_compare_is_a_failed_precondition() -> None:
    for body in (call("order-sign", request("a", "X")), call("patient-view")):
        del body["prefetch"]["medications"]
        assert refused(body).status == 412
    failed = call("patient-view", prefetch={"medications": {"resourceType": "OperationOutcome"}})
    assert refused(failed).status == 412
    without = call("order-sign", request("a", "X"))
    del without["prefetch"]
    assert refused(without).status == 412


def test_unknown_keys_are_not_looked_at() -> None:
    body = call(
        "order-sign", request("a", "X"), prefetch={"weather": {"resourceType": "Patient", "id": "other"}, "x": 7}
    )
    assert len(read(body).orders) == 1


@pytest.mark.parametrize(
    ("prefetch", "sentence"),
    [
        ({"patient": observation("2823-3", 4)}, "must hold a Patient"),
        ({"patient": chart.patient(id="somebody-else")}, "another patient"),
        ({"medications": [request("a", "X")]}, "MedicationRequest or a Bundle"),
        ({"medications": chart.patient()}, "MedicationRequest or a Bundle"),
        ({"medications": bundle(request("b", "X", subject={"reference": "Patient/other"}))}, "another patient"),
        ({"medications": bundle(link=[{"relation": "next", "url": "x"}])}, "first page"),
        (
            {"observations": bundle(observation("1", 1, subject={"reference": "https://f/Patient/other"}))},
            "another patient",
        ),
    ],
)
def test_resources_of_the_wrong_type_or_person_refuse_the_call(prefetch: dict[str, Any], sentence: str) -> None:
    error = refused(call("order-sign", request("a", "X"), prefetch=prefetch))
    assert error.status == 400
    assert sentence in error.sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hook": "order-dispatch"}, "answers the hook"),
        ({"hook": 7}, "hook"),
        ({"hookInstance": ""}, "hookInstance"),
        ({"context": {}}, "userId"),
        ({"context": []}, "context"),
        ({"context": {"userId": "Practitioner/a", "patientId": "b"}}, "draftOrders"),
        ({"context": {"userId": "Practitioner/a", "patientId": "", "draftOrders": bundle()}}, "patientId"),
        (
            {"context": {"userId": "Practitioner/a", "patientId": "b", "draftOrders": {"resourceType": "List"}}},
            "Bundle",
        ),
        ({"prefetch": []}, "prefetch"),
    ],
)
def test_malformed_calls(change: dict[str, Any], sentence: str) -> None:
    body = {**call("order-sign", request("a", "X")), **change}
    body["prefetch"] = change.get("prefetch", {"medications": None})
    with pytest.raises(Refused) as caught:
        read_question(read_call(json.dumps(body).encode(), SERVICES[1]), KEYS, ZONE, AT)
    assert caught.value.status == 400
    assert sentence in caught.value.sentence


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 200_000, b'{"hook": "order-sign"}'])
def test_what_is_not_json(body: bytes) -> None:
    assert refused(body).status == 400


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["resourceType", "id", "entry", "resource", "coding", "code", "text", "reference", "status", "name"]
            ),
            inner | st.sampled_from(["Bundle", "MedicationRequest", "Patient", "Observation", "Medication", "#m"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(_JSON, _JSON, _JSON)
def test_no_content_whatever_makes_it_stumble(draft: Any, medications: Any, other: Any) -> None:
    body = call(
        "order-sign", request("a", "X"), prefetch={"medications": medications, "patient": other, "observations": other}
    )
    body["context"]["draftOrders"]["entry"].append({"resource": draft})
    body["context"]["draftOrders"]["entry"].append({"resource": {**request("b"), "medicationCodeableConcept": other}})
    try:
        read(body)
    except Refused as error:
        assert error.status in (400, 412)
