"""Maps one batch of FHIR text to rows. Every record read is written, quarantined or ignored: none is lost."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import msgspec
import pyarrow as pa

from cognoscope.intake import fhir_types as fhir
from cognoscope.intake.concepts import Concepts
from cognoscope.intake.fhir_events import PREFERRED, Events
from cognoscope.intake.fhir_people import People
from cognoscope.intake.fhir_rows import Rows
from cognoscope.intake.fhir_subjects import Subjects
from cognoscope.intake.fhir_values import Clock, NotOfInterest, Unusable, first_code
from cognoscope.intake.identities import Seal
from cognoscope.intake.manifest import Tally
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.sources import BYTE_ORDER_MARK, Batch, Piece

RESOURCE_TYPES = frozenset(
    files("cognoscope.intake").joinpath("fhir_resource_types.txt").read_text(encoding="ascii").split()
)
MAPPED = frozenset(resource.__name__ for resource in fhir.Known.__args__)
DECODE = msgspec.json.Decoder(fhir.Known).decode
PATH = re.compile(r"at `(\$[\w.\[\]]*)`")
NO_RECORD = (msgspec.MsgspecError, UnicodeError, RecursionError)


@dataclass
class Mapped:
    """What came of a batch: rows by table, sealed identities, and the account of every record."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    sealed: list[tuple[str, bytes]] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)


class BatchMapping:
    """The mapping of one batch; made anew for each."""

    def __init__(
        self, batch: Batch, pseudonymiser: Pseudonymiser, subjects: Subjects, clock: Clock, seal: Seal
    ) -> None:
        self._batch = batch
        self._rows = Rows()
        self._subjects = subjects
        self._people = People(self._rows, subjects, pseudonymiser, clock, seal)
        self._events = Events(self._rows, subjects, pseudonymiser, clock)
        self._mapped = Mapped()
        self._map: dict[type, Callable[[Any, str], None]] = {
            fhir.Patient: self._people.patient,
            fhir.Encounter: self._events.encounter,
            fhir.Condition: self._events.condition,
            fhir.Observation: self._events.observation,
            fhir.MedicationRequest: self._events.medication_request,
            fhir.MedicationStatement: self._events.medication_statement,
            fhir.Procedure: self._events.procedure,
            fhir.AllergyIntolerance: self._events.allergy,
            fhir.DocumentReference: self._events.document,
        }

    def run(self, concepts: Concepts) -> Mapped:
        """Map every piece of the batch."""
        for piece in self._batch.pieces:
            self._piece, self._tally = piece, Tally()
            for flaw in piece.flaws:
                self._tally.read += 1
                self._quarantine(flaw.line, flaw.kind, flaw.reason)
            if piece.form == "lines":
                self._lines(piece)
            else:
                self._document(piece.text, 1)
            self._mapped.tallies[piece.file] = self._tally
        self._mapped.tables = self._rows.tables(concepts)
        self._mapped.sealed = self._people.sealed
        return self._mapped

    def _lines(self, piece: Piece) -> None:
        text = piece.text.removeprefix(BYTE_ORDER_MARK) if piece.first_line == 1 else piece.text
        for line, raw in enumerate(text.split(b"\n"), start=piece.first_line):
            if raw and not raw.isspace():
                self._record(raw, line)

    def _document(self, text: bytes, line: int) -> None:
        """A bundle, an array of resources, or one resource."""
        text = text.removeprefix(BYTE_ORDER_MARK)
        try:
            if text.lstrip()[:1] == b"[":
                entries = [fhir.Entry(resource=raw) for raw in msgspec.json.decode(text, type=list[msgspec.Raw])]
            else:
                bundle = msgspec.json.decode(text, type=fhir.Bundle)
                if bundle.resource_type != "Bundle":
                    self._record(text, line)
                    return
                entries = bundle.entry
        except NO_RECORD as error:
            self._tally.read += 1
            self._quarantine(line, *_flaw_of(error))
            return
        self._entries(entries, text, line)

    def _entries(self, entries: list[fhir.Entry], text: bytes, line: int) -> None:
        """Entries may point at each other by their `fullUrl`, so these are gathered first."""
        addresses: dict[str, str] = {}
        medications: dict[str, str] = {}
        for entry in entries:
            _gather(entry, addresses, medications)
        self._subjects.addresses, self._events.medications = addresses, medications
        position = 0
        for number, entry in enumerate(entries, start=1):
            if not bytes(entry.resource):
                self._tally.read += 1
                self._ignore("entry without a resource")
                continue
            raw = bytes(entry.resource)
            before, position = position, text.find(raw, position)
            line += text.count(b"\n", before, position)
            self._record(raw, line, number=number, full_url=entry.full_url)
        self._subjects.addresses, self._events.medications = {}, {}

    def _record(self, raw: bytes, line: int, number: int | None = None, full_url: str | None = None) -> None:
        self._tally.read += 1
        try:
            resource = DECODE(raw)
            self._map[type(resource)](resource, resource.id or called(raw, full_url))
        except NotOfInterest:
            self._ignore(f"{type(resource).__name__} not of interest")
        except Unusable as error:
            self._quarantine(line, error.kind, f"{type(resource).__name__}: {error.reason}", number)
        except NO_RECORD as error:
            self._undecoded(raw, line, number, error)
        else:
            self._tally.written += 1

    def _undecoded(self, raw: bytes, line: int, number: int | None, error: Exception) -> None:
        """Not one of the mapped resources, or not sound: find out which."""
        try:
            kind = msgspec.json.decode(raw, type=fhir.Named).resource_type
        except NO_RECORD:
            kind = ""
        if kind == "Bundle" and number is None:
            self._tally.read -= 1
            self._document(raw, line)
        elif kind in RESOURCE_TYPES and kind not in MAPPED:
            self._ignore(kind)
        elif isinstance(error, msgspec.ValidationError) and kind not in MAPPED:
            self._quarantine(line, "no_resource", "it is not a FHIR R4 resource", number)
        else:
            self._quarantine(line, *_flaw_of(error), number)

    def _ignore(self, what: str) -> None:
        self._tally.ignored += 1
        self._mapped.ignored[what] += 1

    def _quarantine(self, line: int, kind: str, reason: str, number: int | None = None) -> None:
        self._tally.quarantined += 1
        self._mapped.reasons[reason] += 1
        where = f"entry {number}: {reason}" if number is not None else reason
        self._rows.add["quarantine"]((self._batch.source, self._piece.file, line, kind, where))


