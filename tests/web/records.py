"""A small invented hospital of texts: stays with findings to decide on, and a warehouse of notes with mentions."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.web.pages.ward import MODEL, RUNNER, SIGNER, said
from tests.web.people import START

from cognoscope.apps.emergency.arrivals import APPLICATION as ARRIVALS
from cognoscope.core.actor import Role
from cognoscope.core.application import Application
from cognoscope.core.case import Case, Column, Table
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.evidence import Pointer, RowsPointer, SpanPointer
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.core.running import run
from cognoscope.core.values import Attribute, Finding, Group, TextValue
from cognoscope.intake import keys
from cognoscope.intake.pseudonyms import person_id
from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.rows import content_digest, mention_rows, nlp_system
from cognoscope.intake.warehouse import open_warehouse

NAME = "records.test"
HOSTILE = "<script>alert('x')</script>"
REPORT = f"""COMPTE RENDU D'HOSPITALISATION

Motif : toux et fièvre depuis trois jours {HOSTILE}.

Antécédents : diabète de type 2 compliqué d'une néphropathie, sous metformine. Père : infarctus du myocarde.

Examen : râles crépitants à la base droite. Pas d'insuffisance cardiaque. Température 38,9 °C.

Conclusion : pneumopathie de la base droite d'un patient diabétique. Suspicion d'embolie pulmonaire, non confirmée."""
LETTER = (
    "Cher confrère,\n\n"
    + "Le patient a été revu ce jour, sans plainte nouvelle, le traitement est poursuivi sans changement. " * 40
    + "\n\nLa créatinine est à 132 µmol/l ; l'insuffisance rénale chronique est stable.\n\n"
    + "Le prochain rendez-vous est fixé dans six mois, avec un bilan biologique la semaine qui précède. " * 60
)
CODES = (
    ("J18.9", "Pneumopathie, sans précision", "pneumopathie"),
    ("E11.2", "Diabète de type 2, avec complications rénales", "diabète de type 2"),
    ("N18.9", "Insuffisance rénale chronique", "insuffisance rénale chronique"),
    ("I50.9", "Insuffisance cardiaque", "insuffisance cardiaque"),
    ("I26.9", "Embolie pulmonaire", "embolie pulmonaire"),
    ("Z83.3", "Antécédents familiaux d'infarctus", "infarctus du myocarde"),
)
QUALIFIED: dict[str, tuple[str, ...]] = {"I50.9": ("negated",), "I26.9": ("hypothesis",), "Z83.3": ("family",)}


def _span(texts: tuple[str, ...], words: str) -> tuple[Pointer, ...]:
    found: list[Pointer] = []
    for row, text in enumerate(texts):
        at = text.find(words)
        if at >= 0:
            found.append(SpanPointer(row=row, start=at, stop=at + len(words)))
    return tuple(found)


def stay_case(at: datetime, stay: str = "S1", texts: tuple[str, ...] = (REPORT, LETTER)) -> Case:
    """A stay's documents, and two drugs given."""
    dates = tuple((at.date() - timedelta(days=len(texts) - rank)).isoformat() for rank in range(len(texts)))
    titles = tuple(
        ("Compte rendu d'hospitalisation", "Courrier <b>de sortie</b>")[rank % 2] for rank in range(len(texts))
    )
    note = Table(
        name="note",
        columns=(
            Column(name="note_id", type="integer", values=tuple(range(1, len(texts) + 1))),
            Column(name="note_date", type="date", values=dates),
            Column(name="note_title", type="text", values=titles),
            Column(name="note_text", type="text", values=texts),
        ),
    )
    drugs = Table(name="drug", columns=(Column(name="code", type="text", values=("A10BA02", "J01CR02")),))
    return Case(kind="stay", subject=f"stay:{stay}", as_of=at, tables=(note, drugs))


