"""Builds cases from a file of reports: .txt (one report), .json, .jsonl or .csv (one report a row).

A row has `note_text` (or `text`), and if known `person_id` (or `person`), `note_date` (or `date`, ISO 8601),
`note_title` (or `title`), `note_id` (or `id`). Texts go through the deidentification again and persons are named by a
digest, so that a file that was not pseudonymised leaves no identity in a case. The readers run here: proposing needs
nothing more.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cognoscope.apps.records.comorbidities.case import Note, build_case
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reading.component import component

COMPONENTS = ("conditions", "drugs", "measurements", "stages")
LARGEST_FILE = 50_000_000
NAMES = {
    "text": ("note_text", "text"),
    "person": ("person_id", "person"),
    "date": ("note_date", "date"),
    "title": ("note_title", "title"),
    "id": ("note_id", "id"),
}


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """One case a person of the file; reports without a person are all of one.

    Raises:
        InvalidInput: the file cannot be read, or a row has no text; the message says where and what to do.
        NotInstalled: the extra `text` is missing.
    """
    from cognoscope.intake.deidentification.deidentifier import Deidentifier

    content = _content(path)
    rows = [_row(row, number, path, as_of) for number, row in enumerate(_rows(path, content), start=1)]
    # Surrogates are the same wherever the same file is read; no key of a hospital is needed to try a file.
    cleaned = Deidentifier(hashlib.sha256(content).digest()).clean_many(
        [row["text"] for row in rows], person=[row["person"] for row in rows]
    )
    shown = [(row, clean.text) for row, clean in zip(rows, cleaned, strict=True) if not clean.held_back]
    texts = [text for _, text in shown]
    read = [component(name).read(texts) for name in COMPONENTS]
    persons: dict[str, list[Note]] = {row["person"]: [] for row in rows}
    for place, (row, text) in enumerate(shown):
        mentions = [mention for found in read for mention in found[place]]
        persons[row["person"]].append(Note(row["id"], row["date"], "", text, mentions))
    return [build_case(f"person:{person}", notes, as_of, source="file") for person, notes in persons.items()]


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file.")
    if path.stat().st_size > LARGEST_FILE:
        raise InvalidInput(f"{path}: the file is larger than 50 MB; `cognoscope ingest documents` takes large ones in.")
    return path.read_bytes()


def _rows(path: Path, content: bytes) -> Iterator[dict[str, Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path}: the file is not UTF-8 text; `cognoscope ingest documents` finds encodings."
        ) from error
    try:
        match path.suffix.lower():
            case ".jsonl" | ".ndjson":
                yield from (json.loads(line) for line in text.splitlines() if line.strip())
            case ".json":
                found = json.loads(text)
                yield from found if isinstance(found, list) else [found]
            case ".csv":
                import csv
                import io

                csv.field_size_limit(LARGEST_FILE)
                yield from csv.DictReader(io.StringIO(text))
            case ".txt" | "":
                yield {"text": text}
            case other:
                raise InvalidInput(f"{path}: {other} is not read here; give .txt, .json, .jsonl or .csv.")
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{path}: this is not JSON (line {error.lineno}); correct it and run again.") from error


def _row(row: Any, number: int, path: Path, as_of: datetime) -> dict[str, str]:
    """The row under our names. Titles are dropped: nothing has taken identities out of them."""
    if not isinstance(row, dict):
        raise InvalidInput(f"{path}, row {number}: a report is an object with note_text.")
    said = {
        ours: next((row[name] for name in names if row.get(name) is not None), None) for ours, names in NAMES.items()
    }
    if not isinstance(said["text"], str):
        raise InvalidInput(f"{path}, row {number}: there is no note_text (or text) with the words of the report.")
    day = str(said["date"] or f"{as_of:%Y-%m-%d}")[:10]
    try:
        day = f"{date.fromisoformat(day):%Y-%m-%d}"
    except ValueError as error:
        raise InvalidInput(f"{path}, row {number}: the date is not written as 2026-11-21; correct it.") from error
    person = "" if said["person"] is None else str(said["person"])
    digest = hashlib.sha256(f"person\0{person}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return {"text": said["text"], "person": digest, "date": day, "id": str(number)}
