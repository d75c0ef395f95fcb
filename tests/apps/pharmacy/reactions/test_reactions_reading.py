"""What is read of a declaration: reactions and what does not count, medicines and roles, course, seriousness,
grades.
"""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.apps.pharmacy.reactions.cases import AS_OF, NOTE, WORDS, case_of, knowledge, nothing

from cognoscope.apps.pharmacy.reactions.app import propose
from cognoscope.apps.pharmacy.reactions.case import build_case
from cognoscope.apps.pharmacy.reactions.contract import GROUPS
from cognoscope.apps.pharmacy.reactions.declaration import LONGEST, Declaration
from cognoscope.apps.pharmacy.reactions.lexicon import known
from cognoscope.apps.pharmacy.reactions.model import read
from cognoscope.core.evidence import SpanPointer
from cognoscope.core.values import TextValue


def found(text: str, **given: Any) -> TextValue:
    (proposal,) = propose(case_of(text, **given))
    assert isinstance(proposal.value, TextValue), proposal.abstention
    return proposal.value


def terms(text: str, group: str = "reaction") -> set[str]:
    return {known()[each.code or ""].term for each in found(text).findings if each.group == group}


def qualifiers(text: str) -> dict[str, tuple[str, ...]]:
    return {
        known()[each.code or ""].term: each.qualifiers for each in found(text).findings if each.group == "set-aside"
    }


def said(value: TextValue, key: str) -> dict[str, Any]:
    finding = value.element(key)
    assert finding is not None, [each.key for each in value.findings]
    return {each.name: each.value for each in finding.attributes}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("J'ai des plaques rouges sur le ventre", "Rash maculo-papular"),
        ("la tête me tourne dès que je me lève", "Dizziness"),
        ("j'ai très mal au ventre", "Abdominal pain"),
        ("mes jambes ont beaucoup gonflé", "Edema limbs"),
        ("il a les yeux jaunes", "Hepatobiliary disorders - Other, specify"),
        ("elle a des idées noires", "Suicidal ideation"),
        ("my hands are shaking", "Tremor"),
        ("I could not sleep at all", "Insomnia"),
    ],
)
def test_everyday_words_find_their_term(text: str, term: str) -> None:
    assert term in terms(text)


@pytest.mark.parametrize(
    ("text", "term", "qualifier"),
    [
        ("Urticaire, pas de fièvre.", "Fever", "negated"),
        ("Urticaire sans fièvre ni malaise.", "Malaise", "negated"),
        ("Rash but no fever.", "Fever", "negated"),
        ("J'ai une urticaire et j'ai peur de faire un malaise.", "Malaise", "hypothesis"),
        ("Antécédent d'eczéma. Urticaire ce jour.", "Eczema", "history"),
        ("Je prends de l'amoxicilline et j'ai une urticaire. Ma soeur avait eu de la fièvre.", "Fever", "family"),
        ("L'ibuprofène prescrit pour des maux de tête m'a donné une urticaire.", "Headache", "indication"),
        ("I take ibuprofen for back pain and now I have hives.", "Back pain", "indication"),
    ],
)
def test_what_does_not_count_is_set_aside_with_its_reason(text: str, term: str, qualifier: str) -> None:
    assert qualifier in qualifiers(text)[term]
    assert term not in terms(text) and "Urticaria" in terms(text) | {"Urticaria" if "Rash" in text else ""}


def test_admission_is_no_indication() -> None:
    assert "Urticaria" in terms("Patiente sous ciprofloxacine hospitalisée pour urticaire.")


def test_whose_reaction_it_is_follows_who_takes_the_drug() -> None:
    assert terms("Ma mère a pris de l'ibuprofène et elle a eu une urticaire.") == {"Urticaria"}
    lone = found("Ma voisine a eu une urticaire avec l'ibuprofène. Moi, je prends de l'amoxicilline sans souci.")
    assert not [each for each in lone.findings if each.group == "reaction"]
    assert lone.element("doubt-other-person") is not None


def test_spans_are_the_words_exactly() -> None:
    case = case_of(NOTE)
    value = found(NOTE)
    for finding in value.findings:
        for pointer in finding.evidence:
            assert pointer.exists_in(case)
    urticaria = next(each for each in value.findings if each.label.fr == "Urticaire")
    first = urticaria.evidence[0]
    assert isinstance(first, SpanPointer) and first.text(case) == "urticaire généralisée"
    assert said(value, urticaria.key)["said"] == "urticaire généralisée"


def test_medicine_dose_dates_stopping_and_outcome() -> None:
    value = found(NOTE, received_on=date(2026, 11, 20))
    drug = said(value, "drug-1")
    assert (drug["status"], drug["substances"], drug["started"]) == ("exact", "ciprofloxacine", "2026-02-03")
    assert drug["dose"].startswith("500 mg") and drug["dose-value"] == 500
    assert (drug["action-taken"], drug["dechallenge"], drug["latency-days"]) == ("withdrawn", "positive", 3)
    reaction = said(value, "reaction-1")
    assert (reaction["onset"], reaction["outcome"], reaction["serious"]) == ("2026-02-06", "recovering", True)
    assert value.element("serious-hospitalisation") is not None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("J'ai pris de l'ibuproféne : urticaire", "exact"),
        ("Sous ibuprofenne, urticaire", "corrected"),
        ("Sous kestoval : urticaire", "ambiguous"),
    ],
)
def test_a_name_is_resolved_or_asked_about(text: str, status: str) -> None:
    value = found(text)
    assert said(value, "drug-1")["status"] in (status, "exact" if status == "ambiguous" else status)
    if status == "corrected":
        assert value.element("doubt-drug-1") is not None


