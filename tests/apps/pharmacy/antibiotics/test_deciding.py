"""Options, exclusions and questions on the tiny EUCAST; vignettes and the real isolates where they are at hand."""

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.apps.pharmacy.antibiotics.activity import tested as agents_of
from cognoscope.apps.pharmacy.antibiotics.app import propose
from cognoscope.apps.pharmacy.antibiotics.asking import missing
from cognoscope.apps.pharmacy.antibiotics.case import Infection, build_case
from cognoscope.apps.pharmacy.antibiotics.case import Tested as Lab
from cognoscope.apps.pharmacy.antibiotics.case_microbes import UnknownAgent, UnknownGerm, open_microbes
from cognoscope.apps.pharmacy.antibiotics.isolates import from_wide
from cognoscope.apps.pharmacy.antibiotics.judged_ecology import recounted
from cognoscope.apps.pharmacy.antibiotics.judged_vignettes import judge
from cognoscope.apps.pharmacy.antibiotics.kidney import clearance
from cognoscope.apps.pharmacy.antibiotics.model import Decision, decide
from cognoscope.apps.pharmacy.antibiotics.question import Question, read_question
from cognoscope.apps.pharmacy.antibiotics.tables import rows
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.eucast import EUCAST
from cognoscope.intake.knowledge.store import default_knowledge

REFERENCE = Path(os.environ.get("COGNOSCOPE_DATASETS", "")) / EUCAST.reference
real = pytest.mark.skipif(
    not (os.environ.get("COGNOSCOPE_DATASETS") and REFERENCE.is_dir()),
    reason="COGNOSCOPE_DATASETS holds no EUCAST tables",
)


def sample_cases() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cases_for_deciding", Path(__file__).parent / "cases.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = sample_cases()


def asked(isolates: bool = False, **said: object) -> Question:
    infection = Infection(subject="stay:1", **{"severity": "moderate", "acquired": "community", **said})  # type: ignore[arg-type]
    return read_question(build_case(infection, CASES.knowledge(), CASES.AS_OF, CASES.isolates() if isolates else None))


def options(decision: Decision) -> list[str]:
    return ["+".join(option.regimen.agents) for option in decision.options]


def why(decision: Decision, agents: str) -> set[str]:
    return {
        ground.code
        for option in decision.excluded
        if "+".join(option.regimen.agents) == agents
        for ground in option.grounds
        if ground.action == "exclude"
    }


def test_documented_resistance_sets_aside_and_the_next_rank_comes_first():
    decision = decide(asked(infection="bacteraemia", germ="E. coli", results=(Lab("AMX", "R"), Lab("CTX", "S"))))
    assert options(decision)[0] == "CTX"
    assert why(decision, "AMX") == {"documented-resistance"}


def test_a_dilution_is_judged_by_the_breakpoint():
    results = (Lab("AMX", "", "MIC", "16"), Lab("CTX", "", "MIC", "<=0.25"))
    question = asked(infection="bacteraemia", germ="E. coli", results=results)
    assert (question.results["AMX"].category, question.results["CTX"].category) == ("R", "S")


def test_intrinsic_resistance_is_never_proposed():
    decision = decide(asked(infection="bacteraemia", germ="Klebsiella pneumoniae"))
    assert "AMX" not in options(decision)
    assert why(decision, "AMX") == {"intrinsic-resistance"}


def test_methicillin_resistance_follows_from_cefoxitin():
    decision = decide(
        asked(infection="bacteraemia", germ="staphylocoque doré", results=(Lab("FOX", "R"), Lab("VAN", "S")))
    )
    assert options(decision)[0] == "VAN"
    assert why(decision, "OXA") == why(decision, "CZO") == {"documented-resistance"}


def test_an_aminoglycoside_alone_carries_no_combination():
    results = (Lab("CTX", "R"), Lab("GEN", "S"), Lab("AMX", "R"))
    decision = decide(asked(infection="sepsis-unknown", germ="E. coli", results=results, mdr_risk="no"))
    assert why(decision, "CTX+GEN") == {"adjunct-only"}


@pytest.mark.parametrize(
    "reaction", ["immediate-severe", "immediate-mild", "delayed-severe", "delayed-mild", "unknown"]
)
def test_a_penicillin_allergy_leaves_no_penicillin(reaction: str):
    for infection in (row["code"] for row in rows("infections")):
        question = asked(infection=infection, allergies=(("penicillins", reaction),), sex="f", age_years=40)
        for option in decide(question).options:
            groups = {question.agents[code].group for code in option.regimen.agents}
            assert "penicillins" not in groups, option.regimen.id


