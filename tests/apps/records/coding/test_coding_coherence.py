"""Counts of other stays, log-odds that add up, what is shown of a spoiled stay."""

import math
from dataclasses import replace

import pytest
from tests.apps.records.coding.cases import AS_OF, habits, record, usable

from cognoscope.apps.records.coding.app import propose
from cognoscope.apps.records.coding.association import Book, Seen, support, weight
from cognoscope.apps.records.coding.coherence import fitted, incoherence, judge
from cognoscope.apps.records.coding.stay import Coded, Given, Stay, read_stay
from cognoscope.core.values import TextValue


def seen(person: int, *families: str, tokens: tuple[str, ...] = ()) -> Seen:
    return Seen(person, frozenset(families), frozenset(tokens))


def test_a_token_that_goes_with_a_code_speaks_for_it():
    assert weight(True, 100, 20, 20, 18) > 1 > -1 > weight(False, 100, 20, 20, 18)
    assert abs(weight(True, 100, 20, 50, 10)) < 0.1


def test_few_stays_say_nothing():
    book = Book([seen(number, "E11", tokens=("drug:A10BA",)) for number in range(40)])
    assert book.pairs(seen(99, "E11", tokens=("drug:A10BA",))) == []


def test_a_persons_own_stays_are_not_counted():
    own = [seen(7, "E11", tokens=("drug:A10BA",)) for _ in range(30)]
    book = Book([*habits(), *own])
    (pair,) = [each for each in book.pairs(own[0]) if (each.family, each.token) == ("E11", "drug:A10BA")]
    assert (pair.stays, pair.with_code, pair.with_both) == (80, 40, 40)


def test_the_absent_code_that_the_tokens_speak_for_is_suggested():
    pairs = Book(habits()).pairs(seen(99, "I10", tokens=("drug:A10BA", "word:E11")))
    of_diabetes = [pair for pair in pairs if pair.family == "E11"]
    backing = support(of_diabetes, frozenset({"drug:A10BA", "word:E11"}))
    assert backing.evidence > 3 and backing.evidence == pytest.approx(sum(amount for _, amount in backing.parts))


def test_log_odds_add_up_and_the_score_is_at_least_the_likeliest():
    judged = judge(read_stay(usable()[0]))
    for each in judged:
        weights = fitted()[each.kind]
        total = weights["intercept"] + sum(weights[name] * value for name, value in each.features.items())
        assert each.log_odds == pytest.approx(total)
        assert each.probability == pytest.approx(1 / (1 + math.exp(-total)))
    assert max(each.probability for each in judged) <= incoherence(judged) <= 1


def test_signs_of_the_weights_mean_what_they_say():
    weights = fitted()
    assert weights["unlikely"]["rule"] > 0 > weights["unlikely"]["supported"] and weights["unlikely"]["evidence"] < 0
    assert min(weights["missing"][name] for name in ("rule", "said", "posterior")) > 0


def test_a_code_that_cannot_be_outweighs_words_for_it():
    stay = Stay(age=40, sex="f", notes=("Hypertrophie bénigne de prostate traitée.",), coded=(Coded("N40", "dp", 0),))
    (found,) = [each for each in judge(stay) if each.kind == "unlikely"]
    assert found.probability > 0.9


def test_mending_the_codes_lowers_the_score():
    stay = read_stay(usable()[1])
    mended = replace(stay, coded=tuple(Coded(code, "das", row) for row, code in enumerate(("J18.9", "I10", "E11.9"))))
    assert incoherence(judge(mended)) < incoherence(judge(stay)) / 2


def test_the_spoiled_stay_shows_what_was_done_to_it():
    case = usable()[0]
    _, coherence = propose(case)
    assert isinstance(coherence.value, TextValue)
    missing, wrong = coherence.value.element("missing-E11.9"), coherence.value.element("unlikely-E03.9")
    assert missing is not None and wrong is not None and missing.reason is not None
    tables = {getattr(pointer, "table", None) for pointer in missing.evidence}
    assert {"drug", "note", "association"} <= tables
    assert "antidiabétique" in missing.reason.fr
    assert all(pointer.exists_in(case) for finding in coherence.value.findings for pointer in finding.evidence)


def test_every_proposed_code_cites_words_that_say_it():
    case = usable()[0]
    codes, _ = propose(case)
    assert isinstance(codes.value, TextValue)
    assert [finding.key for finding in codes.value.findings] == ["dp-J18.9", "das-I10", "das-E11.9"]
    assert "diabétique de type 2" in {pointer.text(case) for pointer in codes.value.findings[2].evidence}


def test_an_uncoded_stay_gets_codes_and_no_check():
    from cognoscope.apps.records.coding.case import build_case

    codes, coherence = propose(build_case(record(diagnoses=[]), AS_OF))
    assert codes.value is not None and coherence.abstention is not None
    assert coherence.abstention.code == "not-coded"


def test_a_stay_without_reports_is_still_checked():
    from cognoscope.apps.records.coding.case import build_case

    codes, coherence = propose(build_case(record(notes=[]), AS_OF))
    assert codes.abstention is not None and codes.abstention.code == "no-report"
    assert coherence.value is not None


def test_a_sound_stay_has_no_finding_and_still_cites_what_was_looked_at():
    from cognoscope.apps.records.coding.case import build_case

    sound = record(diagnoses=[{"code": code, "role": "das"} for code in ("J18.9", "I10", "E11.9")])
    _, coherence = propose(build_case(sound, AS_OF))
    assert isinstance(coherence.value, TextValue) and coherence.value.findings == () and coherence.evidence
    assert Given("A10BA02", 1) in read_stay(build_case(sound, AS_OF)).drugs