def findings(texts: tuple[str, ...], more: int = 0) -> tuple[Finding, ...]:
    """One finding a code, the first the principal diagnosis; `more` invented associated ones."""
    made = [
        Finding(
            key=code,
            label=said(label),
            group="principal" if rank == 0 else "unlikely" if code in QUALIFIED else "associated",
            code=code,
            vocabulary="CIM-10",
            certainty=0.93 - 0.1 * rank,
            qualifiers=QUALIFIED.get(code, ()),
            attributes=(Attribute(name="status", label=said("statut"), value="compliqué"),) if rank == 1 else (),
            reason=said("Un antibiotique a été donné.") if rank == 0 else None,
            evidence=(*_span(texts, words), *((RowsPointer(table="drug", start=1, stop=2),) if rank == 0 else ())),
        )
        for rank, (code, label, words) in enumerate(CODES)
    ]
    words = ("toux", "fièvre", "râles crépitants", "base droite", "metformine", "néphropathie")
    made += [
        Finding(
            key=f"R{rank:02d}",
            label=said(f"Signe <i>{rank}</i>"),
            group="associated",
            code=f"R{rank:02d}",
            vocabulary="CIM-10",
            certainty=0.5,
            evidence=_span(texts, words[rank % len(words)]),
        )
        for rank in range(more)
    ]
    return tuple(made)


def _propose(case: Case) -> list[Proposal]:
    table = case.table("note")
    column = table.column("note_text") if table else None
    texts = tuple(str(one) for one in column.values) if column else ()
    found = findings(texts, more=9)
    value = TextValue(
        groups=(
            Group(name="principal", label=said("Diagnostic principal")),
            Group(name="associated", label=said("Diagnostics associés")),
            Group(name="unlikely", label=said("Codes peu vraisemblables")),
        ),
        findings=found,
    )
    return [
        Proposal(
            application=NAME,
            version=ARRIVALS.card.version,
            model_digest=MODEL,
            case_digest=case.digest,
            subject=case.subject,
            as_of=case.as_of,
            useful_until=case.as_of + timedelta(days=30),
            question="codes",
            title=Sentence(fr="Codage du séjour", en="Coding of the stay"),
            headline=Headline(text=said("DP J18.9 Pneumopathie ; 14 autres codes à vérifier"), urgency=0.6),
            value=value,
            evidence=tuple(pointer for finding in found for pointer in finding.evidence),
            would_change=(said("Un compte rendu de scanner."),),
        )
    ]


def _none(*_: Any) -> list[Any]:
    return []


def _no_evaluation(_: Path) -> Evaluation:
    raise NotImplementedError


def application(**changes: Any) -> Application:
    """A coding application under another name, decided by coders."""
    card = ARRIVALS.card.model_copy(
        update={
            "name": NAME,
            "title": Sentence(fr="Codage (essai)", en="Coding (trial)"),
            "kinds": ("text",),
            "reviewers": (Role.CODER,),
            "readers": (Role.DATA_PROTECTION_OFFICER, Role.MANAGER),
            **changes,
        }
    )
    return Application(card, MODEL, _propose, _none, _none, _none, _no_evaluation)


def propose(
    ledger: Ledger, stay: str = "S1", at: datetime = START, texts: tuple[str, ...] = (REPORT, LETTER)
) -> Proposal:
    """Run it on a stay."""
    (made,) = run(application(), stay_case(at, stay, texts), ledger, RUNNER, at)
    return made


def put_into_service(ledger: Ledger) -> None:
    """From draft to advisory."""
    for state in ("shadow", "advisory"):
        change_state(ledger, NAME, state, SIGNER, "essai", START - timedelta(days=30))


PERSONS = {"a" * 32: 8532, "b" * 32: 8507, "c" * 32: 8507}
"""Pseudonyms of the persons of the warehouse, and their sex."""

NOTES = (
    (11, "a" * 32, date(2024, 3, 2), "Compte rendu d'hospitalisation", REPORT),
    (12, "a" * 32, date(2025, 5, 6), "Courrier", LETTER),
    (13, "b" * 32, date(2025, 7, 1), "", "Pas de diabète. Patient sportif, sans antécédent."),
    (14, "c" * 32, date(2026, 1, 9), "Courrier", "Diabète équilibré sous insuline."),
)
READ = Component(name="conditions", version="1" * 64, read=lambda texts: [_read(text) for text in texts])


