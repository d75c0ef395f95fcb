"""Cuts a list of documents into batches that are the same whenever the same documents are given.

A batch is named by the digest of what its rows depend on, so that an ingest that was killed goes on with the batches
that are missing; a document that is already in the warehouse, as it is, is passed over wherever it stands in a list.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import numpy.typing as npt

from cognoscope.core.canonical import digest
from cognoscope.intake.documents.entries import Entry
from cognoscope.intake.documents.patients import Patients, also_known
from cognoscope.intake.documents.refused import LARGEST_FILE, Refused, too_large
from cognoscope.intake.identities import Identity
from cognoscope.intake.manifest import Part
from cognoscope.intake.parquet import configuration, read
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.tables_chunks import Rejected
from cognoscope.intake.warehouse import Warehouse

FIRST_BATCH = 25
LARGEST_BATCH = {"text": 1_000, "file": 250}
SHORTEST_STEM = 4
CHARACTERS_A_BATCH = 4_000_000


@dataclass(frozen=True)
class Item:
    """One document to read, pseudonymise and write; one of `text`, `path` and `content` is given.

    declared: encoding that `content` is said to have.
    type: in words, kept only where it is harmless. code: its type as `system|code`, kept as it is, with its concept.
    """

    line: int
    note_id: int
    content_key: int
    pseudonym: str
    person_id: int
    days: int
    at: datetime
    known: Identity
    visit: int | None = None
    title: str | None = None
    type: str | None = None
    text: str | None = None
    path: Path | None = None
    content: bytes | None = None
    declared: str | None = None
    code: str | None = None
    class_concept: int = 0


@dataclass(frozen=True)
class Batch:
    """What is read and committed together; `read` counts every row of the list in it, `unchanged` those passed over."""

    source: str
    file: str
    items: tuple[Item, ...]
    flaws: tuple[Rejected, ...]
    read: int
    unchanged: int


def cut(found: Iterable[list[Entry | Rejected]]) -> Iterator[list[Entry | Rejected]]:
    """The rows in batches: small ones first, so that every core has work on a short list too."""
    size, held, characters = FIRST_BATCH, list[Entry | Rejected](), 0
    for some in found:
        for each in some:
            held.append(each)
            if isinstance(each, Entry):
                characters += len(each.text or "")
                largest = LARGEST_BATCH["text" if each.text is not None else "file"]
                size = min(size, largest)
                if len(held) >= size or characters > CHARACTERS_A_BATCH:
                    yield held
                    held, characters, size = [], 0, min(size * 2, largest)
            elif len(held) >= LARGEST_BATCH["text"]:
                yield held
                held, characters = [], 0
    if held:
        yield held


class Preparation:
    """Makes batches of rows: finds each document's person, file, stay and keys."""

    def __init__(
        self,
        warehouse: Warehouse,
        pseudonymiser: Pseudonymiser,
        patients: Patients,
        *,
        file: str,
        folder: Path,
        setting: str,
    ) -> None:
        self._warehouse = warehouse
        self._pseudonymiser = pseudonymiser
        self._patients = patients
        self._file = file
        self._folder = folder.resolve()
        self._setting = setting
        self._there = content_keys(warehouse)
        self.files: set[Path] = set()

    def batch(self, rows: Sequence[Entry | Rejected]) -> Batch:
        """The batch of these rows."""
        flaws = [each for each in rows if isinstance(each, Rejected)]
        named = [each for each in rows if isinstance(each, Entry)]
        patients = self._patients.named({entry.person for entry in named})
        items: list[Item] = []
        for entry in named:
            path, content, flaw = self._content(entry)
            if flaw is not None:
                flaws.append(Rejected(entry.line, flaw.kind, flaw.reason))
                continue
            patient = patients[entry.person]
            known = also_known(patient.known, entry.rest, (entry.person, entry.rest.get("visit", "")))
            note_id = self._note_id(entry, patient.pseudonym, content)
            facts = (self._setting, str(note_id), patient.pseudonym, str(patient.days), entry.digest(content))
            whole = "\0".join(facts) + msgspec.json.encode(known).decode()
            items.append(
                Item(
                    line=entry.line,
                    note_id=note_id,
                    content_key=self._pseudonymiser.key63("document", whole),
                    pseudonym=patient.pseudonym,
                    person_id=patient.person_id,
                    days=patient.days,
                    at=entry.at,
                    known=known,
                    visit=self._visit(entry),
                    title=_title(entry, path),
                    type=entry.rest.get("type"),
                    text=entry.text,
                    path=path,
                )
            )
        said = [[flaw.line, flaw.kind] for flaw in flaws]
        source = digest(["documents", self._file, [item.content_key for item in items], said, self._setting])
        there = is_in(self._there, [item.content_key for item in items])
        fresh = tuple(item for item, known_already in zip(items, there, strict=True) if not known_already)
        return Batch(source, self._file, fresh, tuple(flaws), len(rows), len(items) - len(fresh))

    def _content(self, entry: Entry) -> tuple[Path | None, bytes, Refused | None]:
        """The file's place and bytes (or the text's), or why there is none."""
        if entry.text is not None:
            return None, entry.text.encode("utf-8", "surrogatepass"), None
        path = found_file(self._folder, entry.file or "")
        if path is None:
            return None, b"", Refused("missing_file", "the file that the list names is not in its folder: add it")
        self.files.add(path)
        try:
            if path.stat().st_size > LARGEST_FILE:
                return None, b"", too_large()
            with path.open("rb") as stream:
                return path, hashlib.file_digest(stream, "sha256").digest(), None
        except OSError:
            return None, b"", Refused("unreadable_file", "this account may not read the file that the list names")

    def _note_id(self, entry: Entry, pseudonym: str, content: bytes) -> int:
        """The same for the same document: by its own identifier, else by its file, else by what it says."""
        if document := entry.rest.get("document"):
            return self._pseudonymiser.key63("note", document)
        if entry.file is not None:
            return self._pseudonymiser.key63("note", f"{pseudonym}\0{entry.file}")
        return self._pseudonymiser.key63("note", f"{pseudonym}\0{entry.digest(content)}")

    def _visit(self, entry: Entry) -> int | None:
        visit = entry.rest.get("visit")
        return self._pseudonymiser.key63("visit_occurrence", visit) if visit else None


