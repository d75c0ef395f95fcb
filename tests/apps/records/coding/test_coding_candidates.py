"""Codes that reports speak for, and which of them leads."""

from cognoscope.apps.records.coding.candidates import diagnoses, procedures
from cognoscope.apps.records.coding.model import propose_codes
from cognoscope.apps.records.coding.stay import Given, Read, Stay


def codes(text: str, *mentions: Read) -> list[str]:
    return [each.code for each in diagnoses(Stay(age=70, sex="f", notes=(text,), mentions=mentions))]


def mention(text: str, words: str, **said: object) -> Read:
    start = text.index(words)
    plain = {"group": "disorder", "label": "disorder", "code": "", "status": "", "severity": ""}
    flags = {"negated": False, "hypothesis": False, "family": False, "history": False}
    return Read(note=0, start=start, stop=start + len(words), row=0, **{**plain, **flags, **said})


def test_negated_supposed_and_family_are_not_coded():
    assert codes("Pas de pneumopathie. Suspicion de pyélonéphrite. Père : cancer du côlon.") == []


def test_what_is_over_is_coded_by_its_history():
    assert codes("Antécédents :\n- infarctus du myocarde\n- pyélonéphrite") == ["I25.2"]


def test_what_lasts_is_coded_though_it_stands_among_the_past():
    assert codes("Antécédents :\n- HTA\n- antécédent de BPCO") == ["I10", "J44.9"]


def test_the_precise_code_replaces_the_vague_one():
    assert codes("Diabète. Diabète de type 2.") == ["E11.9"]
    assert codes("Toux sur pneumopathie.") == ["J18.9"]


def test_the_readings_qualifiers_count_where_both_saw_the_words():
    text = "Le bilan n'est guère en faveur d'une pneumopathie."
    assert codes(text) == ["J18.9"]
    assert codes(text, mention(text, "pneumopathie", negated=True)) == []


def test_a_mention_brings_a_code_that_no_word_of_ours_has():
    text = "Cholestéatome opéré ce jour."
    assert codes(text, mention(text, "Cholestéatome", code="H71")) == ["H71"]


def test_a_vague_symptom_is_not_coded_beside_a_diagnosis():
    text = "Asthénie. Pneumopathie. Ascite."
    tired = mention(text, "Asthénie", code="R53")
    assert codes(text, tired) == ["J18.9", "R18"] and codes(
        "Asthénie.", mention("Asthénie.", "Asthénie", code="R53")
    ) == ["R53"]


def test_a_number_is_not_taken_for_a_code():
    text = "Oxygène à 15 litres."
    assert codes(text, mention(text, "à 15", code="A15")) == []


def test_hypertension_and_embolism_are_no_artery_disease():
    text = "HTA et embolie pulmonaire."
    wrong = [mention(text, words, group="condition", label="peripheral_vascular_disease") for words in ("HTA",)]
    assert codes(text, *wrong) == ["I10", "I26.9"]


def test_a_condition_is_mapped_with_its_status_and_its_company():
    text = "Dysglycémie compliquée, rein atteint."
    diabetes = mention(text, "Dysglycémie", group="condition", label="diabetes", status="complicated")
    kidney = mention(text, "rein atteint", code="N18.9")
    assert codes(text, diabetes, kidney) == ["E11.2", "N18.9"]
    assert codes(text, diabetes) == ["E14.8"]


def test_the_conclusion_leads_and_says_why():
    text = "Antécédents :\n- HTA\nMotif : dyspnée\nConclusion : pneumopathie basale. HTA stable."
    ranked = propose_codes(Stay(age=70, sex="f", notes=(text,)))
    assert ranked[0].candidate.code == "J18.9"
    for each in ranked:
        assert abs(sum(amount for _, amount in each.parts) - each.score) < 1e-6


def test_an_act_that_answers_to_a_disease_raises_it():
    text = "Lithiase vésiculaire. Colique néphrétique."
    plain = propose_codes(Stay(age=50, sex="f", notes=(text,)))
    done = propose_codes(Stay(age=50, sex="f", notes=(text,), acts=(Given("HMFC004", 0),)))
    assert done[0].candidate.code == "K80.2" and done[0].score > plain[0].score


def test_acts_of_the_past_are_not_coded():
    text = "Antécédents :\n- appendicectomie\nÉvolution :\nColoscopie ce jour."
    assert [each.code for each in procedures(Stay(age=50, sex="f", notes=(text,)))] == ["HHQE002"]


def test_a_negation_that_either_saw_counts():
    text = "Embolie pulmonaire éliminée par l'angioscanner."
    assert codes(text, mention(text, "Embolie pulmonaire", code="I26")) == []


def test_the_precise_code_takes_the_words_of_the_vague_one():
    text = "Évolution :\nOAP traité.\nConclusion : insuffisance cardiaque."
    (found,) = diagnoses(Stay(age=70, sex="f", notes=(text,)))
    assert found.code == "I50.1" and [span.section for span in found.spans] == ["evolution", "conclusion"]


def test_weaned_and_not_weaned():
    assert codes("Tabagisme sevré depuis 2012.") == ["Z86.4"]
    assert codes("Éthylisme chronique non sevré.") == ["F10.2"]
