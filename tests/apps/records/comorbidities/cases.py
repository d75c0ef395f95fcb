"""The sample cases of records.comorbidities: small French reports written for the tests, and what is read in them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from cognoscope.apps.records.comorbidities.case import Note, build_case
from cognoscope.core.case import Case
from cognoscope.core.home import Home
from cognoscope.intake.pseudonyms import person_id
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.warehouse import open_warehouse

AS_OF = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
PSEUDONYM = "0f" * 16
SUBJECT = f"person:{PSEUDONYM}"

LETTER = (
    "Motif : dyspnée.\nAntécédents : diabète de type 2 compliqué de rétinopathie depuis 2012, HTA, "
    "insuffisance rénale chronique stade 3. Pas de BPCO. Sa mère a eu un infarctus du myocarde.\n"
    "Tabagisme sevré en 2015. Suspicion d'insuffisance cardiaque.\n"
    "Traitement : metformine 1000 mg. Créatinine à 135 µmol/L.\nAdénocarcinome colique T3N1M1."
)
OLDER = "Consultation de suivi. Le patient est diabétique connu. Pas d'insuffisance rénale chronique. BPCO stade 2."


def mention(text: str, words: str, group: str = "condition", label: str = "", **said: Any) -> Mention:
    """A mention of some words of a text, as a reader would give it."""
    start = text.index(words)
    return Mention(start=start, stop=start + len(words), group=group, label=label, **said)  # type: ignore[arg-type]


def letter_mentions() -> list[Mention]:
    """What the readers find in `LETTER`."""
    return [
        mention(LETTER, "diabète de type 2", label="diabetes", status="complicated"),
        mention(LETTER, "HTA", label="peripheral_vascular_disease"),
        mention(LETTER, "insuffisance rénale chronique stade 3", label="ckd", severity="3"),
        mention(LETTER, "BPCO", label="copd", negated=True),
        mention(LETTER, "infarctus du myocarde", label="myocardial_infarction", family=True),
        mention(LETTER, "Tabagisme", label="tobacco", status="abstinence"),
        mention(LETTER, "insuffisance cardiaque", label="congestive_heart_failure", hypothesis=True),
        mention(LETTER, "metformine", "drug", "drug", code="A10BA02", vocabulary="ATC"),
        mention(LETTER, "135 µmol/L", "measurement", "creatinine", value=135.0, unit="µmol/L"),
        mention(LETTER, "T3N1M1", "stage", "tnm", code="T3N1M1", vocabulary="TNM", status="metastatic"),
    ]


def older_mentions() -> list[Mention]:
    """What the readers find in `OLDER`."""
    return [
        mention(OLDER, "diabétique", label="diabetes", status="without_complication"),
        mention(OLDER, "insuffisance rénale chronique", label="ckd", negated=True),
        mention(OLDER, "BPCO", label="copd"),
    ]


def note(
    text: str, mentions: list[Mention] | None = None, day: str = "2026-11-20", name: str = "1", read: bool = True
) -> Note:
    """A report with what was read in it."""
    return Note(name, day, "Compte rendu", text, mentions or [], read)


def two_reports() -> Case:
    """A letter and an older consultation that disagree about two conditions."""
    notes = [note(LETTER, letter_mentions()), note(OLDER, older_mentions(), "2024-03-02", "2")]
    return build_case(SUBJECT, notes, AS_OF, age=67, sex="male")


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    nothing = "Examen clinique normal. Le patient est en bon état général et ne se plaint de rien ce jour."
    return [two_reports(), build_case("person:abc", [note(nothing)], AS_OF)]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    english = "The patient was admitted for dyspnea and was treated with diuretics for heart failure at home."
    normal = two_reports()
    outside = note("Vu ce jour.", [Mention(start=500, stop=600, group="condition", label="diabetes")])
    return {
        "empty": build_case(SUBJECT, [], AS_OF),
        "too short": build_case(SUBJECT, [note("Vu ce jour.")], AS_OF),
        "out of range": build_case(SUBJECT, [outside], AS_OF),
        "garbage": build_case(SUBJECT, [note("12 45,3 88 ; 9 %% 77 / 12 " * 40)], AS_OF),
        "signs": build_case(SUBJECT, [note("\x00\ufffd#" * 200)], AS_OF),
        "English": build_case(SUBJECT, [note(english)], AS_OF),
        "not read": build_case(SUBJECT, [note(LETTER, read=False)], AS_OF),
        "later only": build_case(SUBJECT, [note(LETTER, letter_mentions(), "2027-01-01")], AS_OF),
        "no table": normal.model_copy(update={"tables": ()}),
        "another's case": Case(kind="daily-births", subject="unit:x", as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let a later stay of the person of the first usable case be coded; returns when that is known."""
    key = person_id(PSEUDONYM)
    tables = {
        "person": pa.table(
            {
                "person_id": [key],
                "gender_concept_id": [8507],
                "year_of_birth": [1959],
                "race_concept_id": [0],
                "ethnicity_concept_id": [0],
                "person_source_value": [PSEUDONYM],
            }
        ),
        "condition_occurrence": pa.table(
            {
                "condition_occurrence_id": [1, 2],
                "person_id": [key, key],
                "condition_concept_id": [0, 0],
                "condition_start_date": pa.array([date(2026, 12, 5)] * 2, pa.date32()),
                "condition_type_concept_id": [32817, 32817],
                "condition_source_value": ["E11.3", "J449"],
            }
        ),
    }
    open_warehouse(home).commit("c" * 64, 0, tables)
    return AS_OF + timedelta(days=30)