def test_several_equal_suspects_are_asked_about() -> None:
    value = found("Urticaire sous ibuprofène et amoxicilline.")
    assert [each.key for each in value.findings if each.group == "suspect-drug"] == ["drug-1", "drug-2"]
    assert value.element("ask-which-drug") is not None
    assert value.element("naranjo-score:drug-2") is not None


def test_what_a_reaction_is_treated_with_is_no_suspect() -> None:
    value = found("Urticaire après ibuprofène, traitée par adrénaline.")
    roles = {each.label.fr.split()[0]: each.group for each in value.findings if each.group.endswith("-drug")}
    assert roles["IBUPROFENE"] == "suspect-drug" and roles["ADRENALINE"] == "concomitant-drug"


@pytest.mark.parametrize(
    ("text", "criterion", "stated"),
    [
        ("Urticaire, hospitalisée trois jours.", "serious-hospitalisation", True),
        ("Urticaire, pas d'hospitalisation.", "serious-hospitalisation", False),
        ("Urticaire. Le patient est décédé.", "serious-death", True),
        ("Urticaire, pronostic vital engagé.", "serious-life-threatening", True),
        ("Urticaire, risque de décès évoqué dans la notice.", "serious-death", False),
        ("Hearing loss with permanent disability.", "serious-disability", True),
        ("Enfant né avec une fente labiale.", "serious-congenital-anomaly", True),
    ],
)
def test_seriousness_needs_words_that_are_not_denied(text: str, criterion: str, stated: bool) -> None:
    assert (found(text).element(criterion) is not None) is stated


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("Anémie à 7,2 g/dL d'hémoglobine 7,2 g/dL", 3),
        ("Hémoglobine à 9,1 g/dL sous ibuprofène", 2),
        ("Hb 72 g/L", 3),
        ("Fièvre à 40,5 sous amoxicilline", 3),
        ("Urticaire de grade 2", 2),
        ("Urticaire, hospitalisation.", 3),
    ],
)
def test_grades_follow_values_words_and_what_was_done(text: str, grade: int) -> None:
    assert said(found(text), "reaction-1")["grade"] == grade


def test_dates_that_contradict_are_flagged() -> None:
    text = "Ciprofloxacine débutée le 10/02/2026. Le 06/02/2026, urticaire."
    assert found(text).element("doubt-dates-drug-1") is not None
    assert said(found(text), "naranjo-2")["answer"] == "no" and found(text).element("naranjo-4") is None


def test_the_form_answers_what_the_text_does_not() -> None:
    given = {"age_years": 41.0, "sex": "f", "drug_started_on": date(2026, 11, 1), "over": "yes"}
    value = found("Urticaire avec l'ibuprofène.", **given)
    assert said(value, "patient-age")["age-years"] == 41
    assert said(value, "drug-1")["started"] == "2026-11-01" and said(value, "reaction-1")["outcome"] == "recovered"
    assert value.element("ask-start") is None and value.element("ask-age") is None


def test_without_knowledge_it_says_what_to_load() -> None:
    (proposal,) = propose(build_case(Declaration("R", WORDS), nothing(), AS_OF))
    assert isinstance(proposal.value, TextValue)
    terminology, medicines = proposal.value.element("doubt-terminology"), proposal.value.element("doubt-medicines")
    assert terminology and "terminology load ctcae" in terminology.label.en
    assert medicines and "terminology load bdpm" in medicines.label.en


def test_a_megabyte_is_read_at_its_beginning_and_says_so() -> None:
    value = found(f"Urticaire sous ibuprofène. {'bla ' * 300_000}")
    assert value.element("doubt-length") is not None
    assert (
        max(pointer.stop for each in value.findings for pointer in each.evidence if isinstance(pointer, SpanPointer))
        <= LONGEST
    )


def test_groups_are_those_of_the_contract() -> None:
    names = {group.name for group in GROUPS}
    assert {each.group for each in found(NOTE).findings} <= names


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_an_answer(text: str) -> None:
    (proposal,) = propose(case_of(text))
    assert (proposal.value is None) != (proposal.abstention is None)


PIECES = (
    "pas de ",
    "urticaire",
    "ibuprofène",
    " 12/13/2026 ",
    ", ",
    ". ",
    "il y a 3 jours",
    "Hb 7 g/dL",
    "\n",
    "décès",
    "mon père ",
    "œdème ",
    "🙂",
    "ﬁèvre ",
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_every_span_lies_in_the_text(pieces: list[str]) -> None:
    case = build_case(Declaration("R", "".join(pieces)), knowledge(), AS_OF)
    for proposal in propose(case):
        for finding in proposal.value.findings if isinstance(proposal.value, TextValue) else ():
            assert all(pointer.exists_in(case) for pointer in finding.evidence)


def test_read_is_a_library() -> None:
    reading = read(case_of(NOTE))
    assert [drug.label for drug in reading.drugs] and reading.reactions[0].serious


def test_the_trained_readers_add_words_without_a_code_to_english() -> None:
    pytest.importorskip("onnxruntime", reason="the trained readers need the extra text")
    text = "Since I take ibuprofen I feel dizzy. My jaw is tight and I yawn all the time."
    case = build_case(Declaration("R", text), knowledge(), AS_OF, learned=True)
    assert case.fact("learned_reader") == "yes"
    (proposal,) = propose(case)
    assert isinstance(proposal.value, TextValue)
    more = [each for each in proposal.value.findings if each.group == "reaction" and each.code is None]
    assert more and all(each.label.en.startswith("“") and each.vocabulary is None for each in more)
    (typed,) = propose(case_of(text))
    assert isinstance(typed.value, TextValue) and len(typed.value.findings) < len(proposal.value.findings)
