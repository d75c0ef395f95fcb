"""Reads prescriptions from a hospital's file: a typed list, a CSV file, JSON, or a FHIR R4 Bundle."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cognoscope.apps.pharmacy.interactions.case import build_case
from cognoscope.apps.pharmacy.interactions.case_fhir import from_bundle
from cognoscope.apps.pharmacy.interactions.orders import Measurement, Order, Patient
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.store import default_knowledge

LARGEST = 5_000_000
WANTED = (
    "one medicine a line, a CSV file with the column `medicine`, JSON with `orders` and `patient`, or a FHIR R4 Bundle"
)
CODES = {"cis": "CIS", "cip13": "CIP13", "cip7": "CIP7", "atc": "ATC"}


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """One case: the prescription in a file.

    Raises:
        InvalidInput: the file cannot be read as one, with a sentence that names what is wanted.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: give {WANTED}.") from error
    if len(content) > LARGEST:
        raise InvalidInput(f"{path} is larger than 5 MB, which no prescription is: give {WANTED}.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not in UTF-8: save it again in that encoding.") from error
    # The subject is named by the file's digest: a file may hold an identity, its digest does not.
    subject = f"stay:file-{hashlib.sha256(content).hexdigest()[:16]}"
    patient, orders = read_prescription(text, subject, str(path))
    return [build_case(patient, orders, default_knowledge(), as_of, source=path.suffix.lstrip(".") or "list")]


def read_prescription(text: str, subject: str, where: str) -> tuple[Patient, list[Order]]:
    """Patient and orders of the text of a file; `where` names it in messages.

    Raises:
        InvalidInput: it is not such a text.
    """
    start = text.lstrip()[:1]
    if start in ("{", "["):
        try:
            read = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"{where} is not JSON, or cut off: give {WANTED}.") from error
        return _from_json(read, subject, where)
    first = text.strip().splitlines()[0].lower() if text.strip() else ""
    columns = [cell.strip().strip('"') for cell in first.replace(";", ",").split(",")]
    if "medicine" in columns or "medicament" in columns or "médicament" in columns:
        return Patient(subject), list(_from_csv(text, where))
    return Patient(subject), [
        Order(key=f"l{number}", text=line.strip()[:500])
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _from_csv(text: str, where: str) -> Iterable[Order]:
    delimiter = ";" if text.splitlines()[0].count(";") > text.splitlines()[0].count(",") else ","
    try:
        rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise InvalidInput(f"{where} cannot be read as CSV: {error}.") from error
    for number, row in enumerate(rows, start=1):
        cells = {(name or "").strip().lower(): (value if isinstance(value, str) else "") for name, value in row.items()}
        name = cells.get("medicine") or cells.get("medicament") or cells.get("médicament") or ""
        if name.strip() or cells.get("code", "").strip():
            yield _order(cells | {"text": name}, number, where)


def _from_json(read: Any, subject: str, where: str) -> tuple[Patient, list[Order]]:
    if isinstance(read, Mapping) and read.get("resourceType"):
        return from_bundle(read, subject, where)
    listed = read if isinstance(read, list) else read.get("orders") if isinstance(read, Mapping) else None
    if not isinstance(listed, list):
        raise InvalidInput(f"{where} holds no list of orders: give {WANTED}.")
    said = read.get("patient", {}) if isinstance(read, Mapping) else {}
    orders = []
    for number, each in enumerate(listed, start=1):
        if isinstance(each, str):
            orders.append(Order(key=f"l{number}", text=each[:500]))
        elif isinstance(each, Mapping):
            orders.append(_order(each, number, where))
        else:
            raise InvalidInput(f"{where}: order {number} is neither a name nor an object.")
    return _patient(said, subject, where), orders


def _order(said: Mapping[str, Any], number: int, where: str) -> Order:
    text = str(said.get("text") or said.get("medicine") or "")[:500]
    system, code = str(said.get("system") or ""), str(said.get("code") or "")
    return Order(
        key=f"l{number}",
        text=text,
        system=CODES.get(system.strip().lower(), system),
        code=code,
        route=str(said.get("route") or said.get("voie") or ""),
        dose=str(said.get("dose") or ""),
        start=_instant(said.get("start"), where),
        end=_instant(said.get("end"), where),
        draft=str(said.get("draft") or "").lower() in ("true", "1", "yes", "oui"),
    )


def _patient(said: Any, subject: str, where: str) -> Patient:
    if not isinstance(said, Mapping):
        raise InvalidInput(f"{where}: `patient` must be an object.")
    try:
        return Patient(
            subject,
            age=_number(said.get("age")),
            sex=str(said.get("sex") or "")[:1].lower().replace("h", "m") or None,
            pregnant=said.get("pregnant") if isinstance(said.get("pregnant"), bool) else None,
            egfr=_number(said.get("egfr")),
            hepatic=str(said["hepatic"]).upper() if said.get("hepatic") in ("A", "B", "C", "a", "b", "c") else None,
            allergies=tuple(str(each)[:200] for each in said.get("allergies") or ()),
            conditions=tuple(str(each)[:12] for each in said.get("conditions") or ()),
            measurements=tuple(
                Measurement(
                    str(each["name"]),
                    _number(each["value"]),
                    str(each.get("unit") or ""),
                    _instant(each.get("at"), where),
                )
                for each in said.get("measurements") or ()
            ),
            ward=str(said.get("ward") or "")[:40],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(
            f"{where}: `patient` is not as wanted: age, sex, egfr, allergies, conditions, measurements (name, value)."
        ) from error


def _number(value: Any) -> float | None:
    if value is None or value == "":
        return None
    number = float(value)
    if number != number or abs(number) == float("inf"):
        raise ValueError("not a number")
    return number


def _instant(value: Any, where: str) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise InvalidInput(f"{where}: a date is not written YYYY-MM-DD or with a time.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
