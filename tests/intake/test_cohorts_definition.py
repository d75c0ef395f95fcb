"""Cohort definitions: JSON, meaning of each criterion, opt-outs."""

from datetime import date

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cognoscope.intake.cohorts import (
    Age,
    AllOf,
    AnyOf,
    Cohort,
    Event,
    Measurement,
    Mentioned,
    Not,
    Sex,
    TextFound,
    Window,
    masked_count,
    members,
)

PERSONS = [
    # person_id, gender, year, month, day
    (1, 8507, 1950, 3, 1),
    (2, 8532, 2000, 11, 21),
    (3, 8532, 2000, 11, 22),
    (4, 8507, 1980, None, None),
]
CONDITIONS = [
    (1, 201826, date(2024, 1, 1), "E11.9"),
    (1, 201826, date(2025, 6, 1), "E11.5"),
    (2, 317009, date(2024, 1, 1), "J45"),
    (3, 0, date(2024, 1, 1), None),
]
MEASUREMENTS = [
    (1, 3004410, date(2025, 1, 1), "4548-4", 9.5, 8554),
    (2, 3004410, date(2025, 1, 1), "4548-4", 5.0, 8554),
    (3, 3004410, date(2025, 1, 1), "4548-4", None, 8554),
]


@pytest.fixture(scope="module")
def backend():
    made = ibis.duckdb.connect()
    made.raw_sql(
        "CREATE TABLE person (person_id BIGINT, gender_concept_id BIGINT, year_of_birth BIGINT, "
        "month_of_birth BIGINT, day_of_birth BIGINT)"
    )
    made.con.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?)", PERSONS)
    made.raw_sql(
        "CREATE TABLE condition_occurrence (person_id BIGINT, condition_concept_id BIGINT, "
        "condition_start_date DATE, condition_source_value VARCHAR)"
    )
    made.con.executemany("INSERT INTO condition_occurrence VALUES (?, ?, ?, ?)", CONDITIONS)
    made.raw_sql(
        "CREATE TABLE measurement (person_id BIGINT, measurement_concept_id BIGINT, measurement_date DATE, "
        "measurement_source_value VARCHAR, value_as_number DOUBLE, unit_concept_id BIGINT)"
    )
    made.con.executemany("INSERT INTO measurement VALUES (?, ?, ?, ?, ?, ?)", MEASUREMENTS)
    made.raw_sql("CREATE TABLE concept_ancestor (ancestor_concept_id BIGINT, descendant_concept_id BIGINT)")
    made.raw_sql("INSERT INTO concept_ancestor VALUES (201820, 201826)")
    yield made
    made.disconnect()


