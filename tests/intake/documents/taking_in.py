"""Takes documents into a home, and writes folders of them."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.intake.documents.cleaners import known_only

from cognoscope.core.actor import program
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys
from cognoscope.intake.documents.ingest import Report, ingest_documents
from cognoscope.intake.documents.layout import DocumentsMapping
from cognoscope.intake.warehouse import open_warehouse

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEAD = ("Fichier", "IPP", "Date", "Titre", "NDA", "Type")


def take_in(
    home: Home, ledger: Ledger, path: Path, mapping: DocumentsMapping | None = None, workers: int = 1, **more: Any
) -> Report:
    keys.create(home)
    return ingest_documents(
        path,
        mapping,
        warehouse=open_warehouse(home),
        ledger=ledger,
        actor=program("intake"),
        at=AT,
        workers=workers,
        make_cleaner=more.get("make_cleaner", known_only),
    )


def folder_of(path: Path, files: dict[str, bytes], **columns: str) -> Path:
    """A folder with these files and a list in which each is about a person of its own."""
    path.mkdir(exist_ok=True)
    for name, content in files.items():
        (path / name).write_bytes(content)
    said = {"Date": "03/02/2025 10:30", "Titre": "Compte rendu", "NDA": "", "Type": "CRH"} | columns
    rows = [(name, f"IPP{number}", *(said[each] for each in HEAD[2:])) for number, name in enumerate(files)]
    write_list(path / "index.csv", HEAD, rows)
    return path


def write_list(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]], encoding: str = "cp1252") -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(head)
        writer.writerows(rows)
