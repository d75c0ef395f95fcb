"""The same definition finds the same people on DuckDB, on a real PostgreSQL server and on Spark."""

import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from cognoscope.core.actor import program
from cognoscope.intake import keys, optout
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
    members,
)
from cognoscope.intake.cohorts_copies import to_parquet, to_postgres
from cognoscope.intake.pseudonyms import person_id
from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.rows import content_digest, mention_rows, mentions, nlp_system
from cognoscope.intake.warehouse import open_warehouse

NAMES = (
    "person",
    "condition_occurrence",
    "drug_exposure",
    "measurement",
    "visit_occurrence",
    "concept_ancestor",
    "note",
    "note_nlp",
    "note_reading",
)
IN_2024 = Window(start=date(2024, 1, 1), end=date(2024, 12, 31))
DIABETES = Event(kind="condition", codes=("E11*",))
COHORTS = [
    Sex(concepts=(8532,)),
    Age(at=date(2025, 3, 1), at_least=65),
    Age(at=date(2025, 3, 1), at_least=18, below=40),
    DIABETES,
    Event(kind="condition", concepts=(201820,), descendants=True, window=Window(start=date(2024, 1, 1))),
    Event(kind="visit", concepts=(9203,), at_least=3, window=Window(start=date(2024, 1, 1), end=date(2024, 12, 31))),
    Measurement(concepts=(3004410,), low=6.5, unit_concepts=(8554,)),
    Not(of=Measurement(concepts=(3004410,), high=6.5)),
    AllOf(of=(DIABETES, Not(of=Event(kind="drug", codes=("A10BA02",))), Age(at=date(2025, 1, 1), at_least=50))),
    AnyOf(of=(AllOf(of=(Sex(concepts=(8507,)), DIABETES)), Not(of=Event(kind="visit")))),
    Not(of=AnyOf(of=(DIABETES, Not(of=Event(kind="drug"))))),
    Mentioned(groups=("condition",), labels=("diabetes",)),
    Mentioned(labels=("diabetes",), include_negated=True, include_family=True, history="without"),
    Mentioned(codes=("A10*", "N02BE01"), window=IN_2024),
    Mentioned(labels=("creatinine",), low=100.0, high=250.5, unit="µmol/l"),
    Mentioned(groups=("condition", "drug"), include_hypothesis=True, include_reported=True, at_least=2),
    Not(of=Mentioned(labels=("copd",), history="only")),
    TextFound(text="l'œdème"),
    TextFound(text='"insuffisance rénale" -aiguë', window=IN_2024),
    TextFound(text="rénaux OU metf*", at_least=2),
    AllOf(of=(TextFound(text="INSUFFISANCE"), Mentioned(codes=("A10BA02",)), Not(of=TextFound(text="toux")))),
]
TEXTS = (
    "Insuffisance rénale aiguë sur œdème.",
    "Pas d'INSUFFISANCE RÉNALE, diabète",
    "Toux\nsèche ; metformine reprise",
    "OEDEMES des deux jambes, signes re\u0301naux",
    "Œdème, insuffisance cardiaque",
)
REFUSING = "patient-7"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    from cognoscope.core.database import migrate
    from cognoscope.core.home import Home
    from cognoscope.core.ledger import Ledger

    made = Home(tmp_path_factory.mktemp("hospital"))
    keys.create(made)
    migrate(made.ledger_url)
    warehouse = open_warehouse(made)
    pseudonymiser = warehouse.pseudonymiser()
    warehouse.commit("a" * 64, 0, invented(pseudonymiser))
    with Ledger.open(made.ledger_url) as ledger:
        person = pseudonymiser.person(REFUSING)
        optout.change(
            made, person, refuses=True, ledger=ledger, actor=program("test"), at=datetime(2025, 1, 1, tzinfo=UTC)
        )
    return made