def found(criterion, backend, opted_out=()):
    ids = members(Cohort(name="test", criterion=criterion), backend, opted_out).to_pyarrow()["person_id"]
    return sorted(ids.to_pylist())


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        (Sex(concepts=(8532,)), [2, 3]),
        # The birthday itself counts, the day before it does not.
        (Age(at=date(2018, 11, 21), at_least=18, below=19), [2]),
        (Age(at=date(2018, 11, 22), at_least=18, below=19), [2, 3]),
        # Without month and day, mid-year.
        (Age(at=date(2026, 6, 30), below=46, at_least=40), [4]),
        (Age(at=date(2026, 7, 1), at_least=46, below=50), [4]),
        (Event(kind="condition"), [1, 2, 3]),
        (Event(kind="condition", concepts=(201826,)), [1]),
        (Event(kind="condition", concepts=(201820,)), []),
        (Event(kind="condition", concepts=(201820,), descendants=True), [1]),
        (Event(kind="condition", codes=("E11*",)), [1]),
        (Event(kind="condition", codes=("E11",)), []),
        (Event(kind="condition", codes=("E11.9", "J45")), [1, 2]),
        (Event(kind="condition", concepts=(317009,), codes=("E11*",)), [1, 2]),
        (Event(kind="condition", codes=("E11*",), at_least=2), [1]),
        (Event(kind="condition", codes=("E11*",), at_least=2, window=Window(start=date(2024, 1, 2))), []),
        (Event(kind="condition", window=Window(end=date(2024, 1, 1)), at_least=1), [1, 2, 3]),
        (Event(kind="condition", window=Window(end=date(2023, 12, 31))), []),
        (Measurement(concepts=(3004410,), low=6.5), [1]),
        (Measurement(concepts=(3004410,), high=6.5), [2]),
        (Measurement(codes=("4548-4",), low=5.0, high=5.0), [2]),
        (Measurement(codes=("4548-4",), unit_concepts=(0,)), []),
        (Not(of=Measurement(concepts=(3004410,), low=6.5)), [2, 3, 4]),
        (AllOf(of=(Sex(concepts=(8507,)), Not(of=Event(kind="condition")))), [4]),
        (AnyOf(of=(Age(at=date(2026, 1, 1), at_least=70), Event(kind="condition", codes=("J45",)))), [1, 2]),
        (Not(of=AnyOf(of=(Sex(concepts=(8507,)), Event(kind="condition", codes=("J45",))))), [3]),
    ],
)
def test_each_criterion_finds_whom_it_says(criterion, expected, backend):
    assert found(criterion, backend) == expected


def test_the_opted_out_never_appear_even_where_the_copy_still_holds_them(backend):
    assert found(Sex(concepts=(8532, 8507)), backend, opted_out=[2, 4]) == [1, 3]
    assert found(Not(of=Sex(concepts=(8532,))), backend, opted_out=[1]) == [4]


windows = st.builds(
    Window, start=st.none() | st.dates(max_value=date(2020, 1, 1)), end=st.none() | st.just(date(2021, 1, 1))
)
leaves = st.one_of(
    st.builds(Sex, concepts=st.lists(st.integers(0, 10), min_size=1, max_size=3).map(tuple)),
    st.builds(Age, at=st.dates(), at_least=st.integers(0, 120), below=st.none() | st.integers(1, 120)),
    st.builds(Event, kind=st.sampled_from(["condition", "drug", "visit"]), codes=st.just(("A*",)), window=windows),
    st.builds(Mentioned, labels=st.just(("diabetes",)), codes=st.just(("E11*",)), include_negated=st.booleans()),
    st.builds(TextFound, text=st.text(min_size=1, max_size=20), at_least=st.integers(1, 3), window=windows),
    st.builds(Measurement, low=st.none() | st.floats(allow_nan=False, allow_infinity=False), window=windows),
)
criteria = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(AllOf, of=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, of=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, of=inner),
    ),
    max_leaves=6,
)


@given(criteria)
def test_a_definition_survives_json_with_its_digest(criterion):
    cohort = Cohort(name="any", criterion=criterion)
    again = Cohort.from_json(cohort.canonical())
    assert again == cohort
    assert again.digest == cohort.digest


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "sex", "concepts": []},
        {"kind": "all", "of": []},
        {"kind": "surgery"},
        {"kind": "condition", "codes": ["*"]},
        {"kind": "condition", "window": {"start": "2025-01-02", "end": "2025-01-01"}},
        {"kind": "measurement", "threshold": 3},
        {"kind": "mention", "labels": ["a;b"]},
        {"kind": "mention", "groups": ["organ"]},
        {"kind": "text", "text": ""},
        {"kind": "text", "text": "toux", "at_least": 0},
    ],
)
def test_a_definition_that_means_nothing_is_refused(broken):
    with pytest.raises(ValidationError):
        Cohort.model_validate({"name": "broken", "criterion": broken})


@pytest.mark.parametrize(("number", "shown"), [(0, "0"), (1, "<10"), (9, "<10"), (10, "10"), (1234, "1234")])
def test_small_counts_are_masked(number, shown):
    assert masked_count(number) == shown
