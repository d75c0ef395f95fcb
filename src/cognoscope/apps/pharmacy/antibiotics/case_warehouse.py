"""Infections to treat as the warehouse shows them: positive blood cultures of the last days, with the ward's ecology.

Only blood is taken: a germ in it is an infection unless it is a usual contaminant; urine or sputum alone says nothing
of symptoms. Other infections are asked by a person (the form, a file).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from cognoscope.apps.pharmacy.antibiotics.case import Infection, Tested, build_case
from cognoscope.apps.pharmacy.antibiotics.case_microbes import Microbes, open_microbes
from cognoscope.apps.pharmacy.antibiotics.ecology import YEARS
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates, from_long
from cognoscope.core.case import Case
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded, open_knowledge
from cognoscope.intake.warehouse import Warehouse

RECENT_DAYS = 3
LAB_DAYS = 7
GIVEN_DAYS = 2
CREATININE = {"14682-9": 1.0, "2160-0": 88.4}
"""LOINC: creatinine in umol/L and in mg/dL, with what makes umol/L of it."""

EGFR = ("62238-1", "98979-8", "33914-3", "69405-9", "88294-4")
WEIGHT = ("29463-7",)


def cases_from_warehouse(warehouse: Warehouse, as_of: datetime) -> list[Case]:
    """One case a person whose blood grew a germ within three days before `as_of`, in the order of their keys.

    Without EUCAST's tables no germ is recognised: there is no case.
    """
    knowledge = open_knowledge(warehouse.home)
    try:
        microbes = open_microbes(knowledge)
    except NotLoaded:
        return []
    backend = warehouse.connect()
    try:
        rows = _counting(backend, as_of)
        if rows.empty:
            return []
        return list(_cases(backend, _keyed(rows), microbes, knowledge, as_of))
    finally:
        backend.disconnect()


def isolates_of(warehouse: Warehouse, microbes: Microbes, as_of: datetime) -> Isolates | None:
    """The isolates that count for the ecology of a question asked by a person; None where there is none."""
    backend = warehouse.connect()
    try:
        rows = _counting(backend, as_of)
    finally:
        backend.disconnect()
    return from_long(_keyed(rows), microbes.eucast, microbes.find) if len(rows) else None


def _counting(backend: Any, as_of: datetime) -> pd.DataFrame:
    """The rows of the years that the ecology looks at."""
    table = backend.table("isolate")
    since = as_of.date() - timedelta(days=366 * YEARS)
    rows: pd.DataFrame = table.filter(table.isolate_date >= since, table.isolate_date <= as_of.date()).to_pandas()
    return rows


def _keyed(rows: pd.DataFrame) -> pd.DataFrame:
    """An isolate is a germ of a person's kind of specimen on a day."""
    parts = [rows[name].astype(str) for name in ("person_id", "isolate_date", "specimen", "germ")]
    return rows.assign(isolate_key=["|".join(row) for row in zip(*parts, strict=True)])


def _cases(
    backend: Any, rows: pd.DataFrame, microbes: Microbes, knowledge: Knowledge, as_of: datetime
) -> Iterator[Case]:
    days = pd.to_datetime(rows["isolate_date"])
    today = pd.Timestamp(as_of.date())
    past = rows[days <= today]
    isolates = from_long(past, microbes.eucast, microbes.find)
    blood = past[(past["specimen"] == "blood") & past["screening"].ne("yes")]
    recent = blood[pd.to_datetime(blood["isolate_date"]) > today - timedelta(days=RECENT_DAYS)]
    for person, mine in recent.sort_values(["person_id", "isolate_date", "germ"]).groupby("person_id"):
        named = [(text, code) for text in mine["germ"].unique() if (code := microbes.find(str(text)))]
        true = [(text, code) for text, code in named if not _contaminant(microbes, code)]
        # Two germs in the blood are no case for a table of rules.
        if len(true) == 1:
            germ = mine[mine["germ"] == true[0][0]]
            asked = _asked(backend, int(str(person)), true[0][1], germ, microbes, as_of)
            yield build_case(asked, knowledge, as_of, isolates, "warehouse")


def _contaminant(microbes: Microbes, code: str) -> bool:
    return any(microbes.own.get(each, {}).get("contaminant") == "yes" for each in microbes.lineage(code))


def _asked(backend: Any, person: int, germ: str, rows: pd.DataFrame, microbes: Microbes, as_of: datetime) -> Infection:
    tested = tuple(
        Tested(agent.code, _text(row["category"]), _text(row["method"]), _text(row["value"]))
        for row in rows.sort_values("agent").to_dict("records")
        if (agent := microbes.eucast.agent(str(row["agent"]))) and _usable(row)
    )
    age, sex = _person(backend, person, as_of)
    measured = _measured(backend, person, as_of)
    return Infection(
        subject=f"person:{person}",
        infection="bacteraemia",
        germ=germ,
        results=tested,
        drugs=_drugs(backend, person, as_of),
        age_years=age,
        sex=sex,
        ward=_text(rows["ward"].iloc[-1]),
        weight_kg=measured.get("weight_kg"),
        creatinine_umol_l=measured.get("creatinine_umol_l"),
        egfr=measured.get("egfr"),
    )


def _usable(row: dict[Any, Any]) -> bool:
    category, method = _text(row["category"]).upper(), _text(row["method"]).upper()
    return category in ("S", "I", "R") or (not category and method in ("MIC", "DISK") and bool(_text(row["value"])))


def _person(backend: Any, person: int, as_of: datetime) -> tuple[int | None, str]:
    table = backend.table("person")
    rows = table.filter(table.person_id == person).to_pandas()
    if rows.empty:
        return None, ""
    born, gender = rows["year_of_birth"].iloc[0], rows["gender_concept_id"].iloc[0]
    age = as_of.year - int(born) if pd.notna(born) else None
    return age, {8532: "f", 8507: "m"}.get(int(gender) if pd.notna(gender) else 0, "")


def _measured(backend: Any, person: int, as_of: datetime) -> dict[str, float]:
    """The last creatinine, filtration rate and weight of a week."""
    table = backend.table("measurement")
    rows = table.filter(table.person_id == person, table.value_as_number.notnull()).to_pandas()
    day = pd.to_datetime(rows["measurement_date"])
    today = pd.Timestamp(as_of.date())
    rows = rows[(day <= today) & (day > today - timedelta(days=LAB_DAYS))].sort_values("measurement_date")
    found: dict[str, float] = {}
    for row in rows.to_dict("records"):
        code, value = str(row["measurement_source_value"] or "").rpartition("|")[2], float(row["value_as_number"])
        if code in CREATININE:
            found["creatinine_umol_l"] = round(value * CREATININE[code], 1)
        elif code in EGFR:
            found["egfr"] = value
        elif code in WEIGHT:
            found["weight_kg"] = value
    return found


def _drugs(backend: Any, person: int, as_of: datetime) -> tuple[str, ...] | None:
    """Codes of the drugs given within two days; None where the warehouse holds none."""
    table = backend.table("drug_exposure")
    rows = table.filter(table.person_id == person).to_pandas()
    start, end = pd.to_datetime(rows["drug_exposure_start_date"]), pd.to_datetime(rows["drug_exposure_end_date"])
    today = pd.Timestamp(as_of.date())
    given = rows[(start <= today) & (end.fillna(start) >= today - timedelta(days=GIVEN_DAYS))]
    codes = sorted({str(code or "").rpartition("|")[2] for code in given["drug_source_value"]} - {""})
    return tuple(codes) or None


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value).strip()  # type: ignore[call-overload]
