"""Reads infections from a JSON or TOML file: one infection, or `infections` beside `isolates`.

    {"isolates": "isolates.tsv.gz",
     "infections": [{"subject": "stay:s1", "infection": "pyelonephritis", "severity": "moderate",
       "acquired": "community", "germ": "E. coli", "results": [{"agent": "AMX", "category": "R"},
       {"agent": "CTX", "method": "MIC", "value": "<=0.25"}], "allergies": [{"to": "penicillins",
       "reaction": "immediate-severe"}], "drugs": ["Previscan"], "age_years": 40, "sex": "f", "pregnant": false,
       "weight_kg": 62, "creatinine_umol_l": 70, "ward": "urology"}]}

Only `infection` is needed. `isolates` names a table beside the file (see `isolates.from_wide`). `allergies: []` says
that there is none; left out, nobody said.
"""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cognoscope.apps.pharmacy.antibiotics.case import Infection, Tested
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates, from_wide
from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Subject

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Reaction = Literal["immediate-severe", "immediate-mild", "delayed-severe", "delayed-mild", "intolerance", "unknown"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class FileResult(_Part):
    """A result of susceptibility testing."""

    agent: Short
    category: Short = ""
    method: Literal["", "MIC", "DISK"] = ""
    value: Short = ""


class FileAllergy(_Part):
    """A class of agents and the reaction to it."""

    to: Short
    reaction: Reaction = "unknown"


class FileInfection(_Part):
    """One infection of the file."""

    subject: Subject = "report:file"
    infection: Short
    severity: Literal["", "mild", "moderate", "severe"] = ""
    acquired: Literal["", "community", "hospital"] = ""
    germ: Short = ""
    results: tuple[FileResult, ...] = ()
    allergies: tuple[FileAllergy, ...] | None = None
    drugs: tuple[Short, ...] | None = None
    age_years: Annotated[int, Field(ge=0, le=125)] | None = None
    sex: Literal["", "f", "m"] = ""
    weight_kg: Annotated[float, Field(ge=0, le=500)] | None = None
    creatinine_umol_l: Annotated[float, Field(ge=0, le=5000)] | None = None
    egfr: float | None = None
    hepatic: Literal["", "none", "severe"] = ""
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    mdr_risk: bool | None = None
    comorbidity: bool | None = None
    recent_fluoroquinolone: bool | None = None
    listeria_risk: bool | None = None
    ward: Short = ""


YES_NO = ("pregnant", "breastfeeding", "mdr_risk", "comorbidity", "recent_fluoroquinolone", "listeria_risk")


def read_infections(path: Path) -> tuple[list[Infection], Isolates | None]:
    """The infections of a file, and the isolates it names.

    Raises:
        InvalidInput: no such file, neither JSON nor TOML, or an infection that is not as above.
    """
    whole = _parsed(path)
    if not isinstance(whole, dict):
        raise InvalidInput(f"{path}: the file must hold an infection, or `infections`.")
    named = whole.pop("isolates", None)
    listed = whole.get("infections", [whole])
    if not isinstance(listed, list) or not listed:
        raise InvalidInput(f"{path}: the file holds no infection.")
    asked = [infection_from(one, f"{path}, infection {number}") for number, one in enumerate(listed, start=1)]
    if named is not None and (not isinstance(named, str) or "/" in named or "\\" in named):
        raise InvalidInput(f"{path}: `isolates` names a table in the same folder.")
    return asked, from_wide(path.parent / named) if named else None


def infection_from(one: Any, where: str) -> Infection:
    """One infection of a file or a form.

    Raises:
        InvalidInput: it is not as above; the message begins with `where`.
    """
    try:
        read = FileInfection.model_validate_json(json.dumps(one))
    except (ValidationError, TypeError) as error:
        if isinstance(error, TypeError):
            raise InvalidInput(f"{where}: a date or time stands where text is wanted.") from error
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the infection"
        raise InvalidInput(f"{where}: {place} is not as it should be ({first['msg']}).") from error
    plain = read.model_dump()
    plain |= {name: None if plain[name] is None else ("yes" if plain[name] else "no") for name in YES_NO}
    plain |= {name: "" for name in YES_NO if plain[name] is None}
    plain["results"] = tuple(Tested(**result) for result in plain["results"])
    if plain["allergies"] is not None:
        plain["allergies"] = tuple((each["to"], each["reaction"]) for each in plain["allergies"])
    return Infection(**plain)


def _parsed(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: the file cannot be read as UTF-8 text; send JSON or TOML.") from error
    try:
        return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: this is neither JSON nor TOML.") from error
