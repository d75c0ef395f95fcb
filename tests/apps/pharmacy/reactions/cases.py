"""Sample cases of pharmacy.reactions: invented declarations, and a pharmacopoeia of a few lines in the official
layouts.
"""

import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pyarrow as pa

from cognoscope.apps.pharmacy.reactions.case import build_case
from cognoscope.apps.pharmacy.reactions.contract import KIND
from cognoscope.apps.pharmacy.reactions.declaration import Declaration
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.home import Home
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.intake.warehouse import open_warehouse

AS_OF = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
NOTE = """Patiente de 45 ans traitée par ciprofloxacine 500 mg matin et soir à partir du 03/02/2026
pour une infection urinaire.
Le 06/02/2026, urticaire généralisée et malaise, hospitalisation de deux jours. Pas de fièvre.
Arrêt de la ciprofloxacine, évolution favorable. Antécédent d'eczéma."""
WORDS = "J'ai pris un ibuprofène et une heure après mes lèvres ont gonflé, j'avais du mal à respirer."
SPECIALITIES = (
    ("60000101", "CIPROFLOXACINE ESSAI 500 mg, comprimé pelliculé", "ciprofloxacine", "comprimé"),
    ("60000102", "IBUPROFENE ESSAI 400 mg, comprimé", "ibuprofène", "comprimé"),
    ("60000103", "AMOXICILLINE ESSAI 1 g, comprimé dispersible", "amoxicilline", "comprimé"),
    ("60000104", "KESTOVAL 10 mg, gélule", "ramipril", "gélule"),
    ("60000105", "KESTOVAL DUO 10 mg/12,5 mg, gélule", "hydrochlorothiazide", "gélule"),
    ("60000106", "ADRENALINE ESSAI 1 mg/mL, solution injectable", "adrénaline", "solution"),
)
TERMS = (
    ("10046735", "Urticaria", "Skin and subcutaneous tissue disorders", "hospitalization indicated"),
    ("10025482", "Malaise", "General disorders", ""),
    ("10014222", "Edema face", "General disorders", ""),
    ("10013963", "Dyspnea", "Respiratory disorders", "hospitalization indicated"),
    ("10016558", "Fever", "General disorders", ">40.0 degrees C"),
    ("10002272", "Anemia", "Blood disorders", "transfusion indicated"),
    ("10028694", "Nail ridging", "Skin and subcutaneous tissue disorders", ""),
)


def write_knowledge(folder: Path) -> Path:
    """The public database and CTCAE, a few invented lines each, laid out as the registry says."""
    edition = folder / "drugs" / "bdpm" / "2026-04"
    edition.mkdir(parents=True)
    rest = (
        "orale",
        "Autorisation active",
        "Procédure nationale",
        "Commercialisée",
        "01/01/2000",
        "",
        "",
        "ESSAI",
        "Non",
    )
    products = ["\t".join((cis, name, form, *rest)) for cis, name, _, form in SPECIALITIES]
    parts = [
        "\t".join((cis, form, str(number), substance.upper(), "10 mg", "un comprimé", "SA", "1", ""))
        for number, (cis, _, substance, form) in enumerate(SPECIALITIES, start=10)
    ]
    (edition / "CIS_bdpm.txt").write_text("\r\n".join(products) + "\r\n", encoding="cp1252")
    (edition / "CIS_COMPO_bdpm.txt").write_text("\r\n".join(parts) + "\r\n", encoding="cp1252")
    (folder / "drugs" / "ctcae-v5").mkdir()
    header = (
        "MedDRA.Code,MedDRA.SOC,CTCAE.Term,Grade.1,Grade.2,Grade.3,Grade.4,Grade.5,Definition,"
        "Navigational.Note,CTCAE.v5.0.Change"
    )
    lines = [
        f"{code},{soc},{name},Mild,Moderate,{third or '-'},Life-threatening consequences,Death,-,,"
        for code, name, soc, third in TERMS
    ]
    (folder / "drugs" / "ctcae-v5" / "ctcae_v5.csv").write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return folder


@cache
def knowledge() -> Knowledge:
    """The invented pharmacopoeia."""
    folder = Path(tempfile.mkdtemp(prefix="reactions-"))
    return Knowledge(folder / "none", write_knowledge(folder / "data"))


def nothing() -> Knowledge:
    """An installation in which nothing is loaded."""
    return Knowledge(Path("/nonexistent"))


def case_of(text: str, key: str = "R1", **given: object) -> Case:
    """The case of some words."""
    return build_case(Declaration(key, text, **given), knowledge(), AS_OF)  # type: ignore[arg-type]


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    first = case_of(NOTE, "note-7101", title="Déclaration de pharmacovigilance", received_on=date(2026, 11, 20))
    unloaded = build_case(Declaration("R3", WORDS), nothing(), AS_OF)
    return [first, case_of(WORDS, "R2", reporter="patient"), unloaded]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    normal = case_of(NOTE)
    broken = Table(
        name="mention",
        columns=(
            Column(name="start", type="integer", values=(9, None)),
            Column(name="stop", type="integer", values=(3, 4)),
            Column(name="code", type="text", values=(None, "?")),
        ),
    )
    others = tuple(table for table in normal.tables if table.name != "mention")
    return {
        "empty": case_of(""),
        "too short": case_of("Bonjour."),
        "out of range": normal.model_copy(update={"facts": (Fact(name="age_years", value=740),)}),
        "garbage": normal.model_copy(update={"tables": (*others, broken)}),
        "another language": case_of(
            "Desde que tomo el medicamento tengo mucho dolor de cabeza y no puedo dormir por la noche."
        ),
        "nothing in it": case_of("Merci de me rappeler demain matin au sujet de mon prochain rendez-vous."),
        "another's case": Case(kind="lung-scan", subject="person:abc", as_of=AS_OF),
        "kind only": Case(kind=KIND, subject="report:R9", as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let the pharmacovigilance centre answer the first usable case; returns when."""
    table = pa.table(
        {
            "note_id": [7101, 7102],
            "person_id": [41, 41],
            "note_date": pa.array([date(2026, 11, 20), date(2026, 11, 30)]),
            "note_title": ["Déclaration de pharmacovigilance", "Avis du centre de pharmacovigilance"],
            "note_text": [
                NOTE,
                "Urticaire imputable à la ciprofloxacine, ayant conduit à une hospitalisation. Pas de fièvre.",
            ],
        }
    )
    open_warehouse(home).commit("d" * 64, 0, {"note": table})
    return AS_OF + timedelta(days=20)
