"""What a criterion on mentions and on words means, case by case."""

from datetime import date

import pyarrow as pa
import pytest
from tests.intake.search.hospital import with_reports

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.cohorts import Cohort, Mentioned, Not, TextFound, Window, members
from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.rows import content_digest, mention_rows, nlp_system

READER = Component(name="conditions", version="1", read=lambda texts: [])


def mention(label="diabetes", group="condition", **how):
    return Mention(start=0, stop=4, group=group, label=label, **how)


REPORTS = [
    # person, day, text, mentions
    (1, date(2024, 1, 1), "Diabète connu.", [mention(code="E11.9", vocabulary="CIM-10")]),
    (1, date(2025, 1, 1), "Diabète stable.", [mention(code="E11.9"), mention(code="E11.9")]),
    (2, date(2025, 1, 1), "Pas de diabète.", [mention(negated=True)]),
    (3, date(2025, 1, 1), "Père diabétique.", [mention(family=True)]),
    (4, date(2025, 1, 1), "Diabète ?", [mention(hypothesis=True)]),
    (5, date(2025, 1, 1), "Se dit diabétique.", [mention(reported=True)]),
    (6, date(2025, 1, 1), "ATCD : diabète.", [mention(history=True)]),
    (7, date(2025, 1, 1), "Metformine.", [mention("drug", "drug", code="A10BA02", vocabulary="ATC")]),
    (8, date(2025, 1, 1), "HbA1c 7,5 %.", [mention("hba1c", "measurement", value=7.5, unit="%")]),
    (9, date(2025, 1, 1), "HbA1c 58 mmol/mol.", [mention("hba1c", "measurement", value=58.0, unit="mmol/mol")]),
    (10, date(2025, 1, 1), "Œdème, NFS normale", []),
]


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    from cognoscope.core.home import Home

    home = Home(tmp_path_factory.mktemp("hospital"))
    ids = range(len(REPORTS))
    texts = [text for _, _, text, _ in REPORTS]
    reports = [
        {"note_id": note, "person_id": person, "note_date": day, "note_text": text}
        for note, (person, day, text, _) in zip(ids, REPORTS, strict=True)
    ]
    readings = [
        {
            "note_reading_id": note,
            "note_id": note,
            "person_id": REPORTS[note][0],
            "component": "conditions",
            "nlp_system": nlp_system(READER, content_digest(texts[note])),
            "content_digest": content_digest(texts[note]),
            "mentions": 1,
        }
        for note in ids
    ]
    persons = {"person_id": range(1, 11), "gender_concept_id": [8532] * 10, "year_of_birth": [1960] * 10}
    warehouse = with_reports(home, reports)
    rows = mention_rows(READER, ids, texts, [found for *_, found in REPORTS], date(2025, 2, 1))
    tables = {"person": pa.table(persons), "note_nlp": rows, "note_reading": pa.Table.from_pylist(readings)}
    warehouse.commit("b" * 64, 0, tables)
    made = warehouse.connect()
    yield made
    made.disconnect()


def found(criterion, backend):
    table = members(Cohort(name="some", criterion=criterion), backend).to_pyarrow()
    return sorted(table["person_id"].to_pylist())


@pytest.mark.parametrize(
    ("asked", "persons"),
    [
        ({"labels": ("diabetes",)}, [1, 6]),
        ({"labels": ("diabetes",), "include_negated": True}, [1, 2, 6]),
        ({"labels": ("diabetes",), "include_family": True}, [1, 3, 6]),
        ({"labels": ("diabetes",), "include_hypothesis": True}, [1, 4, 6]),
        ({"labels": ("diabetes",), "include_reported": True}, [1, 5, 6]),
        ({"labels": ("diabetes",), "history": "without"}, [1]),
        ({"labels": ("diabetes",), "history": "only"}, [6]),
        ({"labels": ("diabete",)}, []),
        ({"groups": ("condition", "drug")}, [1, 6, 7]),
        ({"groups": ("drug",), "labels": ("diabetes",)}, []),
        ({"codes": ("E11.9",)}, [1]),
        ({"codes": ("E11",)}, []),
        ({"codes": ("E11*", "A10*")}, [1, 7]),
        ({"labels": ("hba1c",), "low": 6.5}, [8, 9]),
        ({"labels": ("hba1c",), "low": 6.5, "unit": "%"}, [8]),
        ({"labels": ("hba1c",), "high": 7.5}, [8]),
        ({"labels": ("hba1c",), "high": 7.4, "unit": "%"}, []),
        # Two mentions in one report are one report; two reports are two.
        ({"labels": ("diabetes",), "at_least": 2}, [1]),
        ({"labels": ("diabetes",), "at_least": 2, "window": Window(start=date(2024, 6, 1))}, []),
        ({"labels": ("diabetes",), "window": Window(end=date(2024, 6, 1))}, [1]),
    ],
)
def test_who_is_meant(backend, asked, persons):
    assert found(Mentioned(**asked), backend) == persons


def test_not_said_of_somebody_is_everybody_else(backend):
    assert found(Not(of=Mentioned(labels=("diabetes",))), backend) == [2, 3, 4, 5, 7, 8, 9, 10]


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("diabete", [1, 2, 4, 6]),
        ("diabete -pas", [1, 4, 6]),
        ("diab*", [1, 2, 3, 4, 5, 6]),
        ('"pas de diabète"', [2]),
        ("oedeme", [10]),
        ("l'œdème nfs", [10]),
        ("metformine OU hba1c", [7, 8, 9]),
        ("7,5", [8]),
        ("diab", []),
    ],
)
def test_words_without_an_index(backend, text, persons):
    assert found(TextFound(text=text), backend) == persons


def test_a_criterion_without_a_word_is_refused(backend):
    with pytest.raises(InvalidInput, match="word"):
        found(TextFound(text="!!!"), backend)