def invented(pseudonymiser, persons=300):
    chance = random.Random(5)
    ids = [pseudonymiser.person_key(f"patient-{number}") for number in range(persons)]

    def some(share, most):
        return [each for each in ids if chance.random() < share for _ in range(chance.randint(1, most))]

    def day():
        return date(2023, 1, 1) + timedelta(days=chance.randrange(900))

    def rows(who, **columns):
        return pa.table({"person_id": who, **{name: [make() for _ in who] for name, make in columns.items()}})

    def numbered(table, name):
        return table.append_column(name, pa.array([chance.getrandbits(63) for _ in range(table.num_rows)], pa.int64()))

    return {
        "person": rows(
            ids,
            gender_concept_id=lambda: chance.choice([8507, 8532]),
            year_of_birth=lambda: chance.randint(1925, 2024),
            month_of_birth=lambda: chance.choice([None, *range(1, 13)]),
            day_of_birth=lambda: chance.choice([None, *range(1, 29)]),
        ),
        "condition_occurrence": numbered(
            rows(
                some(0.6, 3),
                condition_concept_id=lambda: chance.choice([201826, 317009, 0]),
                condition_start_date=day,
                condition_source_value=lambda: chance.choice(["E11.9", "E110", "J45", "E1", None]),
                visit_occurrence_id=lambda: chance.choice([None, 7593473096510932561]),
            ),
            "condition_occurrence_id",
        ),
        "drug_exposure": numbered(
            rows(
                some(0.5, 4),
                drug_concept_id=lambda: chance.choice([1503297, 0]),
                drug_exposure_start_date=day,
                drug_source_value=lambda: chance.choice(["A10BA02", "N02BE01", None]),
            ),
            "drug_exposure_id",
        ),
        "measurement": numbered(
            rows(
                some(0.7, 4),
                measurement_concept_id=lambda: chance.choice([3004410, 3025315]),
                measurement_date=day,
                value_as_number=lambda: chance.choice([None, round(chance.uniform(4, 12), 1)]),
                unit_concept_id=lambda: chance.choice([8554, 0]),
            ),
            "measurement_id",
        ),
        "visit_occurrence": numbered(
            rows(
                some(0.8, 8),
                visit_concept_id=lambda: chance.choice([9201, 9202, 9203]),
                visit_start_date=day,
                visit_start_datetime=lambda: datetime.combine(day(), datetime.min.time()),
            ),
            "visit_occurrence_id",
        ),
        "concept_ancestor": pa.table({"ancestor_concept_id": [201820], "descendant_concept_id": [201826]}),
        **reports(chance, some(0.8, 3), day),
    }


def reports(chance, who, day):
    """Reports, what a component read in them, and the rows of an older version of it, which no longer count."""

    def mention():
        label, group, code = chance.choice(
            [
                ("diabetes", "condition", "E11.9"),
                ("copd", "condition", ""),
                ("drug", "drug", "A10BA02"),
                ("drug", "drug", "N02BE01"),
                ("creatinine", "measurement", ""),
            ]
        )
        measured = group == "measurement"
        return Mention(
            start=0,
            stop=4,
            group=group,
            label=label,
            code=code,
            **{name: chance.random() < 0.3 for name in ("negated", "hypothesis", "family", "history", "reported")},
            value=round(chance.uniform(50, 400), 1) if measured else None,
            unit=chance.choice(["µmol/l", "mg/l"]) if measured else "",
        )

    ids = [chance.getrandbits(63) for _ in who]
    texts = [chance.choice(TEXTS) for _ in who]
    new, old = (Component(name="conditions", version=version, read=lambda texts: []) for version in ("2", "1"))
    found = {each: [[mention() for _ in range(chance.randint(0, 3))] for _ in ids] for each in (new, old)}
    rows = [mention_rows(each, ids, texts, of, date(2025, 1, 1)) for each, of in found.items()]
    readings = [
        {
            "note_reading_id": chance.getrandbits(63),
            "note_id": note,
            "person_id": person,
            "component": "conditions",
            "nlp_system": nlp_system(new, content_digest(text)),
            "content_digest": content_digest(text),
            "mentions": len(mentions),
        }
        for note, person, text, mentions in zip(ids, who, texts, found[new], strict=True)
    ]
    zeros = ("note_type_concept_id", "note_class_concept_id", "encoding_concept_id", "language_concept_id")
    return {
        "note": pa.table(
            {"note_id": ids, "person_id": who, "note_date": [day() for _ in who], "note_text": texts}
            | {name: [0] * len(ids) for name in zeros}
        ),
        "note_nlp": pa.concat_tables(rows),
        "note_reading": pa.Table.from_pylist(readings),
    }


@pytest.fixture(scope="module")
def duckdb(home):
    backend = open_warehouse(home).connect()
    yield backend
    backend.disconnect()


@pytest.fixture(scope="module")
def expected(duckdb):
    return [found(criterion, duckdb) for criterion in COHORTS]


