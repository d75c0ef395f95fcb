"""Cuts a list of documents into batches that are the same whenever the same documents are given.

A batch is named by the digest of what its rows depend on, so that an ingest that was killed goes on with the batches
that are missing; a document that is already in the warehouse, as it is, is passed over wherever it stands in a list.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from cognoscope.core.canonical import digest
from cognoscope.intake.documents.already import content_keys, is_in
from cognoscope.intake.documents.entries import Entry
from cognoscope.intake.documents.items import Batch, Item
from cognoscope.intake.documents.patients import Patients, also_known
from cognoscope.intake.documents.refused import LARGEST_FILE, Refused, too_large
from cognoscope.intake.documents.visits import Visits
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.tables_chunks import Rejected
from cognoscope.intake.warehouse import Warehouse

FIRST_BATCH = 25
LARGEST_BATCH = {"text": 1_000, "file": 250}
SHORTEST_STEM = 4
CHARACTERS_A_BATCH = 4_000_000


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
        self._visits = Visits(warehouse, pseudonymiser)
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
        visits = self._visits.keys({number for entry in named if (number := entry.rest.get("visit"))})
        items: list[Item] = []
        for entry in named:
            path, content, flaw = self._content(entry)
            if flaw is not None:
                flaws.append(Rejected(entry.line, flaw.kind, flaw.reason))
                continue
            patient = patients[entry.person]
            known = also_known(patient.known, entry.rest, (entry.person, entry.rest.get("visit", "")))
            note_id = self._note_id(entry, patient.pseudonym, content)
            visit = visits.get(entry.rest.get("visit", ""))
            facts = (
                self._setting,
                str(visit),
                str(note_id),
                patient.pseudonym,
                str(patient.days),
                entry.digest(content),
            )
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
                    visit=visit,
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
