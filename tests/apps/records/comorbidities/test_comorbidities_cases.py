"""Cases from a file and from the warehouse; abstentions; what the proposal says; what was coded later."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from cognoscope.apps.records.comorbidities import APPLICATION
from cognoscope.apps.records.comorbidities.abstention import why_abstain
from cognoscope.apps.records.comorbidities.case import MAX_CHARACTERS, Note, build_case, read_mentions
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evidence import SpanPointer
from cognoscope.core.home import Home
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import TextValue
from cognoscope.intake.pseudonyms import person_id
from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.unread import Notes, tables_of
from cognoscope.intake.warehouse import Warehouse, open_warehouse

AS_OF = datetime(2026, 11, 21, 7, tzinfo=UTC)
PERSON = "0f" * 16
TEXT = "Le patient est diabétique et hypertendu (HTA), suivi depuis longtemps à la consultation."
DIABETES = Mention(start=TEXT.index("diab"), stop=TEXT.index(" et hyper"), group="condition", label="diabetes")
HTA = Mention(start=TEXT.index("HTA"), stop=TEXT.index(")"), group="condition", label="peripheral_vascular_disease")


def reader(mentions: Sequence[Mention]) -> Component:
    return Component("conditions", "0" * 64, lambda texts: [list(mentions) for _ in texts])


def warehouse_with(home: Home, days: Sequence[date], read: bool = True) -> Warehouse:
    """One person, one report a day; the same two mentions in each."""
    numbers = list(range(1, len(days) + 1))
    key = person_id(PERSON)
    persons = {
        "person_id": [key],
        "gender_concept_id": [8532],
        "year_of_birth": [1960],
        "month_of_birth": [12],
        "race_concept_id": [0],
        "ethnicity_concept_id": [0],
        "person_source_value": [PERSON],
    }
    notes = {
        "note_id": numbers,
        "person_id": [key] * len(days),
        "note_date": pa.array(list(days), pa.date32()),
        "note_type_concept_id": [0] * len(days),
        "note_class_concept_id": [0] * len(days),
        "note_text": [TEXT] * len(days),
        "encoding_concept_id": [0] * len(days),
        "language_concept_id": [0] * len(days),
    }
    tables = {"person": pa.table(persons), "note": pa.table(notes)}
    if read:
        about = Notes(numbers, [key] * len(days), [TEXT] * len(days))
        tables |= tables_of(reader([DIABETES, HTA]), about, [[DIABETES, HTA]] * len(days), date(2026, 11, 21))
    warehouse = open_warehouse(home)
    warehouse.commit("a" * 64, 0, tables)
    return warehouse


def proposed(case) -> Proposal:
    (proposal,) = APPLICATION.propose(case)
    return proposal


def test_a_case_from_the_warehouse_knows_nothing_later(home: Home):
    warehouse = warehouse_with(home, [date(2026, 1, 5), date(2026, 11, 20), date(2026, 12, 1)])
    (case,) = APPLICATION.cases_from_warehouse(warehouse, AS_OF)
    assert (case.subject, case.fact("age"), case.fact("sex")) == (f"person:{PERSON}", 65, "female")
    notes = case.table("note")
    assert notes and notes.column("note_date").values == ("2026-11-20", "2026-01-05")  # type: ignore[union-attr]
    assert read_mentions(case)["label"].tolist() == ["diabetes", "peripheral_vascular_disease"] * 2
    proposal = proposed(case)
    assert isinstance(proposal.value, TextValue)
    assert [finding.key for finding in proposal.value.findings] == ["diabetes", "charlson-1987", "quan-2011"]
    assert proposal.headline and proposal.headline.text.fr == "Charlson 1 : diabète"


def test_reports_that_nobody_read_are_said_to_be_unread(home: Home):
    (case,) = APPLICATION.cases_from_warehouse(warehouse_with(home, [date(2026, 1, 5)], read=False), AS_OF)
    abstention = proposed(case).abstention
    assert abstention and abstention.code == "not-read"


def test_an_empty_warehouse_has_no_case(home: Home):
    assert APPLICATION.cases_from_warehouse(open_warehouse(home), AS_OF) == []


def test_most_recent_reports_are_kept_and_the_others_counted():
    notes = [Note(str(day), f"2026-01-{day:02d}", "", "mot " * (MAX_CHARACTERS // 10), []) for day in range(1, 11)]
    case = build_case("person:a", notes, AS_OF)
    table = case.table("note")
    assert table and table.rows == 2 and case.fact("documents_left_out") == 8
    assert table.column("note_id").values == ("10", "9")  # type: ignore[union-attr]


def test_one_report_longer_than_the_limit_is_still_kept():
    case = build_case("person:a", [Note("1", "2026-01-01", "", "m" * (MAX_CHARACTERS + 1), [])], AS_OF)
    assert case.table("note").rows == 1  # type: ignore[union-attr]


def test_conditions_get_the_date_of_their_sentence():
    text = "Diabète depuis 2012, infarctus du myocarde en mars 2019."
    found = [
        Mention(start=0, stop=7, group="condition", label="diabetes"),
        Mention(start=21, stop=42, group="condition", label="myocardial_infarction"),
    ]
    case = build_case("person:a", [Note("1", "2026-01-01", "", text, found)], AS_OF)
    assert read_mentions(case)["date"].tolist() == ["2012", "2019-03"]


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ([], "no-report"),
        (["RAS."], "too-short"),
        (["12,5 33 40/7 " * 30], "no-words"),
        (["The patient was seen in the ward with a fever and is to be discharged on Monday."], "not-french"),
        (["Lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor magna aliqua"], "not-french"),
        (["المريض يعاني من ارتفاع ضغط الدم منذ سنوات طويلة ويتناول الدواء"], "not-french"),
    ],
)
def test_why_nothing_is_said(texts: list[str], code: str):
    why = why_abstain(texts, 0, 0)
    assert why and why.code == code


def test_telegraphic_notes_with_a_condition_are_read():
    assert why_abstain(["ATCD : HTA, DNID, BPCO"], 0, 2) is None
    assert why_abstain(["Le patient va bien, il est vu ce jour pour un contrôle de routine."], 0, 0) is None


def test_findings_cite_the_words_that_say_so(home: Home):
    (case,) = APPLICATION.cases_from_warehouse(warehouse_with(home, [date(2026, 1, 5)]), AS_OF)
    value = proposed(case).value
    assert isinstance(value, TextValue)
    finding = value.element("diabetes")
    assert finding and [one.text(case) for one in finding.evidence if isinstance(one, SpanPointer)] == ["diabétique"]
    assert finding.certainty is None and finding.reason and finding.reason.fr == "Affirmé dans 1 document."


def test_a_person_without_any_later_code_has_no_outcome(home: Home):
    warehouse = warehouse_with(home, [date(2026, 1, 5)])
    (case,) = APPLICATION.cases_from_warehouse(warehouse, AS_OF)
    assert APPLICATION.outcomes(warehouse, APPLICATION.propose(case), AS_OF) == []


@pytest.fixture
def read_for_real() -> None:
    pytest.importorskip("edsnlp", reason="needs the extra `text`")


@pytest.mark.usefixtures("read_for_real")
def test_a_text_file_is_read_from_end_to_end(tmp_path: Path):
    file = tmp_path / "lettre.txt"
    file.write_text(
        "Antécédents : diabète de type 2 compliqué de rétinopathie depuis 2012. Pas de BPCO.\n"
        "Traitement : metformine 1000 mg. Créatinine à 135 µmol/L. Adénocarcinome colique pT3N1M1.",
        encoding="utf-8",
    )
    (case,) = APPLICATION.cases_from_file(file, AS_OF)
    value = proposed(case).value
    assert isinstance(value, TextValue) and "lettre" not in case.canonical().decode()
    found = {finding.key: finding.group for finding in value.findings}
    assert found == {
        "diabetes": "condition",
        "solid_tumor": "condition",
        "copd": "denied",
        "charlson-1987": "score",
        "quan-2011": "score",
        "stage:pT3N1M1": "stage",
        "drug:A10BA02": "drug",
        "measurement:creatinine": "measurement",
    }
    assert value.element("charlson-1987").attributes[0].value == 8  # type: ignore[union-attr]


@pytest.mark.usefixtures("read_for_real")
@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".csv"])
def test_rows_of_several_persons_make_a_case_each(tmp_path: Path, suffix: str):
    rows = [
        {"person_id": "ANNA-CANARY", "note_date": "2026-02-03", "note_text": TEXT},
        {"person_id": "2", "note_date": "2026-02-04", "note_text": "Pas de diabète chez ce patient suivi ici."},
        {"person_id": "ANNA-CANARY", "note_date": "2025-02-03", "note_text": "Le patient est diabétique depuis 2012."},
    ]
    file = tmp_path / f"notes{suffix}"
    match suffix:
        case ".json":
            file.write_text(json.dumps(rows), encoding="utf-8")
        case ".jsonl":
            file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        case _:
            lines = [",".join(rows[0]), *(",".join(f'"{cell}"' for cell in row.values()) for row in rows)]
            file.write_text("\n".join(lines), encoding="utf-8")
    cases = APPLICATION.cases_from_file(file, AS_OF)
    assert [case.table("note").rows for case in cases] == [2, 1]  # type: ignore[union-attr]
    assert all("CANARY" not in case.canonical().decode() for case in cases)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"\xff\xfe\x00\x80", "not UTF-8"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b'[{"title": "x"}]', "no note_text"),
        ("a.json", b"[1]", "is an object"),
        ("a.json", b'[{"text": "x", "date": "hier"}]', "date"),
        ("a.docx", b"PK", "is not read here"),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes, said: str):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=said):
        APPLICATION.cases_from_file(file, AS_OF)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(InvalidInput, match="no such file"):
        APPLICATION.cases_from_file(tmp_path / "none.txt", AS_OF)
