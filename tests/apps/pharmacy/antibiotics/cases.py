"""Sample cases of pharmacy.antibiotics: invented patients, and a tiny EUCAST in the official layout, written here."""
# ruff: noqa: E501

import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from cognoscope.apps.pharmacy.antibiotics.case import Infection, Tested, build_case
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates
from cognoscope.core.case import Case, Fact
from cognoscope.core.home import Home
from cognoscope.intake.knowledge.eucast import EUCAST
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.intake.warehouse import open_warehouse

AS_OF = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)

FILES = {
    "antimicrobials": """ab name group atc abbreviations synonyms loinc
AMX Amoxicillin Penicillins J01CA04 amox Amoxil 16365-9
AMC Amoxicillin/clavulanic_acid Penicillins J01CR02 augm Augmentin 18862-3
CTX Cefotaxime Cephalosporins J01DD01 - - 18886-2
CRO Ceftriaxone Cephalosporins J01DD04 - - 18895-3
CIP Ciprofloxacin Fluoroquinolones J01MA02 - - 18906-8
LVX Levofloxacin Fluoroquinolones J01MA12 - - 20396-8
SXT Cotrimoxazole Trimethoprims J01EE01 - - 18998-5
GEN Gentamicin Aminoglycosides J01GB03 - - 18928-2
AMK Amikacin Aminoglycosides J01GB06 - - 18860-7
CLR Clarithromycin Macrolides J01FA09 - - 18907-6
OXA Oxacillin Penicillins J01CF04 - - 18961-3
FOX Cefoxitin Cephalosporins J01DC01 - - 18888-8
CZO Cefazolin Cephalosporins J01DB04 - - 18878-9
VAN Vancomycin Glycopeptides J01XA01 - - 19000-9
PEN Benzylpenicillin Penicillins J01CE01 - - 18964-7""",
    "clinical_breakpoints_eucast": """guideline type host method site mo rank_index ab ref_tbl disk_dose breakpoint_S breakpoint_R uti is_SDD
EUCAST_2025 human human MIC - B_[ORD]_ENTRBCTR 5.0 AMX t - 8.0 8.0 False False
EUCAST_2025 human human MIC - B_[ORD]_ENTRBCTR 5.0 CTX t - 1.0 2.0 False False
EUCAST_2025 human human DISK - B_[ORD]_ENTRBCTR 5.0 CIP t - 25.0 22.0 False False
EUCAST_2024 human human MIC - B_[ORD]_ENTRBCTR 5.0 CTX t - 1.0 1.0 False False""",
    "intrinsic_resistant_eucast": """mo ab
B_ESCHR_COLI CLR
B_ESCHR_COLI VAN
B_ESCHR_COLI CLI
B_KLBSL_PNMN AMX
B_KLBSL_PNMN VAN
B_STRPT_PNMN GEN
B_STRPT_PNMN AMK
B_STPHY_AURS ATM""",
    "dosage_eucast": """ab name type dose dose_times administration notes original_txt eucast_version
AMX Amoxicillin standard_dosage 1_g 3 iv - - 15.0""",
    "microorganisms_subset": """mo fullname status kingdom family genus species subspecies rank oxygen_tolerance prevalence snomed
B_ESCHR Escherichia accepted Bacteria Enterobacteriaceae Escherichia - - genus a 1.0 1
B_ESCHR_COLI Escherichia_coli accepted Bacteria Enterobacteriaceae Escherichia coli - species a 1.0 1
B_KLBSL_PNMN Klebsiella_pneumoniae accepted Bacteria Enterobacteriaceae Klebsiella pneumoniae - species a 1.0 1
B_STRPT Streptococcus accepted Bacteria Streptococcaceae Streptococcus - - genus a 1.0 1
B_STRPT_PNMN Streptococcus_pneumoniae accepted Bacteria Streptococcaceae Streptococcus pneumoniae - species a 1.0 1
B_STPHY Staphylococcus accepted Bacteria Staphylococcaceae Staphylococcus - - genus a 1.0 1
B_STPHY_AURS Staphylococcus_aureus accepted Bacteria Staphylococcaceae Staphylococcus aureus - species a 1.0 1
B_STPHY_EPDR Staphylococcus_epidermidis accepted Bacteria Staphylococcaceae Staphylococcus epidermidis - species a 1.0 1""",
    "microorganism_groups": """mo_group mo mo_group_name mo_name
B_STPHY_CONS B_STPHY_EPDR CoNS Staphylococcus_epidermidis""",
}
"""`-` is an empty cell, `_` a space."""


def write_eucast(folder: Path) -> Path:
    """The tiny tables, in the official layout."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        kept = ("mo", "ab", "mo_group", "rank_index", "is_SDD", "uti", "rank", "type")
        lines = [line.split(" ") for line in text.splitlines()]
        head = lines[0]
        cells = [head] + [
            [
                "" if cell == "-" else (cell if column in kept or cell.startswith("B_") else cell.replace("_", " "))
                for column, cell in zip(head, line, strict=True)
            ]
            for line in lines[1:]
        ]
        body = "\n".join("\t".join(line) for line in cells)
        (folder / f"{name}.tsv").write_text(body + "\n", encoding="utf-8")
    return folder


@cache
def knowledge() -> Knowledge:
    """An installation's knowledge that holds the tiny tables and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        loaded = EUCAST.load(write_eucast(here / "eucast"))
        made = Knowledge(here / "knowledge")
        made.keep(EUCAST, loaded, AS_OF)
        for name in EUCAST_TABLES:
            made.table(EUCAST, name)
        return _Frozen(made)


