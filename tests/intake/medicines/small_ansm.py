"""A thesaurus of a few invented lines, in the layout of the extraction."""

import json
from pathlib import Path
from typing import Any

from cognoscope.intake.knowledge.ansm import ANSM
from cognoscope.intake.medicines.thesaurus import Thesaurus, thesaurus_of

MACROLIDES = "MACROLIDES (SAUF SPIRAMYCINE)"


def record(
    main: str, plus: str, *levels: tuple[str, str], between: str = "", why: str = "Une raison."
) -> dict[str, Any]:
    """One interaction as the extraction writes it."""
    return {
        "main_drug": main,
        "between_main_and_plus_drug": between,
        "plus_drug": plus,
        "severity_levels": [{"level": level, "info": info} for level, info in levels],
        "interaction_mechanism": why,
        "description": why,
    }


RECORDS = [
    record(MACROLIDES, "COLCHICINE", ("CONTRE-INDICATION", ""), between="(azithromycine, erythromycine)"),
    record("COLCHICINE", MACROLIDES, ("CONTRE-INDICATION", "")),
    record("AMLODIPINE", "RAMIPRIL", ("Précaution d'emploi", "Surveiller."), ("Association DECONSEILLEE", "si choc.")),
    record("MÉDICAMENTS SÉDATIFS", "AUTRES MÉDICAMENTS SÉDATIFS", ("Il convient de prendre en compte", "")),
    record("RÉSINES CHÉLATRICES", "MÉDICAMENTS ADMINISTRÉS PAR VOIE ORALE", ("A prendre en compte", "")),
    record("ALCOOL (BOISSON OU EXCIPIENT)", "DI(ACEFYLLINE) CALMANTE", ("CI - ASDEC", "")),
    record(
        "MÉDICAMENTS SÉDATIFS",
        "ALCOOL (BOISSON OU EXCIPIENT)",
        ("Association DECONSEILLEE", ""),
        between="Ils s'additionnent (voir aussi).\n(di(acefylline) calmante, dormirine, zopinol (sel de),\nramipril)",
    ),
]
INDEX = [
    {"substance": "azithromycine", "drug_classes": ["macrolides (sauf spiramycine)"]},
    {"substance": "spiramycine", "drug_classes": []},
    {"substance": "colchicine", "drug_classes": []},
    {"substance": "amlodipine", "drug_classes": []},
    {"substance": "ramipril", "drug_classes": []},
    {"substance": "dormirine", "drug_classes": ["médicaments sédatifs", "autres médicaments sédatifs"]},
    {"substance": "zopinol (sel de)", "drug_classes": ["médicaments sédatifs", "autres médicaments  sédatifs"]},
    {"substance": "di(acefylline) calmante", "drug_classes": []},
    {"substance": "colestilin", "drug_classes": ["résines chéla- trices"]},
    {"substance": "insuline", "drug_classes": ["insuline"]},
]


def write_ansm(folder: Path, records: Any = RECORDS, index: Any = INDEX) -> Path:
    """Both files, in a folder of their own."""
    folder.mkdir(parents=True)
    (folder / "thesaurus.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    (folder / "index.json").write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")
    return folder


def small_thesaurus(folder: Path) -> Thesaurus:
    """The same, loaded."""
    return thesaurus_of(ANSM.load(write_ansm(folder)))