def found(criterion, backend, opted_out=(), find_text=None):
    ids = members(Cohort(name="same", criterion=criterion), backend, opted_out, find_text).to_pyarrow()["person_id"]
    return sorted(ids.to_pylist())


def some_notes(backend):
    """What an index might have found: keys of 63 bits, which must arrive whole on every engine."""
    return sorted(backend.table("note").note_id.to_pyarrow().to_pylist())[:40]


def all_mentions(backend):
    table = mentions(backend)
    names = [name for name in table.columns if name != "visit_occurrence_id"]
    rows = table.select(*names).order_by("note_nlp_id").to_pyarrow().to_pylist()
    return json.loads(json.dumps(rows, default=str))


def refusing(home):
    return person_id(open_warehouse(home).pseudonymiser().person(REFUSING))


def test_every_cohort_is_some_of_the_persons_and_none_who_refused(home, duckdb, expected):
    persons = duckdb.table("person").count().to_pyarrow().as_py()
    assert persons == 299
    assert all(0 < len(ids) < persons for ids in expected)
    assert all(refusing(home) not in ids for ids in expected)


def conditions(backend):
    """Keys of 63 bits with gaps among them are what careless copies damage."""
    table = backend.table("condition_occurrence")
    names = ["condition_occurrence_id", "person_id", "visit_occurrence_id", "condition_start_date"]
    texts = table.select(**{name: table[name].cast("string").fill_null("") for name in names}).to_pyarrow()
    return sorted([row[name] for name in names] for row in texts.to_pylist())


@pytest.mark.postgres
def test_postgresql_finds_the_same_people(home, duckdb, expected, postgres_url):
    backend = ibis.connect(postgres_url)
    try:
        copied = to_postgres(duckdb, backend, NAMES)
        assert copied["person"] == 299
        assert conditions(backend) == conditions(duckdb)
        assert [found(criterion, backend) for criterion in COHORTS] == expected
        assert all_mentions(backend) == all_mentions(duckdb)
        notes = some_notes(duckdb)
        through_index = [found(TextFound(text="x"), each, find_text=lambda _: notes) for each in (backend, duckdb)]
        assert through_index[0] == through_index[1] != []
        # Somebody refuses after the copy was made.
        late = expected[0][0]
        assert found(COHORTS[0], backend, opted_out=[late]) == expected[0][1:]
        again = to_postgres(duckdb, backend, NAMES)
        assert again == copied
    finally:
        backend.disconnect()


@pytest.mark.spark
@pytest.mark.slow
def test_spark_finds_the_same_people(home, duckdb, expected, tmp_path):
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark is not installed: make .venv/.spark")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs a Java runtime")
    to_parquet(duckdb, tmp_path, NAMES)
    late = expected[1][0]
    notes = some_notes(duckdb)
    done = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("spark_session.py")),
            str(tmp_path),
            json.dumps([late]),
            json.dumps(notes),
        ],
        input=json.dumps([Cohort(name="same", criterion=criterion).plain() for criterion in COHORTS]),
        capture_output=True,
        text=True,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    spark = json.loads(done.stdout.splitlines()[-1])
    assert spark["members"] == [[each for each in ids if each != late] for ids in expected]
    assert spark["conditions"] == conditions(duckdb)
    assert spark["mentions"] == all_mentions(duckdb)
    assert spark["through_index"] == found(TextFound(text="x"), duckdb, find_text=lambda _: notes)


def test_the_index_finds_the_same_people(home, duckdb, expected):
    pytest.importorskip("tantivy")
    from cognoscope.intake.cohorts_text import through
    from cognoscope.intake.search import open_index

    index = open_index(home)
    index.update(open_warehouse(home))
    assert [found(criterion, duckdb, find_text=through(index)) for criterion in COHORTS] == expected


def test_rows_of_an_older_reading_do_not_count(duckdb):
    current = all_mentions(duckdb)
    assert 0 < len(current) < duckdb.table("note_nlp").count().to_pyarrow().as_py()
    assert {row["note_nlp_id"] for row in current} == {
        row["note_nlp_id"] for row in rows_of(duckdb) if row["nlp_system"].startswith("conditions:2:")
    }


def rows_of(backend):
    kept = backend.table("note").note_id
    table = backend.table("note_nlp")
    return table.filter(table.note_id.isin(kept)).select("note_nlp_id", "nlp_system").to_pyarrow().to_pylist()