def _read(text: str) -> list[Mention]:
    wanted: tuple[tuple[str, dict[str, Any]], ...] = (
        ("Motif", {"group": "section", "label": "motif"}),
        ("Antécédents", {"group": "section", "label": "antecedents"}),
        ("Conclusion", {"group": "section", "label": "conclusion"}),
        (HOSTILE, {"group": "disorder", "label": "hostile<b>"}),
        ("diabète de type 2", {"group": "condition", "label": "diabetes", "code": "E11.9", "vocabulary": "CIM-10"}),
        ("Pas de diabète", {"group": "condition", "label": "diabetes", "negated": True}),
        ("Diabète", {"group": "condition", "label": "diabetes", "status": "complicated"}),
        ("insuffisance cardiaque", {"group": "condition", "label": "congestive_heart_failure", "negated": True}),
        ("infarctus du myocarde", {"group": "condition", "label": "myocardial_infarction", "family": True}),
        ("embolie pulmonaire", {"group": "disorder", "label": "embolie pulmonaire", "hypothesis": True}),
        ("metformine", {"group": "drug", "label": "drug", "code": "A10BA02", "vocabulary": "ATC"}),
        ("132 µmol/l", {"group": "measurement", "label": "creatinine", "value": 132.0, "unit": "µmol/l"}),
    )
    found = [
        Mention(start=text.index(words), stop=text.index(words) + len(words), **what)
        for words, what in wanted
        if words in text
    ]
    return sorted(found, key=lambda mention: mention.start)


Note = tuple[int, str, date, str, str]


def crowd() -> tuple[dict[str, int], list[Note]]:
    """Sixty more persons with one note each: forty with diabetes, half of them on metformin, twenty with neither."""
    people, notes = {}, []
    for rank in range(60):
        name = f"{rank + 1:02x}" * 16
        people[name] = 8532 if rank % 2 else 8507
        text = (
            "Diabète connu" + (", sous metformine." if rank < 20 else ".") if rank < 40 else "Entorse de la cheville."
        )
        notes.append((100 + rank, name, date(2025, 1 + rank % 4, 10), "Consultation", text))
    return people, notes


def fill_warehouse(home: Home, *, crowded: bool = False) -> None:
    """Three persons and four notes, or sixty-three and sixty-four, read once by a component made by hand."""
    if not home.key_file.exists():
        keys.create(home)
    more, written = crowd() if crowded else ({}, [])
    everybody = {**PERSONS, **more}
    nobody = pa.array([0] * len(everybody), pa.int64())
    people = pa.table(
        {
            "person_id": pa.array([person_id(one) for one in everybody], pa.int64()),
            "gender_concept_id": pa.array(list(everybody.values()), pa.int64()),
            "year_of_birth": pa.array([1950 + 7 * (rank % 9) for rank in range(len(everybody))], pa.int64()),
            "race_concept_id": nobody,
            "ethnicity_concept_id": nobody,
            "person_source_value": list(everybody),
        }
    )
    ids, persons, days, titles, texts = (list(column) for column in zip(*NOTES, *written, strict=True))
    about = pa.array([person_id(one) for one in persons], pa.int64())
    zeros = pa.array([0] * len(ids), pa.int64())
    concepts = ("note_type_concept_id", "note_class_concept_id", "encoding_concept_id", "language_concept_id")
    notes = pa.table(
        {
            "note_id": pa.array(ids, pa.int64()),
            "person_id": about,
            "note_date": pa.array(days, pa.date32()),
            "note_title": titles,
            "note_text": texts,
            **dict.fromkeys(concepts, zeros),
        }
    )
    digests = [content_digest(text) for text in texts]
    readings = pa.table(
        {
            "note_reading_id": pa.array(ids, pa.int64()),
            "note_id": pa.array(ids, pa.int64()),
            "person_id": about,
            "component": [READ.name] * len(ids),
            "nlp_system": [nlp_system(READ, digest) for digest in digests],
            "content_digest": digests,
            "mentions": pa.array([len(_read(text)) for text in texts], pa.int64()),
        }
    )
    rows = mention_rows(READ, ids, texts, READ.read(texts), START.date())
    tables = {"person": people, "note": notes, "note_nlp": rows, "note_reading": readings}
    open_warehouse(home).commit("d" * 64, 0, tables)
