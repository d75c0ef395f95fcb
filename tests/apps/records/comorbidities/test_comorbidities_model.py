"""What mentions add up to: states, exclusions, severity, scores; one person and many."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.apps.records.comorbidities.knowledge import condition, conditions
from cognoscope.apps.records.comorbidities.model import MENTION_COLUMNS, aggregate, charlson, points_of_age

FLAGS = ("negated", "hypothesis", "family", "history", "reported")


def said(label: str, person: str = "a", note: int = 0, day: str = "2026-01-01", **details: Any) -> dict[str, Any]:
    plain = {"group": "condition", "words": label, "status": "", "severity": "", "date": ""} | dict.fromkeys(
        FLAGS, False
    )
    return plain | {"person": person, "note": note, "note_date": day, "label": label} | details


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    made = pd.DataFrame(list(rows), columns=list(MENTION_COLUMNS))
    return made.astype(dict.fromkeys(FLAGS, bool))


def state(*rows: dict[str, Any]) -> Any:
    (row,) = aggregate(frame(*rows)).itertuples(index=False)
    return row


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([said("diabetes")], "present"),
        ([said("diabetes", history=True)], "present"),
        ([said("diabetes", negated=True)], "denied"),
        ([said("diabetes", hypothesis=True)], "uncertain"),
        ([said("diabetes", reported=True)], "uncertain"),
        ([said("diabetes", family=True)], "family"),
        ([said("diabetes", negated=True, hypothesis=True)], "denied"),
        ([said("diabetes"), said("diabetes", negated=True)], "present"),
        ([said("diabetes"), said("diabetes", note=1, day="2026-02-01", negated=True)], "uncertain"),
        ([said("diabetes", day="2026-03-01"), said("diabetes", note=1, day="2026-02-01", negated=True)], "present"),
        ([said("diabetes", family=True), said("diabetes", note=1)], "present"),
    ],
)
def test_state_of_a_condition(rows: list[dict[str, Any]], expected: str):
    assert state(*rows).state == expected


def test_what_the_family_does_not_have_says_nothing():
    assert aggregate(frame(said("diabetes", family=True, negated=True))).empty


def test_conflict_is_between_documents():
    within = state(said("copd"), said("copd", negated=True))
    between = state(said("copd"), said("copd", note=1, negated=True))
    assert (within.conflict, between.conflict) == (False, True)


def test_history_only_where_every_assertion_is_of_the_past():
    assert state(said("copd", history=True)).history
    assert not state(said("copd", history=True), said("copd")).history
    assert not state(said("copd", history=True, negated=True)).history


def test_worst_asserted_severity_and_dates():
    row = state(
        said("ckd", severity="3", date="2019-05", day="2026-01-02"),
        said("ckd", severity="IV", note=1, day="2025-01-01"),
        said("ckd", severity="5", note=2, negated=True, day="2020-01-01"),
    )
    assert (row.rank, row.first, row.last) == (4, "2019-05", "2026-01-02")
    assert not state(said("diabetes"), said("diabetes", status="with_complication", hypothesis=True)).severe
    assert state(said("diabetes"), said("diabetes", status="with_complication")).severe


@pytest.mark.parametrize(
    "words", ["HTA", "embolie pulmonaire", "Embolie  Pulmonaire", "TVP", "hypertension artérielle"]
)
def test_words_that_are_read_as_arterial_disease_but_are_not(words: str):
    assert aggregate(frame(said("peripheral_vascular_disease", words=words))).empty
    assert (
        state(
            said("peripheral_vascular_disease", words=words), said("peripheral_vascular_disease", words="AOMI")
        ).asserted
        == 1
    )


def test_a_stage_is_a_tumour_and_its_metastasis_counts():
    tumour = said("tnm", group="stage", words="T3N1M1", status="metastatic")
    row = state(tumour, said("solid_tumor", status="localized"))
    assert (row.condition, row.severe, row.state) == ("solid_tumor", True, "present")


def test_other_groups_do_not_count():
    assert aggregate(frame(said("drug", group="drug"), said("diabetes", group="disorder"))).empty


@pytest.mark.parametrize(
    ("labels", "old", "updated"),
    [
        ({}, 0, 0),
        ({"myocardial_infarction": ""}, 1, 0),
        ({"diabetes": "", "congestive_heart_failure": ""}, 2, 2),
        ({"diabetes": "with_complication"}, 2, 1),
        ({"liver_disease": "mild"}, 1, 2),
        ({"liver_disease": "moderate_to_severe"}, 3, 4),
        ({"solid_tumor": "metastasis"}, 6, 6),
        ({"solid_tumor": "", "leukemia": "", "lymphoma": ""}, 6, 2),
        ({"aids": "", "hemiplegia": "", "dementia": ""}, 9, 8),
        ({"tobacco": "", "alcohol": "abstinence"}, 0, 0),
    ],
)
def test_scores_as_published(labels: dict[str, str], old: int, updated: int):
    rows = [said("tobacco"), *(said(label, status=status) for label, status in labels.items())]
    (score,) = charlson(aggregate(frame(*rows))).itertuples(index=False)
    assert (score.charlson_1987, score.quan_2011) == (old, updated)


def test_uncertain_conditions_count_only_when_asked():
    states = aggregate(frame(said("dementia", hypothesis=True)))
    assert charlson(states)["charlson_1987"].tolist() == [0]
    assert charlson(states, doubtful=True)["charlson_1987"].tolist() == [1]


@pytest.mark.parametrize(("age", "points"), [(0, 0), (49, 0), (50, 1), (67, 2), (89, 4), (103, 5)])
def test_points_of_age(age: int, points: int):
    assert points_of_age(age) == points


def test_severe_forms_never_weigh_less():
    for name, severe in conditions():
        common, form = condition(name, False), condition(name, severe)
        assert form.charlson_1987 >= common.charlson_1987 and form.quan_2011 >= common.quan_2011


mentions = st.builds(
    said,
    st.sampled_from(sorted({name for name, _ in conditions()})),
    person=st.sampled_from("abc"),
    note=st.integers(0, 3),
    day=st.sampled_from(["2024-01-01", "2025-06-30", "2026-01-01"]),
    status=st.sampled_from(["", "metastasis", "with_complication", "other"]),
    negated=st.booleans(),
    hypothesis=st.booleans(),
    family=st.booleans(),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(mentions, min_size=1, max_size=30))
def test_many_persons_at_once_are_the_same_as_one_by_one(rows: list[dict[str, Any]]):
    together = aggregate(frame(*rows))
    alone = [aggregate(frame(*(row for row in rows if row["person"] == person))) for person in "abc"]
    apart = pd.concat([one for one in alone if len(one)] or [together], ignore_index=True)
    pd.testing.assert_frame_equal(together, apart, check_dtype=False)
    scores = charlson(together)
    for one in alone:
        if len(one):
            pd.testing.assert_frame_equal(charlson(one), scores.loc[charlson(one).index])


@settings(max_examples=50, deadline=None)
@given(st.lists(mentions, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_order_of_mentions_does_not_matter(rows: list[dict[str, Any]], random: Any):
    mixed = list(rows)
    random.shuffle(mixed)
    pd.testing.assert_frame_equal(aggregate(frame(*rows)), aggregate(frame(*mixed)))
