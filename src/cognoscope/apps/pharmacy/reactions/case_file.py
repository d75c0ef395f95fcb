"""Reads declarations from a file: a text (`.txt`), or JSON: one declaration, a list, or one a line (`.jsonl`).

    {"report": "r1", "text": "...", "title": "...", "received": "2026-11-21", "reporter": "patient", "age_years": 54,
     "sex": "f", "drug_started": "2026-11-02", "reaction_started": "2026-11-10", "over": "no", "pseudonymised": false}

Only `text` is needed. Identities are taken out here, before a case is built (extra `text`), unless the file says that
this was done.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cognoscope.apps.pharmacy.reactions.declaration import Declaration
from cognoscope.core.errors import InvalidInput

LARGEST = 20_000_000


class FileDeclaration(BaseModel):
    """One declaration of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    text: str
    report: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")] | None = None
    title: Annotated[str, StringConstraints(max_length=120)] = ""
    received: date | None = None
    reporter: Literal["patient", "physician", "pharmacist", "health-professional"] | None = None
    age_years: Annotated[float, Field(ge=0, le=130)] | None = None
    sex: Literal["f", "m"] | None = None
    drug_started: date | None = None
    reaction_started: date | None = None
    over: Literal["yes", "no"] | None = None
    pseudonymised: bool = False


def read_declarations(path: Path) -> list[Declaration]:
    """The declarations of a file, without identities.

    Raises:
        InvalidInput: no such file, not UTF-8, not JSON, or a declaration that is not as above.
        NotInstalled: identities have to be taken out and the extra `text` is missing.
    """
    found = read_file(path)
    names = [each.report or _number(number) for number, each in enumerate(found, start=1)]
    if len(set(names)) != len(names):
        raise InvalidInput(f"{path}: two declarations have the same name; give each its own `report`.")
    texts = _cleaned(path, found)
    return [
        Declaration(
            key=name,
            text=text,
            title=each.title,
            received_on=each.received,
            reporter=each.reporter,
            age_years=each.age_years,
            sex=each.sex,
            drug_started_on=each.drug_started,
            reaction_started_on=each.reaction_started,
            over=each.over,
        )
        for name, each, text in zip(names, found, texts, strict=True)
    ]


def read_file(path: Path) -> list[FileDeclaration]:
    """The declarations of a file as they are written.

    Raises:
        InvalidInput: as `read_declarations`.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidInput(f"{path} is larger than 20 MB: send the declarations in several files.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as UTF-8 text: give a .txt, .json or .jsonl file.") from error
    if path.suffix.lower() not in (".json", ".jsonl"):
        return [FileDeclaration(text=text)]
    return [
        _declaration(one, f"{path}, declaration {number}") for number, one in enumerate(_objects(path, text), start=1)
    ]


def _objects(path: Path, text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"{path}: this is not JSON; send one declaration, a list, or one a line.") from error
    if isinstance(whole, dict) and "declarations" in whole:
        whole = whole["declarations"]
    return whole if isinstance(whole, list) else [whole]


def _declaration(one: Any, where: str) -> FileDeclaration:
    try:
        return FileDeclaration.model_validate_json(json.dumps(one))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the declaration"
        raise InvalidInput(f"{where}: {place} is not as it should be ({first['msg']}).") from error


def _cleaned(path: Path, found: Sequence[FileDeclaration]) -> list[str]:
    waiting = [each.text for each in found if not each.pseudonymised and each.text.strip()]
    if not waiting:
        return [each.text for each in found]
    from cognoscope.intake.deidentification.deidentifier import Deidentifier

    # Surrogates of a file that is only looked at need no key of a hospital.
    key = hashlib.sha256(b"a declaration that is only tried").digest()
    cleaned = iter(Deidentifier(key).clean_many(waiting))
    texts = []
    for number, each in enumerate(found, start=1):
        if each.pseudonymised or not each.text.strip():
            texts.append(each.text)
            continue
        one = next(cleaned)
        if one.held_back:
            raise InvalidInput(
                f"{path}, declaration {number}: something in it may still identify a person; take names, addresses and "
                "numbers out, then send it again."
            )
        texts.append(one.text)
    return texts


def _number(number: int) -> str:
    return re.sub(r"\W", "", f"declaration{number}")