def _flaw_of(error: Exception) -> tuple[str, str]:
    """Kind and reason of what the decoder refused, without any of the text it refused."""
    if isinstance(error, UnicodeError):
        return "wrong_encoding", "it is not UTF-8"
    if isinstance(error, msgspec.ValidationError):
        path = PATH.search(str(error))
        return "invalid_fhir", f"a field is not of the type FHIR R4 gives it ({path.group(1) if path else '$'})"
    if isinstance(error, RecursionError):
        return "not_json", "it is nested too deeply"
    return "not_json", "it is not JSON, or cut off"


def called(raw: bytes, full_url: str | None) -> str:
    """An identifier for a resource without id: the end of its address, else a digest of its text."""
    if full_url:
        return full_url.rpartition("/")[2].removeprefix("urn:uuid:").removeprefix("urn:oid:")
    return hashlib.sha256(raw).hexdigest()


def _gather(entry: fhir.Entry, addresses: dict[str, str], medications: dict[str, str]) -> None:
    try:
        named = msgspec.json.decode(entry.resource, type=fhir.Named)
        if entry.full_url and named.id and re.split("[/:]", entry.full_url)[-1] != named.id:
            addresses[entry.full_url] = f"{named.resource_type}/{named.id}"
        if named.resource_type == "Medication":
            code = first_code(msgspec.json.decode(entry.resource, type=fhir.Medication).code, PREFERRED)
            for pointer in (entry.full_url, f"Medication/{named.id}"):
                if pointer and code:
                    medications[pointer] = code
    except (*NO_RECORD, Unusable):
        # The record itself is judged when its turn comes.
        return
