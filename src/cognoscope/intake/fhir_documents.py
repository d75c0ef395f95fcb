"""The texts inside FHIR's DocumentReference: found after every patient is in the vault, pseudonymised, put into `note`.

An export names its patients after its documents as often as before them. So the files are gone through twice: first
everything is mapped and documents are listed without text; then those that carry an attachment get their text.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from importlib.util import find_spec
from typing import Any

import msgspec

from cognoscope.core.canonical import digest
from cognoscope.intake import fhir_types as fhir
from cognoscope.intake.concepts import Concepts
from cognoscope.intake.documents import masking
from cognoscope.intake.documents.already import content_keys, is_in, to_do
from cognoscope.intake.documents.ingest import VERSION
from cognoscope.intake.documents.items import Batch, Item
from cognoscope.intake.documents.patients import Patients, also_known
from cognoscope.intake.documents.refused import LARGEST_FILE, Refused, too_large
from cognoscope.intake.documents.work import Done, Setup, cores, work
from cognoscope.intake.fhir_events import NOT_DONE, PREFERRED
from cognoscope.intake.fhir_mapping import DECODE, NO_RECORD, BatchMapping, called
from cognoscope.intake.fhir_subjects import Subjects
from cognoscope.intake.fhir_values import Clock, Moment, NotOfInterest, Unusable, address, first_code, identifier_of
from cognoscope.intake.identities import Seal
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.sources import Batch as FhirBatch
from cognoscope.intake.tables_chunks import Rejected
from cognoscope.intake.vault import Vault
from cognoscope.intake.warehouse import Warehouse

EXTRA = ("ahocorasick", "docx", "onnxruntime", "pypdfium2", "rapidfuzz", "selectolax", "striprtf")
"""What the extra `text` installs for reading and pseudonymising."""

BEST_FIRST = ("text/plain", "text/html", "application/rtf", "text/rtf")
"""Forms of a document from which the text comes out as it was written; others in their order after these."""

CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]{1,40})", re.IGNORECASE)
CONTENT = msgspec.json.Decoder(list[fhir.DocumentContent])


@dataclass(frozen=True)
class Found:
    """A document with its attachment, not yet decoded."""

    line: int
    person: str
    note: str
    moment: Moment
    visit: int | None
    code: str | None
    attachment: fhir.Attachment


def can_read_texts() -> bool:
    """Whether the extra `text` is installed."""
    return all(find_spec(name) is not None for name in EXTRA)


class Texts:
    """Takes the texts of one ingest in; `batches` are cut as the first pass cut them."""

    def __init__(
        self, warehouse: Warehouse, vault: Vault, pseudonymiser: Pseudonymiser, at: datetime, concepts: Concepts
    ) -> None:
        settings = warehouse.home.settings()
        self._warehouse, self._pseudonymiser, self._concepts = warehouse, pseudonymiser, concepts
        self._patients = Patients(warehouse, pseudonymiser, vault)
        self._subjects = Subjects(pseudonymiser, date_shift=settings.date_shift)
        self._clock, self._seal = Clock(settings.time_zone, at), Seal(vault.key)
        self._there = content_keys(warehouse)
        self._setting = digest(["fhir", VERSION, masking.version(), settings.date_shift])
        self.already = 0
        """Documents whose text was there before."""

    def take(self, batches: Iterator[FhirBatch]) -> Iterator[Done]:
        """Read, pseudonymise and commit what is new."""
        for done in work(Setup(self._warehouse.home, masking.installed), self._missing(batches), cores()):
            self._warehouse.enter([done.staged])
            yield done

    def _missing(self, batches: Iterator[FhirBatch]) -> Iterator[tuple[Batch, int]]:
        committed = self._warehouse.manifest()
        for batch in batches:
            source = committed.sources.get(batch.source)
            if source is None or "note" not in source.parts[batch.part].files:
                continue
            finder = _Finder(batch, self._pseudonymiser, self._subjects, self._clock, self._seal)
            finder.run(self._concepts)
            for file, found in finder.found.items():
                made = self._batch(file, found)
                left = to_do(self._warehouse, made)
                if isinstance(left, Batch) and (left.items or left.flaws):
                    yield left, self._warehouse.begin(left.source)

    def _batch(self, file: str, found: list[Found]) -> Batch:
        patients = self._patients.named({each.person for each in found})
        concepts = self._concepts.of([each.code or "" for each in found])
        items: list[Item] = []
        flaws: list[Rejected] = []
        for each, (concept, _) in zip(found, concepts, strict=True):
            try:
                content = _content(each.attachment)
            except Refused as refused:
                flaws.append(Rejected(each.line, refused.kind, refused.reason))
                continue
            patient = patients[each.person]
            known = also_known(patient.known, {}, (each.person.rpartition("|")[2],))
            facts = [self._setting, each.note, each.moment.day.isoformat(), str(each.moment.time), str(each.visit)]
            facts += [str(each.code), patient.pseudonym, str(patient.days), msgspec.json.encode(known).decode()]
            whole = "\0".join([*facts, each.attachment.data or "", each.attachment.content_type or ""])
            declared = CHARSET.search(each.attachment.content_type or "")
            items.append(
                Item(
                    line=each.line,
                    note_id=self._pseudonymiser.key63("note", each.note),
                    content_key=self._pseudonymiser.key63("document", whole),
                    pseudonym=patient.pseudonym,
                    person_id=patient.person_id,
                    days=patient.days,
                    at=each.moment.time or datetime.combine(each.moment.day, time(0)),
                    known=known,
                    visit=each.visit,
                    content=content,
                    declared=declared.group(1) if declared else None,
                    code=each.code,
                    class_concept=concept,
                )
            )
        there = is_in(self._there, [item.content_key for item in items])
        self.already += sum(there)
        said = [[flaw.line, flaw.kind] for flaw in flaws]
        source = digest(["texts", file, [item.content_key for item in items], said, self._setting])
        fresh = tuple(item for item, known_already in zip(items, there, strict=True) if not known_already)
        return Batch(source, file, fresh, tuple(flaws), len(found), len(items) - len(fresh))


class _Finder(BatchMapping):
    """Goes through a batch as the mapping does, and gathers only documents that carry an attachment."""

    def __init__(
        self, batch: FhirBatch, pseudonymiser: Pseudonymiser, subjects: Subjects, clock: Clock, seal: Seal
    ) -> None:
        super().__init__(batch, pseudonymiser, subjects, clock, seal)
        self._clock = clock
        self.found: dict[str, list[Found]] = {}

    def _record(self, raw: bytes, line: int, number: int | None = None, full_url: str | None = None) -> None:
        if b"DocumentReference" not in raw:
            return
        try:
            resource: Any = DECODE(raw)
            if isinstance(resource, fhir.DocumentReference) and (
                found := self._document_of(resource, raw, line, full_url)
            ):
                self.found.setdefault(self._piece.file, []).append(found)
        except (Unusable, NotOfInterest):
            return  # The first pass has said so.
        except NO_RECORD:
            # Perhaps a bundle on a line; anything else the first pass has said.
            if number is None and b"Bundle" in raw:
                self._document(raw, line)

    def _document_of(
        self, document: fhir.DocumentReference, raw: bytes, line: int, full_url: str | None
    ) -> Found | None:
        if document.status in NOT_DONE or document.subject is None or not document.date:
            return None
        attachment = _best(document.content)
        if attachment is None:
            return None
        person = self._person(document.subject)
        if person is None:
            return None
        visits = document.context.encounter if document.context else []
        return Found(
            line,
            person,
            document.id or called(raw, full_url),
            self._clock.past(document.date),
            self._subjects.visit(visits[0]) if visits else None,
            first_code(document.type, PREFERRED),
            attachment,
        )

    def _person(self, subject: fhir.Reference) -> str | None:
        # Asked first because it refuses what the first pass refused.
        self._subjects.person(subject)
        if subject.reference:
            return address(self._subjects.addresses.get(subject.reference, subject.reference), "Patient")
        return identifier_of(subject)


def _best(content: msgspec.Raw) -> fhir.Attachment | None:
    """The attachment to read, of those that are in the resource itself."""
    if not bytes(content):
        return None
    given = [each.attachment for each in CONTENT.decode(content) if each.attachment and each.attachment.data]

    def place(attachment: fhir.Attachment) -> int:
        kind = (attachment.content_type or "").partition(";")[0].strip().lower()
        return BEST_FIRST.index(kind) if kind in BEST_FIRST else len(BEST_FIRST)

    return min(given, key=place, default=None)


def _content(attachment: fhir.Attachment) -> bytes:
    data = attachment.data or ""
    if len(data) > LARGEST_FILE * 4 // 3 + 4:
        raise too_large()
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("not_base64", "DocumentReference: its attachment is not base64: export it again") from error