def test_an_intolerance_excludes_nothing():
    question = asked(infection="pneumonia-community", comorbidity="no", allergies=(("penicillins", "intolerance"),))
    assert options(decide(question))[0] == "AMX"


def test_pregnancy_sets_fluoroquinolones_aside():
    question = asked(
        infection="pyelonephritis", severity="mild", sex="f", pregnant="yes", mdr_risk="no", recent_fluoroquinolone="no"
    )
    decision = decide(question)
    assert options(decision)[0] == "CRO"
    assert why(decision, "CIP") == {"pregnant"}


def test_the_kidney_sets_aside_and_adapts():
    decision = decide(asked(infection="cystitis", severity="mild", sex="f", egfr=30.0, pregnant="no"))
    assert why(decision, "NIT") == {"renal"}
    doses = [
        ground.code
        for option in decide(asked(infection="meningitis", severity="severe", egfr=8.0, listeria_risk="no")).options
        for ground in option.grounds
    ]
    assert "renal" in doses


def test_an_interaction_sets_aside():
    question = asked(infection="pneumonia-community", severity="severe", comorbidity="yes")
    from cognoscope.apps.pharmacy.antibiotics.question import Interaction

    found = replace(question, interactions=(Interaction(0, "CLR", "simvastatine", "contraindicated", "text"),))
    decision = decide(found)
    assert options(decision) == ["CTX+LVX"]
    assert why(decision, "CTX+CLR") == {"interaction"}


def test_local_resistance_sets_aside_what_the_guideline_puts_first():
    decision = decide(asked(True, infection="bacteraemia", germ="E. coli"))
    assert why(decision, "AMX") == {"ecology"}
    assert options(decision)[0] != "AMX"


def test_without_isolates_the_guideline_stands():
    assert options(decide(asked(infection="bacteraemia", germ="E. coli")))[0] == "AMX"


def test_what_is_asked_first_changes_the_choice_most():
    question = asked(infection="pneumonia-community")
    found = missing(question, decide(question))
    assert [one.worth for one in found] == sorted((one.worth for one in found), reverse=True)
    by_fact = {one.fact: one for one in found}
    assert by_fact["comorbidity"].changes == pytest.approx(0.5)
    assert by_fact["allergies"].changes == pytest.approx(0.1)
    told = asked(infection="pneumonia-community", comorbidity="no", allergies=())
    assert {"comorbidity", "allergies"}.isdisjoint(one.fact for one in missing(told, decide(told)))


def test_the_order_of_questions_is_not_fixed():
    severe = asked(infection="sepsis-unknown", severity="severe")
    mild = asked(infection="pyelonephritis", severity="mild", sex="f", age_years=30)
    orders = [[one.fact for one in missing(each, decide(each))] for each in (severe, mild)]
    assert orders[0] and orders[1] and orders[0] != orders[1]


def test_an_unknown_germ_is_refused_with_what_is_near():
    with pytest.raises(UnknownGerm, match="Did you mean Escherichia coli") as caught:
        asked(infection="bacteraemia", germ="Eschericha colli")
    assert caught.value.near == ("Escherichia coli",)
    with pytest.raises(UnknownGerm, match="Latin name"):
        asked(infection="bacteraemia", germ="qqqq")
    with pytest.raises(UnknownAgent):
        asked(infection="bacteraemia", germ="E. coli", results=(Lab("QQQ", "S"),))
    with pytest.raises(InvalidInput, match="need their germ"):
        asked(infection="bacteraemia", results=(Lab("AMX", "S"),))
    with pytest.raises(InvalidInput, match="there are: pneumonia-community"):
        asked(infection="colds")
    with pytest.raises(InvalidInput, match="neither S, I nor R"):
        asked(infection="bacteraemia", germ="E. coli", results=(Lab("AMX", "X"),))


def test_an_allergy_that_no_row_speaks_of_is_refused_not_ignored():
    with pytest.raises(InvalidInput, match="none of the classes known: aminoglycosides"):
        asked(infection="cystitis", allergies=(("amoxicilline", "unknown"),))
    with pytest.raises(InvalidInput, match="is none of: delayed-mild"):
        asked(infection="cystitis", allergies=(("penicillins", "rash"),))


def test_clearance_is_cockcroft_and_gault():
    assert clearance(None, 90.0, 71, 60.0, "f") == {"egfr": 47.8, "egfr_method": "Cockcroft-Gault"}
    assert clearance(None, 90.0, 71, None, "f") == {}
    assert clearance(55.04, None, None, None, "") == {"egfr": 55.0, "egfr_method": "given"}


def test_what_was_typed_does_not_enter_the_case():
    infection = Infection("stay:1", "pneumonia-community", drugs=("Durand Jeanne 1 le soir",))
    assert b"Durand" not in build_case(infection, CASES.knowledge(), CASES.AS_OF).canonical()


