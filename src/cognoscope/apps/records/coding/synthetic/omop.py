"""Stays made of a folder of OMOP CDM files (CSV, or one ZIP of them), with reports written in French.

Conditions that last at a visit count as its codes, as the PMSI wants of what is taken care of; SNOMED becomes CIM-10
by the folder's own `concept_relationship` where it maps there, else by `crosswalk.csv`; what maps nowhere is left out.
Drugs become ATC by their ingredient's name (`ingredients.csv`), results keep their LOINC code, acts their source code.
"""

import csv
import io
import zipfile
from collections import defaultdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cognoscope.apps.records.coding.biology import Result, canonical
from cognoscope.apps.records.coding.candidates import lasts
from cognoscope.apps.records.coding.knowledge import dotted, family
from cognoscope.apps.records.coding.stay import Given, Stay
from cognoscope.apps.records.coding.synthetic.hospital import Made, coded_as
from cognoscope.apps.records.coding.synthetic.reports import write

NEEDED = ("person", "visit_occurrence", "condition_occurrence")
Row = dict[Any, Any]
FRENCH = ("CIM10", "ICD10", "ICD10CM")


def stays_of(folder: Path, seed: int) -> list[Made]:
    """Every visit of the folder with at least one disease that could be mapped; empty where there is no OMOP.

    Args:
        folder: holds `PERSON.csv`, `VISIT_OCCURRENCE.csv` ... in any case, or a ZIP of them.
        seed: of what the invented reports say.
    """
    tables = _tables(folder)
    if not all(name in tables for name in NEEDED):
        return []
    random = np.random.default_rng(seed)
    mapping, names = _mapping(tables), _names(tables)
    conditions = _by(tables["condition_occurrence"], "person_id")
    drugs, acts, measured = (
        _by(tables.get(name), "visit_occurrence_id")
        for name in ("drug_exposure", "procedure_occurrence", "measurement")
    )
    persons = tables["person"].set_index("person_id")
    made = []
    for visit in tables["visit_occurrence"].sort_values("visit_occurrence_id").to_dict("records"):
        codes = _codes(conditions.get(visit["person_id"], []), visit, mapping)
        if not codes or visit["person_id"] not in persons.index:
            continue
        person, key = persons.loc[visit["person_id"]], visit["visit_occurrence_id"]
        said = [(code, words, lasts(code)) for code, words in codes.items()]
        stay = Stay(
            age=max(0, int(str(visit["visit_start_date"])[:4]) - int(person["year_of_birth"])),
            sex={"8532": "f", "8507": "m"}.get(str(person["gender_concept_id"]), ""),
            notes=write(random, said[0][1], said[1:]),
            coded=coded_as(list(codes)),
            drugs=_drugs(drugs.get(key, []), names),
            acts=tuple(Given(str(row["procedure_source_value"]), at) for at, row in enumerate(acts.get(key, []))),
            results=_results(measured.get(key, [])),
        )
        made.append(Made(int(visit["person_id"]), stay, tuple(codes)))
    return made


def _codes(conditions: list[Row], visit: Row, mapping: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Codes and words of the diseases present at a visit; those that began at it come first."""
    first, last = str(visit["visit_start_date"])[:10], str(visit["visit_end_date"])[:10]
    present = []
    for row in conditions:
        start, end = str(row["condition_start_date"])[:10], str(row["condition_end_date"] or "")[:10]
        source = str(row["condition_source_value"])
        if source in mapping and start <= last and (not end or end >= first):
            present.append((row["visit_occurrence_id"] != visit["visit_occurrence_id"], start, mapping[source]))
    found: dict[str, str] = {}
    for _, _, (code, words) in sorted(present):
        if family(code) not in {family(one) for one in found}:
            found[code] = words
    return found


def _drugs(rows: list[Row], names: dict[str, str]) -> tuple[Given, ...]:
    known = _rows("ingredients")
    found: dict[str, int] = {}
    for row in rows:
        name = names.get(str(row["drug_concept_id"]), "").lower()
        for each in known:
            if each["ingredient"] in name:
                found.setdefault(each["atc"], len(found))
                break
    return tuple(Given(atc, row) for atc, row in found.items())


def _results(rows: list[Row]) -> tuple[Result, ...]:
    found = []
    for at, row in enumerate(rows):
        try:
            value = float(row["value_as_number"])
        except ValueError:
            continue
        result = canonical(str(row["measurement_source_value"]), value, str(row["unit_source_value"]), at)
        found += [result] if result else []
    return tuple(found)


def _mapping(tables: dict[str, pd.DataFrame]) -> dict[str, tuple[str, str]]:
    """Source code -> CIM-10 code and words for it."""
    found = {row["snomed"]: (row["code"], row["words"]) for row in _rows("crosswalk")}
    concepts, relations = tables.get("concept"), tables.get("concept_relationship")
    if concepts is None or relations is None:
        return found
    codes = concepts[concepts["vocabulary_id"].isin(FRENCH)].set_index("concept_id")["concept_code"]
    snomed = concepts[concepts["vocabulary_id"] == "SNOMED"].set_index("concept_id")
    for row in relations[relations["concept_id_2"].isin(codes.index)].to_dict("records"):
        if row["concept_id_1"] in snomed.index:
            source = snomed.loc[row["concept_id_1"]]
            code = dotted(str(codes[row["concept_id_2"]]))
            found.setdefault(str(source["concept_code"]), (code, str(source["concept_name"])))
    return found


def _names(tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    concepts = tables.get("concept")
    return {} if concepts is None else dict(zip(concepts["concept_id"], concepts["concept_name"], strict=True))


def _by(table: pd.DataFrame | None, column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in table.to_dict("records") if table is not None else ():
        found[row[column]].append({str(name): value for name, value in row.items()})
    return found


def _tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Every CSV of the folder or of its ZIP files, by lower-case name, all cells as text."""
    wanted = {*NEEDED, "drug_exposure", "procedure_occurrence", "measurement", "concept", "concept_relationship"}
    found: dict[str, pd.DataFrame] = {}
    paths = [folder] if folder.is_file() else sorted(folder.iterdir())
    for path in paths:
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if Path(name).stem.lower() in wanted and name.lower().endswith(".csv"):
                        found[Path(name).stem.lower()] = _frame(archive.read(name))
        elif path.suffix.lower() == ".csv" and path.stem.lower() in wanted:
            found[path.stem.lower()] = _frame(path.read_bytes())
    return found


def _frame(content: bytes) -> pd.DataFrame:
    # Some published concept files hold lines with unquoted commas: these lines are of no use and are skipped.
    text = io.StringIO(content.decode("utf-8-sig", errors="replace"))
    frame = pd.read_csv(text, dtype=str, keep_default_na=False, on_bad_lines="skip")
    return frame.rename(columns=str.lower)


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with files(__package__).joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))
