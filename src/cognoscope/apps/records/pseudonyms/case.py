"""Builds the case: how many reports were taken in, how many were held back, and why. No text and no name of a file."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.errors import InvalidInput

SUBJECT = "unit:reports"
KIND = "held-back-reports"
HELD_BACK = "held-back"
LARGEST_FILE = 50_000_000


def cases_from_warehouse(warehouse: Any, as_of: datetime) -> list[Case]:
    """One case for the whole warehouse, or none where it holds no report."""
    backend = warehouse.connect()
    try:
        notes, refused = backend.table("note"), backend.table("quarantine")
        shown = int(notes.filter(notes.note_text != "").count().execute())
        kept = refused.filter(refused.kind == HELD_BACK)
        rows = kept.group_by("reason").aggregate(reports=kept.count())
        held = {row["reason"]: int(row["reports"]) for row in rows.to_pyarrow().to_pylist()}
    finally:
        backend.disconnect()
    return [build_case(shown, held, as_of, "warehouse")] if shown or held else []


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """One case for a file of reports: .txt (one report) or .jsonl (a JSON object with `text` or `note_text` a line).

    Raises:
        InvalidInput: the file cannot be read.
        NotInstalled: the extra `text` is missing.
    """
    from cognoscope.intake.deidentification.deidentifier import Deidentifier

    texts = _texts(path)
    # Surrogates are not looked at here, so no key of a hospital is needed.
    cleaned = Deidentifier(hashlib.sha256(b"a file that is only tried").digest()).clean_many(texts)
    held = Counter(each.held_back for each in cleaned if each.held_back)
    return [build_case(len(texts) - held.total(), held, as_of, "file")]


def build_case(shown: int, held: Mapping[str, int], as_of: datetime, source: str) -> Case:
    """The case: fact `shown` (reports that may be shown), table `held_back` (reason, reports), most frequent first."""
    rows = sorted(held.items(), key=lambda item: (-item[1], item[0]))
    table = Table(
        name="held_back",
        columns=(
            Column(name="reason", type="text", values=tuple(reason for reason, _ in rows)),
            Column(name="reports", type="integer", values=tuple(count for _, count in rows)),
        ),
    )
    return Case(
        kind=KIND,
        subject=SUBJECT,
        as_of=as_of,
        facts=(Fact(name="shown", value=shown),),
        tables=(table,),
        source=source,
    )


def _texts(path: Path) -> list[str]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InvalidInput(f"{path} is larger than 50 MB: take it in with `cognoscope ingest documents`.")
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as UTF-8 text: give a .txt or .jsonl file.") from error
    if path.suffix != ".jsonl":
        return [content]
    texts = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            row = json.loads(line)
            texts.append(str(row.get("note_text") or row["text"]))
        except (ValueError, KeyError, AttributeError) as error:
            raise InvalidInput(f"{path}, line {number}: expected a JSON object with `text`.") from error
    return texts
