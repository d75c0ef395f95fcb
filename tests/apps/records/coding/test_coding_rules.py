"""Rules: each can be read and says where it comes from; some fire, some do not."""

import pytest

from cognoscope.apps.records.coding.biology import Result, canonical
from cognoscope.apps.records.coding.knowledge import listed, rows
from cognoscope.apps.records.coding.rules import fired
from cognoscope.apps.records.coding.stay import Coded, Given, Known, Stay
from cognoscope.apps.records.coding.tokens import holds

ANYBODY = Stay(age=60, sex="f", drugs=(Given("N02BE01", 0),), results=(Result("sodium", 140.0, 0),))


def names(*codes: str, age: int = 60, sex: str = "f", **more: object) -> set[str]:
    coded = tuple(Coded(code, "das" if row else "dp", row) for row, code in enumerate(codes))
    return {each.rule for each in fired(Stay(age=age, sex=sex, coded=coded, **more), [])}


def drugs(*codes: str) -> tuple[Given, ...]:
    return tuple(Given(code, row) for row, code in enumerate(codes))


@pytest.mark.parametrize("rule", rows("rules"), ids=lambda rule: rule["rule"])
def test_every_rule_can_be_read(rule: dict[str, str]):
    assert rule["kind"] in ("missing", "unlikely") and float(rule["weight"]) > 0
    assert all(rule[column].strip() for column in ("rule", "code", "fr", "en", "source"))
    for column in ("if_any", "and_any", "unless_any"):
        for token in rule[column].split():
            holds(token, ANYBODY, [])


@pytest.mark.parametrize("table", ["terms", "acts", "conditions", "refinements", "lasting", "biology", "cues"])
def test_every_row_says_where_it_comes_from(table: str):
    assert all(row["source"].strip() for row in rows(table))


def test_rules_have_different_names():
    known = [row["rule"] for row in rows("rules")]
    assert len(set(known)) == len(known)


def test_an_antidiabetic_asks_for_diabetes():
    assert "diabetes-drug" in names("I10", drugs=drugs("A10BA02"))
    assert "diabetes-drug" not in names("E11.9", drugs=drugs("A10BA02"))


def test_diabetes_alone_is_doubted_only_where_drugs_are_known():
    assert "diabetes-unsupported" in names("E11.9", drugs=drugs("N02BE01"))
    assert "diabetes-unsupported" not in names("E11.9")
    assert "diabetes-unsupported" not in names("E11.9", drugs=drugs("A10AE04"))


def test_creatinine_must_be_high_twice():
    high = (Result("creatinine", 210.0, 0), Result("creatinine", 190.0, 1))
    assert "renal-acute" in names("I10", results=high) and "renal-acute" not in names("I10", results=high[:1])


def test_transfusion_with_low_haemoglobin_asks_for_anaemia():
    low = (Result("hemoglobin", 6.8, 0),)
    assert "anaemia-transfused" in names("I10", results=low, acts=drugs("FELF011"))
    assert "anaemia-transfused" not in names("I10", results=low)


@pytest.mark.parametrize(
    ("code", "age", "sex", "rule"),
    [
        ("O80.0", 30, "m", "obstetric-man"),
        ("O80.0", 67, "f", "obstetric-age"),
        ("N40", 70, "f", "andrology-woman"),
        ("P07.3", 40, "f", "newborn-age"),
        ("F03", 30, "m", "dementia-young"),
    ],
)
def test_sex_and_age(code: str, age: int, sex: str, rule: str):
    assert rule in names(code, age=age, sex=sex)


def test_unknown_sex_or_age_breaks_nothing():
    assert not {"obstetric-man", "obstetric-age"} & {
        each.rule for each in fired(Stay(age=None, sex="", coded=(Coded("O80.0", "dp", 0),)), [])
    }


def test_the_coding_itself():
    assert "principal-repeated" in names("J18.9", "J18.9")
    assert "symptom-leads" in names("R07.4", "I21.9") and "symptom-leads" not in names("R07.4")
    nowhere = {"Q999X": Known("", False)}
    assert "code-unknown" in names("Q99.9X", known=nowhere)
    assert "code-unknown" not in names("Q99.9X", known={"Q999X": Known("", None)})


def test_chemotherapy_needs_a_tumour():
    assert "chemo-without-cancer" in names("Z51.1") and "chemo-without-cancer" not in names("Z51.1", "C50.9")


def test_results_are_brought_to_one_unit():
    assert canonical("glycémie", 2.0, "g/L", 0) == Result("glycemia", 11.1, 0)
    assert canonical("http://loinc.org|2160-0", 1.0, "mg/dL", 3) == Result("creatinine", 88.4, 3)
    assert canonical("creatinine", 1.0, "boxes", 0) is None and canonical("unheard of", 1.0, "", 0) is None


def test_rules_suggest_codes_that_have_words():
    known = {row["code"] for row in rows("terms")} | {"C80.9"}
    assert {row["code"] for row in rows("rules") if row["kind"] == "missing"} <= known
    assert all(listed(row["words"]) for row in rows("terms"))
