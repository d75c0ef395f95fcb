"""A tiny knowledge in the official layouts, invented: a dozen medicines, seven interactions, three criteria."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from cognoscope.intake.knowledge.ansm import ANSM
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.stopp_start import STOPP_START
from cognoscope.intake.knowledge.store import Knowledge

AT = datetime(2026, 11, 1, tzinfo=UTC)
MEDICINES = (
    ("60000001", "CARDIONEL 200 mg, comprimé", "comprimé", "orale", "AMIODARONE", "Commercialisée"),
    ("60000002", "FLUIDAN 20 mg, comprimé", "comprimé", "orale", "FLUINDIONE", "Commercialisée"),
    ("60000003", "SPIROTONE 25 mg, comprimé", "comprimé", "orale", "SPIRONOLACTONE", "Commercialisée"),
    ("60000004", "RAMIPAX 5 mg, comprimé", "comprimé", "orale", "RAMIPRIL", "Commercialisée"),
    ("60000005", "CLARIMYX 500 mg, comprimé", "comprimé", "orale", "CLARITHROMYCINE", "Commercialisée"),
    ("60000006", "SIMVAX 20 mg, comprimé", "comprimé", "orale", "SIMVASTATINE", "Commercialisée"),
    ("60000007", "GLUCOMET 1000 mg, comprimé", "comprimé", "orale", "METFORMINE", "Commercialisée"),
    ("60000008", "AMOXINE 1 g, gélule", "gélule", "orale", "AMOXICILLINE", "Commercialisée"),
    ("60000009", "MICONAL, gel buccal", "gel", "buccale", "MICONAZOLE", "Commercialisée"),
    ("60000010", "DOLOPRANE 500 mg, comprimé", "comprimé", "orale", "PARACETAMOL", "Commercialisée"),
    ("60000011", "PARACEX 1000 mg, comprimé", "comprimé", "orale", "PARACETAMOL", "Commercialisée"),
    ("60000012", "VIEUXCOR 100 mg, comprimé", "comprimé", "orale", "AMIODARONE", "Non commercialisée"),
    ("60000013", "DICLOGEL 1 %, gel", "gel", "cutanée", "DICLOFENAC", "Commercialisée"),
    ("60000014", "DICLOCAP 50 mg, gélule", "gélule", "orale", "DICLOFENAC", "Commercialisée"),
    ("60000015", "LUMINAX 10 mg, comprimé", "comprimé", "orale", "ZOLPIDEM", "Commercialisée"),
    ("60000016", "LUMINAX 5 mg, gélule", "gélule", "orale", "BISOPROLOL", "Commercialisée"),
    ("60000017", "ASPICARD 75 mg, poudre", "poudre", "orale", "ACIDE ACETYLSALICYLIQUE", "Commercialisée"),
    ("60000018", "CEFIXOL 2 g, poudre", "poudre", "intraveineuse", "CEFTRIAXONE", "Commercialisée"),
)
INTERACTIONS = (
    ("FLUINDIONE", "MICONAZOLE", "Contre-indication", "", "Hémorragies imprévisibles."),
    ("CLARITHROMYCINE", "SIMVASTATINE", "Contre-indication", "", "Risque de rhabdomyolyse."),
    ("AMIODARONE", "FLUINDIONE", "Précaution d'emploi", "Contrôle plus fréquent de l'INR.", "Risque d'hémorragie."),
    (
        "SPIRONOLACTONE",
        "INHIBITEURS DE L'ENZYME",
        "Précaution d'emploi",
        "Surveillance de la kaliémie.",
        "Risque d'hyperkaliémie.",
    ),
    ("AMIODARONE", "CLARITHROMYCINE", "Association DECONSEILLEE", "", "Troubles du rythme ventriculaire."),
    ("DICLOFENAC", "FLUINDIONE", "Association DECONSEILLEE", "", "Risque d'hémorragie."),
    ("DICLOFENAC", "RAMIPRIL", "Précaution d'emploi", "Hydrater le malade.", "Insuffisance rénale aiguë."),
    ("AMIODARONE", "SIMVASTATINE", "A prendre en compte", "", "Risque musculaire."),
)
CLASSES = {"ramipril": ["inhibiteurs de l'enzyme"]}
CRITERIA = """<?xml version="1.0" encoding="UTF-8"?>
<rules>
  <rule id="STOPP K4"><description language="en">Sleeping pills of an invented kind.</description>
    <iteration priority="1">
      <condition><medicine negative="false"><terminology name="atc"><values operator="=">
        <value regex="true">N05CF</value></values></terminology></medicine></condition>
      <action type="stop"><medicine><terminology name="atc"><values operator="=">
        <value regex="true">N05CF</value></values></terminology></medicine></action>
    </iteration></rule>
  <rule id="STOPP E6"><description language="en">An invented limit of the renal function.</description>
    <iteration priority="1">
      <condition><measurement negative="false"><terminology name="loinc"><values operator="=">
        <value regex="false">62238-1</value></values></terminology>
        <result><values operator="&lt;"><value regex="false">30</value></values></result></measurement></condition>
      <condition><medicine negative="false"><terminology name="atc"><values operator="=">
        <value regex="false">A10BA02</value></values></terminology></medicine></condition>
      <action type="stop"><medicine><terminology name="atc"><values operator="=">
        <value regex="false">A10BA02</value></values></terminology></medicine></action>
    </iteration></rule>
  <rule id="START A1"><description language="en">An invented thing to start.</description>
    <iteration priority="1">
      <condition><episode negative="false"><terminology name="icd10"><values operator="=">
        <value regex="true">I48</value></values></terminology></episode></condition>
      <condition><medicine negative="true"><terminology name="atc"><values operator="=">
        <value regex="true">B01A</value></values></terminology></medicine></condition>
      <action type="start"><medicine><terminology name="atc"><values operator="=">
        <value regex="true">B01A</value></values></terminology></medicine></action>
    </iteration></rule>
