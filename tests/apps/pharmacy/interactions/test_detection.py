"""Detection: pairs, duplicates, allergies, kidney and liver, older persons; and what it says when it cannot check."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.apps.pharmacy.interactions.cases import AS_OF, orders, patient
from tests.apps.pharmacy.interactions.knowledge_examples import MEDICINES, tiny

from cognoscope.apps.pharmacy.interactions.alerts import RANK, Alert
from cognoscope.apps.pharmacy.interactions.app import propose
from cognoscope.apps.pharmacy.interactions.applies import can_hold
from cognoscope.apps.pharmacy.interactions.case import build_case
from cognoscope.apps.pharmacy.interactions.gather import ckd_epi, gather, open_reference
from cognoscope.apps.pharmacy.interactions.model import detect
from cognoscope.apps.pharmacy.interactions.orders import Measurement, Order, Patient
from cognoscope.apps.pharmacy.interactions.prescription import Drug, Pair, Prescription
from cognoscope.apps.pharmacy.interactions.prescription_case import case_of, prescription_of


def asked(*names: str, given: list[Order] | None = None, **about: object) -> Prescription:
    person = patient(**({"egfr": None, "allergies": (), "conditions": (), "age": 40, "measurements": ()} | about))
    return gather(person, given or orders(*names), open_reference(tiny()), AS_OF)


def found(*names: str, given: list[Order] | None = None, **about: object) -> dict[str, str]:
    return {one.key: one.level for one in detect(asked(*names, given=given, **about)).alerts}


def unchecked(*names: str, **about: object) -> list[str]:
    return [one.label[0] for one in detect(asked(*names, **about)).unchecked]


def test_a_pair_by_substance_and_by_class() -> None:
    assert found("Simvax", "Clarimyx") == {"pair-clarithromycine~simvastatine-2": "contraindicated"}
    (alert,) = detect(asked("Spirotone", "Ramipax")).alerts
    assert (alert.level, alert.monitors) == ("precaution", ("potassium",))
    assert alert.reason[0] == "Risque d'hyperkaliémie. Surveillance de la kaliémie."
    assert alert.cited == (("drug", 0), ("drug", 1), ("thesaurus", 0))


def test_the_order_of_the_lines_changes_nothing() -> None:
    names = ["Simvax", "Clarimyx", "Cardionel", "Fluidan", "Spirotone", "Ramipax"]
    assert found(*names) == found(*reversed(names))


def test_one_substance_in_two_lines_and_one_class() -> None:
    assert found("Doloprane", "Paracex") == {"substance-paracetamol": "discouraged"}
    assert found("Doloprane 500 mg", "Ramipax") == {}
    one = Order("a", "Doloprane", start=AS_OF - timedelta(days=9), end=AS_OF - timedelta(days=5))
    assert found(given=[one, Order("b", "Paracex", start=AS_OF)]) == {}, "one after the other is no duplicate"


def test_a_gel_is_no_second_anti_inflammatory_and_no_burden_for_the_kidney() -> None:
    assert found("Diclogel", "Diclocap") == {}
    assert found("Diclogel", egfr=20) == {}
    assert found("Diclocap", egfr=20) == {"renal-nsaid-diclofenac": "contraindicated"}
    (alert,) = detect(asked("Diclogel", "Ramipax")).alerts
    assert alert.local, "the thesaurus still speaks; the policy weighs it"


@pytest.mark.parametrize(
    ("allergy", "name", "level"),
    [
        ("pénicilline", "Amoxine", "contraindicated"),
        ("Allergie aux pénicillines", "Amoxine", "contraindicated"),
        ("J01CA04", "Amoxine", "contraindicated"),
        ("J01C", "Amoxine", "contraindicated"),
        ("Amoxine", "Amoxine", "contraindicated"),
        ("pénicilline", "Cefixol", "precaution"),
        ("AINS", "Diclogel", "contraindicated"),
        ("aspirine", "Aspicard 75 mg", "contraindicated"),
        ("céphalosporines", "Amoxine", "discouraged"),
    ],
)
def test_allergies_by_family_substance_code_and_cross_reaction(allergy: str, name: str, level: str) -> None:
    assert list(found(name, allergies=(allergy,)).values()) == [level]


def test_an_allergy_that_is_not_understood_is_said_and_not_guessed() -> None:
    assert unchecked("Amoxine", egfr=90, allergies=("fraises des bois",)) == [
        "Allergie non comprise : fraises des bois"
    ]
    assert found("Amoxine", allergies=("sulfamides",)) == {}


LIMITS = [(12, "contraindicated"), (29.9, "contraindicated"), (30, "precaution"), (59, "take-into-account")]


@pytest.mark.parametrize(("egfr", "level"), LIMITS)
def test_the_kidney_sets_the_level(egfr: float, level: str) -> None:
    assert found("Glucomet", egfr=egfr) == {"renal-metformin-metformine": level}


def test_no_renal_function_is_said_where_it_matters_only() -> None:
    assert unchecked("Glucomet") == ["GLUCOMET 1000 mg : ne peut être vérifié, il manque la fonction rénale"]
    assert unchecked("Doloprane") == []
    assert found("Glucomet", egfr=90) == {}


def test_creatinine_gives_the_renal_function_with_age_and_sex() -> None:
    old = Measurement("2160-0", 1.0, "mg/dL", AS_OF - timedelta(days=2))
    new = Measurement("créatininémie", 250, "µmol/L", AS_OF - timedelta(hours=2))
    future = Measurement("créatininémie", 60, "µmol/L", AS_OF + timedelta(hours=2))
    assert asked("Glucomet", age=81, measurements=(old, new, future)).egfr == ckd_epi(250, 81, "f")
    assert asked("Glucomet", age=81, measurements=(Measurement("créatininémie", 25, "", AS_OF),)).egfr is None


def test_ckd_epi_gives_published_values() -> None:
    """Levey et al., Ann Intern Med 2009: formula values for women at kappa and men at twice kappa."""
    assert ckd_epi(0.7 * 88.42, 50, "f") == pytest.approx(141 * 1.018 * 0.993**50, abs=0.06)
    assert ckd_epi(1.8 * 88.42, 70, "m") == pytest.approx(141 * 2**-1.209 * 0.993**70, abs=0.06)
    assert ckd_epi(0, 50, "f") is None and ckd_epi(80, 12, "f") is None


def test_the_liver_class_sets_a_limit() -> None:
    assert found("Doloprane", hepatic="C") == {"hepatic-paracetamol-paracetamol": "contraindicated"}
    assert found("Doloprane", hepatic="A") == {}


def test_criteria_from_65_years_on() -> None:
    assert found("Luminax 10 mg", age=64) == {}
    assert found("Luminax 10 mg", age=65) == {"age-stopp-k4-zolpidem": "to-review"}
    assert found("Doloprane", age=80, conditions=("I48.2",)) == {"age-start-a1-": "to-consider"}
    assert found("Fluidan", age=80, conditions=("I48.2",)) == {}, "what is to be started is there already"
    assert unchecked("Luminax 10 mg", age=None)[0].endswith("l'âge manque")


def test_a_criterion_that_lacks_a_fact_is_said_and_not_decided() -> None:
    said = unchecked("Glucomet", age=80)
    assert any(one.startswith("STOPP E6") and one.endswith("Il manque : fonction rénale (DFG)") for one in said)
    assert "age-stopp-e6-metformine" in found("Glucomet", age=80, egfr=20)
    assert "age-stopp-e6-metformine" not in found("Glucomet", age=80, egfr=45)


def test_a_condition_about_other_substances_or_doses_does_not_hold() -> None:
    low = Drug("a", "Aspicard 75 mg", "exact", substances=("acide acétylsalicylique",))
    high = Drug("a", "Aspirine 1000 mg", "exact", substances=("acide acétylsalicylique",))
    unknown = Drug("a", "Aspirine", "exact", substances=("acide acétylsalicylique",))
    other = Drug("b", "Fluidan", "exact", substances=("fluindione",))
    pair = Pair(0, 1, 1, "A", "B", "contraindicated", "avec des doses anti-inflammatoires", "", "", "", "")
    assert [can_hold(pair, [one, other]) for one in (low, high, unknown)] == [False, True, True]
    sleepy = Pair(
        0,
        1,
        1,
        "MÉDICAMENTS SÉDATIFS",
        "AUTRES MÉDICAMENTS SÉDATIFS",
        "contraindicated",
        "avec l'oxybate",
        "",
        "",
        "",
        "",
    )
    oxybate = Drug("c", "Xyrem", "exact", substances=("oxybate de sodium",))
    assert not can_hold(sleepy, [low, other]) and can_hold(sleepy, [oxybate, other])


def test_names_unknown_ambiguous_corrected_and_withdrawn_are_told_apart() -> None:
    drugs = asked("Wxyzine", "Luminax", "Cardionell", "Vieuxcor").drugs
    assert [drug.status for drug in drugs] == ["unknown", "ambiguous", "corrected", "withdrawn"]
    assert [drug.understood for drug in drugs] == [False, False, True, True]
    assert found("Vieuxcor", "Clarimyx") == {"pair-amiodarone~clarithromycine-5": "discouraged"}


def test_codes_are_taken_before_names() -> None:
    given = [Order("a", system="CIS", code="60000006"), Order("b", "n'importe quoi", system="ATC", code="J01FA09")]
    assert found(given=given) == {"pair-clarithromycine~simvastatine-2": "contraindicated"}


def said(given: list[Order], *without: str, **about: object) -> list[str]:
    person = patient(**({"egfr": None, "allergies": (), "conditions": (), "measurements": ()} | about))
    (proposal,) = propose(build_case(person, given, tiny(*without), AS_OF))
    assert proposal.value is not None and proposal.value.kind == "text"
    return [finding.label.fr for finding in proposal.value.findings]


def test_a_withdrawn_medicine_that_came_coded_is_called_by_its_name() -> None:
    code = "60000012"
    for order in (Order("a", system="CIS", code=code), Order("a", code, system="CIS", code=code)):
        assert said([order], age=40) == ["VIEUXCOR 100 mg : plus commercialisé"]


def test_a_short_name_keeps_its_decimal_comma() -> None:
    assert Drug("a", "", "exact", label="VIEUXCOR 2,5 mg, comprimé sécable").name == "VIEUXCOR 2,5 mg"


@pytest.mark.parametrize(("age", "told"), [(64, False), (65, True), (None, False)])
def test_criteria_that_are_not_loaded_are_told_of_older_persons_only(age: int | None, told: bool) -> None:
    found = said(orders("Cardionel"), "stopp-start", age=age)
    assert ("Sujet âgé : STOPP/START n'est pas chargé" in found) is told


def test_no_number_or_address_of_an_unknown_line_enters_the_case() -> None:
    given = [Order("a", "pour Mme D 162126587913677 jeanne.d@exemple.fr"), Order("b", "Cardionel")]
    text = case_of(asked(given=given)).canonical().decode()
    assert "162126587913677" not in text and "exemple.fr" not in text


names = st.sampled_from([row[1] for row in MEDICINES] + ["", "?", "é" * 300, "Luminax", "cardionel", "a|b"])
people = st.builds(
    Patient,
    subject=st.just("stay:1"),
    age=st.none() | st.floats(0, 120),
    sex=st.sampled_from([None, "f", "m"]),
    egfr=st.none() | st.floats(0, 200),
    hepatic=st.sampled_from([None, "A", "B", "C"]),
    allergies=st.lists(st.sampled_from(["pénicilline", "AINS", "J01C", "x", " "]), max_size=3).map(tuple),
    conditions=st.lists(st.sampled_from(["I48.2", "N18.4", "zz", ""]), max_size=3).map(tuple),
    measurements=st.lists(
        st.builds(
            Measurement,
            name=st.sampled_from(["2823-3", "INR", "créatininémie", "?"]),
            value=st.none() | st.floats(0, 500),
            unit=st.sampled_from(["", "mmol/L", "µmol/L", "furlong"]),
            at=st.sampled_from([None, AS_OF, AS_OF + timedelta(days=1)]),
        ),
        max_size=4,
    ).map(tuple),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(names, max_size=8), people)
def test_any_prescription_is_read_back_as_it_was_and_cites_what_exists(lines: list[str], person: Patient) -> None:
    made = gather(person, orders(*lines), open_reference(tiny()), AS_OF)
    case = case_of(made)
    assert case_of(prescription_of(case)) == case
    detected = detect(made)
    assert [RANK[one.level] for one in detected.alerts] == sorted(RANK[one.level] for one in detected.alerts)
    for one in (*detected.alerts, *detected.unchecked):
        for table, place in one.cited:
            held = case.table(table) if table else None
            assert not table or (held is not None and place < held.rows)
        if isinstance(one, Alert):
            assert all(made.drugs[place].understood for place in one.drugs)
