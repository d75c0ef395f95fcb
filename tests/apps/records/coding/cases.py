"""Sample cases of records.coding: invented stays, written here."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from cognoscope.apps.records.coding.association import Book, Seen
from cognoscope.apps.records.coding.case import StayRecord, build_case, seen
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.home import Home
from cognoscope.intake.warehouse import open_warehouse

AS_OF = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
LETTER = """Motif d'hospitalisation : dyspnée fébrile.
Antécédents :
- HTA traitée
- Diabète de type 2 sous metformine
- Mère : cancer du sein
Évolution :
Pas d'embolie pulmonaire à l'angioscanner thoracique. Antibiothérapie pour pneumopathie basale droite.
Conclusion :
Au total pneumopathie basale droite chez un patient hypertendu et diabétique de type 2."""


def record(number: int = 4101, **changes: object) -> StayRecord:
    """A stay for pneumonia, in which the diabetes was forgotten and a hypothyroidism put in its place."""
    day = "2026-11-14"
    made = StayRecord(
        stay=str(number),
        person=number,
        end=date(2026, 11, 20),
        age=74,
        sex="m",
        days=6,
        notes=[{"note_date": "2026-11-20", "note_title": "Lettre de sortie", "note_text": LETTER}],
        diagnoses=[{"code": "J18.9", "role": "dp"}, {"code": "I10", "role": "das"}, {"code": "E03.9", "role": "das"}],
        drugs=[{"atc": code, "date": day, "source": "file"} for code in ("J01CR02", "A10BA02", "C08CA01", "N02BE01")],
        acts=[{"code": "ZBQK002", "date": day}],
        biology=[
            {"label": "crp", "value": 148.0, "unit": "mg/L", "date": day, "source": "file"},
            {"label": "glycémie", "value": 2.1, "unit": "g/L", "date": day, "source": "file"},
        ],
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def habits() -> list[Seen]:
    """Eighty other stays in which diabetes goes with metformin."""
    diabetic = Seen(0, frozenset({"E11", "I10"}), frozenset({"drug:A10BA", "word:E11", "age:65-79"}))
    other = Seen(0, frozenset({"J18"}), frozenset({"drug:J01CR", "word:J18", "age:65-79"}))
    return [Seen(-number, each.families, each.tokens) for number, each in enumerate([diabetic, other] * 40, start=1)]


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    alone = record()
    pairs = Book(habits()).pairs(seen(alone, AS_OF))
    return [build_case(alone, AS_OF, pairs, "file"), build_case(record(4102), AS_OF)]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    empty = build_case(StayRecord("4103", 1, date(2026, 11, 20)), AS_OF)
    normal = build_case(record(), AS_OF)
    word = [{"note_date": "2026-11-20", "note_title": None, "note_text": "RAS."}]
    broken = Table(
        name="diagnosis",
        columns=(
            Column(name="code", type="text", values=(None, "")),
            Column(name="role", type="text", values=("dp", "?")),
        ),
    )
    return {
        "empty": empty,
        "too short": build_case(StayRecord("4104", 1, date(2026, 11, 20), notes=word), AS_OF),
        "out of range": normal.model_copy(update={"facts": (Fact(name="age_years", value=740),)}),
        "negative age": normal.model_copy(update={"facts": (Fact(name="age_years", value=-3),)}),
        "garbage": normal.model_copy(update={"tables": (broken,)}),
        "another's case": Case(kind="lung-scan", subject="person:abc", as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let the stay of the first usable case be coded in the warehouse; returns when that is settled."""
    codes = ("J18.9", "I10", "E11.9")
    stay = int(usable()[0].subject[5:])
    system = "http://hl7.org/fhir/sid/icd-10-fr|"
    table = pa.table(
        {
            "condition_occurrence_id": list(range(1, len(codes) + 1)),
            "person_id": [1] * len(codes),
            "condition_start_date": pa.array([date(2026, 11, 14)] * len(codes)),
            "visit_occurrence_id": [stay] * len(codes),
            "condition_source_value": [system + code for code in codes],
            "condition_status_source_value": ["DP", "DAS", "DAS"],
        }
    )
    open_warehouse(home).commit("c" * 64, 0, {"condition_occurrence": table})
    return AS_OF + timedelta(days=45)