def test_without_a_thesaurus_the_page_says_that_interactions_were_not_checked():
    infection = Infection("stay:1", "pneumonia-community", drugs=("simvastatine",))
    (proposal,) = propose(build_case(infection, CASES.knowledge(), CASES.AS_OF))
    assert proposal.value and proposal.value.element("missing-thesaurus")


def facts() -> Iterator[tuple[str, st.SearchStrategy[object]]]:
    yield "infection", st.sampled_from([row["code"] for row in rows("infections")])
    yield "severity", st.sampled_from(["", "mild", "moderate", "severe"])
    yield "acquired", st.sampled_from(["", "community", "hospital"])
    yield "sex", st.sampled_from(["", "f", "m"])
    yield "pregnant", st.sampled_from(["", "yes", "no"])
    yield "germ", st.sampled_from(["", "E. coli", "S. aureus", "pneumocoque", "Legionella pneumophila"])
    yield "egfr", st.one_of(st.none(), st.floats(-10, 300))
    yield "age_years", st.one_of(st.none(), st.integers(-5, 200))
    yield "mdr_risk", st.sampled_from(["", "yes", "no"])
    classes = st.tuples(
        st.sampled_from(["penicillins", "cephalosporins", "macrolides", "?"]),
        st.sampled_from(["unknown", "delayed-severe", "?"]),
    )
    yield "allergies", st.one_of(st.none(), st.lists(classes, max_size=2).map(tuple))


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(dict(facts())))
def test_any_question_is_answered_or_declined(said: dict[str, object]):
    try:
        case = build_case(Infection(subject="stay:1", **said), CASES.knowledge(), CASES.AS_OF)  # type: ignore[arg-type]
    except InvalidInput as refused:
        assert "?" in str(said["allergies"]), refused
        return
    (proposal,) = propose(case)
    assert (proposal.value is None) != (proposal.abstention is None)
    assert all(pointer.exists_in(case) for pointer in proposal.evidence)


@real
def test_vignettes_come_out_as_their_guideline_says():
    judged = judge(default_knowledge())
    assert len(judged) >= 40
    assert {one.vignette["id"]: one.first for one in judged if not one.right} == {}
    assert {one.vignette["id"]: one.never for one in judged if one.never} == {}


@real
def test_no_germ_is_met_with_what_it_resists_by_nature():
    microbes = open_microbes(default_knowledge())
    for infection in ("sepsis-unknown", "intra-abdominal", "bacteraemia", "male-uti"):
        for germ in microbes.own:
            question = read_question(
                build_case(Infection("stay:1", infection, "severe", germ=germ), default_knowledge(), CASES.AS_OF)
            )
            for option in decide(question).options:
                assert not all(microbes.intrinsic(germ, agent) for agent in agents_of(question, option.regimen))


@real
def test_the_cumulative_antibiogram_is_that_of_counting_row_by_row():
    isolates = from_wide(REFERENCE / "example_isolates.tsv.gz")
    microbes = open_microbes(default_knowledge())
    last = date(2017, 12, 31)
    ecology = microbes.ecology(isolates, last, years=6)
    for germ in ("B_ESCHR_COLI", "B_STPHY_AURS", "B_[ORD]_ENTRBCTR", "B_STPHY_CONS"):
        for agent in ("AMX", "AMC", "CTX", "GEN", "CIP", "SXT", "OXA", "VAN"):
            share = ecology.share(germ, (agent,))
            assert (share.susceptible, share.tested) == recounted(isolates, microbes, germ, agent, last, 6), (
                germ,
                agent,
            )
    assert ecology.share("B_ESCHR_COLI", ("GEN",)).tested >= 30
    ward = ecology.share("B_ESCHR_COLI", ("GEN",), "ICU")
    assert 0 < ward.tested < ecology.share("B_ESCHR_COLI", ("GEN",)).tested


def test_ward_first_then_hospital_then_nothing():
    isolates = CASES.isolates()
    microbes = open_microbes(CASES.knowledge())
    ecology = microbes.ecology(isolates, CASES.AS_OF.date())
    pairs = [("B_ESCHR_COLI", ("CTX",)), ("B_ESCHR_COLI", ("CIP",)), ("B_STPHY_AURS", ("OXA",))]
    found = {(row["germ"], row["agents"]): row["scope"] for row in ecology.rows(pairs, "urology")}
    assert found == {("B_ESCHR_COLI", "CTX"): "ward", ("B_STPHY_AURS", "OXA"): "hospital"}
    assert np.sum(isolates.germ == "B_STPHY_AURS") == 40
