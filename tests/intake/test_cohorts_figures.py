"""Figures and comparisons of cohorts over a small warehouse whose counts are known."""

import math
from datetime import date

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.cdm import TABLES
from cognoscope.intake.cohorts import AllOf, Cohort, Event, Mentioned, Not, Sex
from cognoscope.intake.cohorts_compare import _prevalence, compare
from cognoscope.intake.cohorts_counts import shown_parts, wilson
from cognoscope.intake.cohorts_figures import figures
from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.rows import content_digest, mention_rows, nlp_system
from cognoscope.intake.views import SQL_TYPES

READER = Component(name="conditions", version="1", read=lambda texts: [])
WOMEN, MEN = range(60), range(60, 100)


@pytest.fixture(scope="module")
def backend():
    """60 women of 70, 40 men of 30; by code, women 0-39 have diabetes and 0-8 K70, men 60-79 asthma; a report each."""
    made = ibis.duckdb.connect()
    for name, table in TABLES.items():
        columns = ", ".join(f'"{column.name}" {SQL_TYPES[column.kind]}' for column in table.columns)
        made.raw_sql(f'CREATE TABLE "{name}" ({columns})')
    people = [{"person_id": n, "gender_concept_id": 8532, "year_of_birth": 1955} for n in WOMEN]
    people += [{"person_id": n, "gender_concept_id": 8507, "year_of_birth": 1995} for n in MEN]
    conditions = [(n, "E11.9", date(2025, 1 + n % 2, 1)) for n in range(40)] + [
        (n, "E11.2", date(2025, 6, 1)) for n in range(40)
    ]
    conditions += [(n, "J45", date(2025, 3, 1)) for n in range(60, 80)]
    conditions += [(n, "K70", date(2025, 7, 1)) for n in range(9)]
    texts = ["Diabète." if n < 30 else "Pas de diabète." for n in range(100)]
    found = [[Mention(start=0, stop=7, group="condition", label="diabetes", negated=n >= 30)] for n in range(100)]
    fill(made, "person", people)
    fill(
        made,
        "condition_occurrence",
        [
            {"condition_occurrence_id": n, "person_id": who, "condition_source_value": code, "condition_start_date": on}
            for n, (who, code, on) in enumerate(conditions)
        ],
    )
    fill(
        made,
        "note",
        [
            {"note_id": n, "person_id": n, "note_date": date(2025, 1, 1), "note_text": text}
            for n, text in enumerate(texts)
        ],
    )
    fill(made, "note_nlp", mention_rows(READER, range(100), texts, found, date(2025, 1, 2)).to_pylist())
    fill(
        made,
        "note_reading",
        [
            {"note_id": n, "component": "conditions", "nlp_system": nlp_system(READER, content_digest(text))}
            for n, text in enumerate(texts)
        ],
    )
    yield made
    made.disconnect()


def fill(backend, name, rows):
    backend.con.register("rows", pa.Table.from_pylist(rows))
    backend.raw_sql(f'INSERT INTO "{name}" BY NAME SELECT * FROM rows')
    backend.con.unregister("rows")


def cohort(criterion, name="some"):
    return Cohort(name=name, criterion=criterion)


DIABETES = Event(kind="condition", codes=("E11*",))
AS_OF = date(2025, 7, 1)


def shown(counts):
    return {count.key: count.shown for count in counts if count.shown != "0"}


def test_a_cohort_in_numbers(backend):
    all_of_them = figures(cohort(Event(kind="condition")), backend, AS_OF)
    assert (all_of_them.persons.shown, all_of_them.documents.number) == ("60", 60)
    assert shown(all_of_them.sexes) == {"male": "20", "female": "40"}
    assert shown(all_of_them.ages) == {"18-39": "20", "65-79": "40"}
    # The month of the first record: the second one of women 0 to 39 in June does not count again.
    assert shown(all_of_them.months) == {"2025-01": "20", "2025-02": "20", "2025-03": "20"}


def test_of_sex_alone_there_is_no_first_record(backend):
    assert figures(cohort(Sex(concepts=(8507,))), backend, AS_OF).months == ()


def test_what_members_must_not_have_is_no_first_record(backend):
    healthy = AllOf(of=(Mentioned(labels=("diabetes",), include_negated=True), Not(of=Event(kind="condition"))))
    assert shown(figures(cohort(healthy), backend, AS_OF).months) == {"2025-01": "40"}


def test_small_numbers_show_nowhere(backend):
    seen = figures(cohort(Event(kind="condition", codes=("K70",))), backend, AS_OF)
    assert seen.persons.shown == "<10"
    assert seen.documents.number is None
    assert [count.shown for count in (*seen.sexes, *seen.ages, *seen.months) if count.number != 0] == ["<10"] * 3


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=6))
def test_no_masked_count_follows_from_the_total(parts):
    counts = {count.key: count for count in shown_parts(parts)}
    masked = [key for key, count in counts.items() if count.number is None]
    assert all(counts[key].number in (None, number) for key, number in parts.items())
    assert all(key in masked for key, number in parts.items() if 0 < number < 10)
    others = [number for key, number in parts.items() if number and key not in masked]
    assert len(masked) != 1 or not others


@pytest.mark.parametrize(
    ("found", "persons", "interval"),
    # Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), method 3.
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718))],
)
def test_the_interval_is_wilsons(found, persons, interval):
    assert wilson(found, persons) == pytest.approx(interval, abs=1e-4)


def test_two_cohorts_side_by_side(backend):
    seen = compare(cohort(Sex(concepts=(8532,)), "women"), cohort(Sex(concepts=(8507,)), "men"), backend)
    assert (seen.persons_a, seen.persons_b, seen.both) == ("60", "40", "0")
    rows = {(row.source, row.key): row for row in seen.rows}
    assert set(rows) == {("code", "E11"), ("code", "J45"), ("code", "K70"), ("text", "diabetes")}
    assert (rows["code", "K70"].a.shown, rows["code", "K70"].a.share, rows["code", "K70"].difference) == (
        "<10",
        None,
        None,
    )
    diabetes = rows["code", "E11"]
    assert (diabetes.a.number, diabetes.b.number) == (40, 0)
    assert diabetes.a.share == pytest.approx(2 / 3)
    assert diabetes.difference == pytest.approx((2 / 3) / math.sqrt((2 / 3 * 1 / 3) / 2))
    assert rows["code", "J45"].difference == pytest.approx(-0.5 / math.sqrt(0.25 / 2))
    # In reports only 30 say so of the patient; the others deny it.
    assert rows["text", "diabetes"].a.number == 30
    assert [row.key for row in seen.rows] == ["E11", "J45", "diabetes", "K70"]


def test_a_share_that_tells_of_a_few_without_it_is_masked():
    shown_as = [(each.shown, each.share) for each in (_prevalence(35, 40), _prevalence(40, 40), _prevalence(30, 40))]
    assert shown_as == [("?", None), ("40", 1.0), ("30", 0.75)]
    assert _prevalence(0, 9).share is None


def test_only_the_most_frequent_are_compared(backend):
    seen = compare(cohort(Sex(concepts=(8532,)), "w"), cohort(Sex(concepts=(8507,)), "m"), backend, most=1)
    assert {(row.source, row.key) for row in seen.rows} == {("code", "E11"), ("text", "diabetes")}