EUCAST_TABLES = ("agent", "breakpoint", "intrinsic", "dosage", "germ", "group")


class _Frozen(Knowledge):
    """The same after its folder is gone: what was read is kept."""

    def __init__(self, made: Knowledge) -> None:
        super().__init__(made.folder)
        self._edition = made.edition(EUCAST)
        self._tables = {name: made.table(EUCAST, name) for name in EUCAST_TABLES}

    def edition(self, source):  # type: ignore[no-untyped-def]
        return self._edition if source.name == EUCAST.name else super().edition(source)

    def table(self, source, name):  # type: ignore[no-untyped-def]
        return self._tables[name] if source.name == EUCAST.name else super().table(source, name)


def isolates(number: int = 120) -> Isolates:
    """Invented isolates of two wards, from a fixed pattern: amoxicillin is active against half of E. coli."""
    rows = np.arange(number)
    germ = np.where(rows % 3 == 2, "B_STPHY_AURS", "B_ESCHR_COLI")
    return Isolates(
        patient=np.char.add("p", rows.astype(str)),
        day=np.datetime64("2025-01-01") + rows.astype("timedelta64[D]"),
        ward=np.where(rows % 2 == 0, "urology", "surgery"),
        specimen=np.full(number, "blood"),
        germ=germ,
        categories={
            "AMX": np.where(germ == "B_ESCHR_COLI", np.where(rows % 2 == 0, "S", "R"), ""),
            "CTX": np.where(germ == "B_ESCHR_COLI", np.where(rows % 10 == 0, "R", "S"), ""),
            "GEN": np.where(rows % 12 == 0, "R", "S"),
            "FOX": np.where(germ == "B_STPHY_AURS", np.where(rows % 5 == 0, "R", "S"), ""),
        },
    )


def bacteraemia(**changes: object) -> Infection:
    """E. coli in the blood of an invented person, resistant to amoxicillin."""
    said: dict[str, object] = {
        "subject": "person:4101",
        "infection": "bacteraemia",
        "severity": "moderate",
        "acquired": "community",
        "germ": "E. coli",
        "results": (Tested("AMX", "R"), Tested("AMC", "R"), Tested("CTX", "", "MIC", "<=0.25"), Tested("CIP", "S")),
        "age_years": 71,
        "sex": "f",
        "weight_kg": 60.0,
        "creatinine_umol_l": 90.0,
        "ward": "urology",
    }
    return Infection(**said | changes)  # type: ignore[arg-type]


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    pneumonia = Infection("stay:4102", "pneumonia-community", "moderate", "community", age_years=45, sex="m")
    return [
        build_case(bacteraemia(), knowledge(), AS_OF, isolates(), "file"),
        build_case(pneumonia, knowledge(), AS_OF, isolates(), "file"),
        build_case(Infection("stay:4103", "cystitis"), knowledge(), AS_OF),
    ]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    normal = usable()[0]
    empty = Case(kind="infection", subject="stay:4104", as_of=AS_OF, facts=(Fact(name="eucast_loaded", value=True),))
    broken = next(table for table in normal.tables if table.name == "regimen")
    columns = tuple(
        column.model_copy(update={"values": ("?",) * broken.rows}) if column.name == "line" else column
        for column in broken.columns
    )
    others = tuple(table for table in normal.tables if table.name != "regimen")
    garbage = normal.model_copy(update={"tables": (*others, broken.model_copy(update={"columns": columns}))})
    with tempfile.TemporaryDirectory() as nothing:
        unloaded = build_case(bacteraemia(germ="", results=()), Knowledge(Path(nothing)), AS_OF)
    return {
        "empty": empty,
        "too short": Case(kind="infection", subject="stay:4105", as_of=AS_OF),
        "out of range": build_case(bacteraemia(egfr=-12.0), knowledge(), AS_OF),
        "an age that nobody has": build_case(bacteraemia(age_years=190), knowledge(), AS_OF),
        "garbage": garbage,
        "pregnant man": build_case(bacteraemia(sex="m", pregnant="yes"), knowledge(), AS_OF),
        "child": build_case(bacteraemia(age_years=9), knowledge(), AS_OF),
        "EUCAST not loaded": unloaded,
        "another's case": Case(kind="lung-scan", subject="person:abc", as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let the laboratory find, in the warehouse, what the first usable case's germ was susceptible to."""
    results = {"AMX": "R", "AMC": "R", "CTX": "S", "CRO": "S", "CIP": "S", "TZP": "S", "MEM": "S", "SXT": "S"}
    table = pa.table(
        {
            "isolate_id": list(range(1, len(results) + 1)),
            "person_id": [int(usable()[0].subject[7:])] * len(results),
            "isolate_date": pa.array([date(2026, 11, 22)] * len(results)),
            "specimen": ["blood"] * len(results),
            "germ": ["B_ESCHR_COLI"] * len(results),
            "agent": list(results),
            "category": list(results.values()),
        }
    )
    open_warehouse(home).commit("d" * 64, 0, {"isolate": table})
    return AS_OF + timedelta(days=9)