def found_file(folder: Path, name: str) -> Path | None:
    """The file of that name below the folder (resolved), however its accents are written; None where there is none."""
    for form in ("NFC", "NFD"):
        for written in (name, name.replace("\\", "/")):
            try:
                path = (folder / unicodedata.normalize(form, written)).resolve()
                if path.is_relative_to(folder) and path.is_file():
                    return path
            except (OSError, ValueError):
                continue  # Too long, or with a character that no name of a file may hold.
    return None


def _title(entry: Entry, path: Path | None) -> str | None:
    """The list's title, unless it is only the name of the file, which is often the patient's."""
    title = entry.rest.get("title")
    if title is None or path is None:
        return title
    stem = path.stem.casefold()
    same = stem in title.casefold() if len(stem) >= SHORTEST_STEM else title.casefold() in (stem, path.name.casefold())
    return None if same else title


def content_keys(warehouse: Warehouse) -> npt.NDArray[np.int64]:
    """Of every document that is in the warehouse as it was taken in; sorted, 8 bytes each.

    A note that was written over since (by another intake, without its text) is not among them.
    """
    committed = warehouse.manifest()
    origins, notes = committed.files("note_origin"), committed.files("note")
    if not origins or not notes:
        return np.empty(0, np.int64)
    sql = f"""
        WITH origin AS (
            SELECT note_id, arg_max(content_key, _order) AS content_key, max(_order) AS _order
            FROM {read(warehouse.folder, origins)} GROUP BY note_id
        ), latest AS (SELECT note_id, max(_order) AS _order FROM {read(warehouse.folder, notes)} GROUP BY note_id)
        SELECT content_key FROM origin SEMI JOIN latest USING (note_id, _order)
    """  # noqa: S608 - made of the paths of the warehouse's own parts
    with duckdb.connect(config=configuration(warehouse.folder)) as database:
        return np.sort(np.asarray(database.execute(sql).fetchnumpy()["content_key"], np.int64))


def to_do(warehouse: Warehouse, batch: Batch) -> Batch | Part:
    """The batch, or what was committed of it when that still stands.

    It does not where a document was changed and came back as it was: then the batch is done again under another name,
    so that its rows come after those of the change.
    """
    done = warehouse.parts(batch.source).get(0)
    if done is None:
        return batch
    aside = sum(tally.quarantined for tally in done.tallies.values())
    if len(batch.items) + len(batch.flaws) == aside:
        return done
    committed = sum(len(source.parts) for source in warehouse.manifest().sources.values())
    return replace(batch, source=digest([batch.source, committed]))


def is_in(there: npt.NDArray[np.int64], keys: list[int]) -> list[bool]:
    """Whether each key is among the sorted ones."""
    if not len(there):
        return [False] * len(keys)
    wanted = np.asarray(keys, np.int64)
    places = np.searchsorted(there, wanted).clip(max=len(there) - 1)
    found: list[bool] = (there[places] == wanted).tolist()
    return found
