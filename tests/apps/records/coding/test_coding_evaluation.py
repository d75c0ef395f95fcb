"""The invented hospital, its corruption, and the figures; foreign folders of the same layout."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from training.coding import fit

from cognoscope.apps.records.coding.evaluate import JUDGED_SEEDS
from cognoscope.apps.records.coding.judged_stays import labelled_stays
from cognoscope.apps.records.coding.judging import auc, metric, precision_at, score, summary
from cognoscope.apps.records.coding.knowledge import family
from cognoscope.apps.records.coding.synthetic.corruption import corrupt
from cognoscope.apps.records.coding.synthetic.counted import counted
from cognoscope.apps.records.coding.synthetic.hospital import hospital
from cognoscope.apps.records.coding.synthetic.omop import stays_of


def test_the_same_seed_invents_the_same_hospital():
    assert hospital(20, 3) == hospital(20, 3) != hospital(20, 4)


def test_a_seeded_share_is_spoiled_and_nothing_else():
    made = hospital(300, 5)
    spoiled = corrupt(made, 6)
    changed = [each for each, before in zip(spoiled, made, strict=True) if each.stay.coded != before.stay.coded]
    assert changed == [each for each in spoiled if each.corruption]
    assert 80 <= len(changed) <= 90 and set(Counter(each.corruption for each in changed)) == {
        "wrong",
        "missing",
        "swapped",
    }
    for each in changed:
        now = {family(coded.code) for coded in each.stay.coded}
        assert each.inserted <= now and not each.removed & now and (each.inserted or each.removed)


def test_judged_seeds_were_not_fitted_on():
    assert not set(JUDGED_SEEDS) & set(fit.SEEDS)


def test_area_under_the_curve_by_hand():
    scores = np.array([0.9, 0.8, 0.8, 0.1])
    assert auc(scores, np.array([True, False, True, False])) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert np.isnan(auc(scores, np.array([True] * 4)))


def test_ties_at_the_cut_share_its_places():
    scores, spoiled = np.array([3.0, 2.0, 2.0, 1.0]), np.array([True, True, False, False])
    assert precision_at(scores, spoiled, 2) == pytest.approx(0.75)
    assert precision_at(scores, spoiled, 99) == pytest.approx(0.5)


def test_the_check_does_better_than_counting_rules():
    scored = score(counted(corrupt(hospital(400, 31), 31)))
    found = metric("auc", scored)
    assert found.value is not None and found.baseline is not None and found.low is not None
    assert found.value > found.baseline + 0.05 and found.low <= found.value
    assert summary(scored)["kinds"].keys() == {"wrong", "missing", "swapped"}


def test_labelled_stays_of_a_folder(tmp_path: Path):
    stays = [
        {"stay": "a", "sex": "m", "diagnoses": [{"code": "O80.0"}], "drugs": [{"atc": "N02BE01"}], "corrupted": True},
        {"stay": "b", "sex": "m", "diagnoses": [{"code": "I10"}], "drugs": [{"atc": "C08CA01"}], "corrupted": False},
        {"stay": "c", "diagnoses": [{"code": "I10"}]},
    ]
    (tmp_path / "stays.json").write_text(json.dumps(stays), encoding="utf-8")
    found = labelled_stays(tmp_path)
    assert [each.corruption for each in found] == ["spoiled", ""]
    first, second = score(found)
    assert first.score > second.score


def test_omop_files_of_a_folder(tmp_path: Path):
    tables = {
        "PERSON": "person_id,gender_concept_id,year_of_birth\n1,8532,1950\n",
        "VISIT_OCCURRENCE": "visit_occurrence_id,person_id,visit_start_date,visit_end_date\n"
        "7,1,2020-05-02,2020-05-04\n",
        "CONDITION_OCCURRENCE": "person_id,condition_start_date,condition_end_date,visit_occurrence_id,"
        "condition_source_value\n1,2020-05-02,,7,233604007\n1,2010-01-01,,1,59621000\n1,2010-01-01,2011-01-01,1,10509002\n"
        "1,2010-01-01,,1,99999\n",
        "DRUG_EXPOSURE": "visit_occurrence_id,drug_concept_id\n7,5\n",
        "CONCEPT": "concept_id,concept_name,vocabulary_id,concept_code\n5,amoxicillin 250 MG,RxNorm,1\n",
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (made,) = stays_of(tmp_path, 1)
    assert made.codes == ("J18.9", "I10") and made.stay.age == 70 and made.stay.sex == "f"
    assert [drug.code for drug in made.stay.drugs] == ["J01CA04"]
    assert stays_of(tmp_path, 1) == stays_of(tmp_path, 1) and stays_of(tmp_path / "PERSON.csv", 1) == []