</rules>
"""


def write(folder: Path) -> dict[str, Path]:
    """The three sources in the layouts of their publishers, under a folder."""
    bdpm, ansm, older = folder / "2026-01", folder / "2026_01", folder / "stoppstart.xml"
    bdpm.mkdir()
    ansm.mkdir()
    products, composition = [], []
    for cis, label, form, route, substance, market in MEDICINES:
        said = (cis, label, form, route, "Autorisation active", "Procédure nationale", market)
        products.append("\t".join((*said, "01/02/2003", "", "", " LABO INVENTÉ", "Non")))
        composition.append("\t".join((cis, form, "00001", substance, "1 mg", "un", "SA", "1")))
    (bdpm / "CIS_bdpm.txt").write_bytes(("\r\n".join(products) + "\r\n").encode("cp1252"))
    (bdpm / "CIS_COMPO_bdpm.txt").write_bytes(("\r\n".join(composition) + "\r\n").encode("cp1252"))
    interactions = [
        {
            "main_drug": main,
            "between_main_and_plus_drug": "",
            "plus_drug": plus,
            "severity_levels": [{"level": level, "info": info}],
            "interaction_mechanism": mechanism,
            "description": f"{level}\n{info}\n{mechanism}",
        }
        for main, plus, level, info, mechanism in INTERACTIONS
    ]
    index = [
        {"substance": row[4].lower(), "drug_classes": CLASSES.get(row[4].lower(), [])}
        for row in {row[4]: row for row in MEDICINES}.values()
    ]
    (ansm / "thesaurus.json").write_text(json.dumps(interactions), encoding="utf-8")
    (ansm / "index.json").write_text(json.dumps(index), encoding="utf-8")
    older.write_text(CRITERIA, encoding="utf-8")
    return {"bdpm": bdpm, "ansm": ansm, "stopp-start": older}


def load_into(folder: Path, written: dict[str, Path], without: tuple[str, ...] = ()) -> Knowledge:
    """Knowledge kept in a folder, all of it but what is named."""
    knowledge = Knowledge(folder)
    for source in (BDPM, ANSM, STOPP_START):
        if source.name not in without:
            knowledge.keep(source, source.load(written[source.name]), AT)
    return knowledge


@cache
def tiny(*without: str) -> Knowledge:
    """The tiny knowledge, without the sources named; made once a process."""
    folder = Path(mkdtemp(prefix="cognoscope-tiny-"))
    return load_into(folder / "home", write(folder), without)
