"""`ingest fhir`: files of FHIR R4 into the warehouse, identities into the vault, bad records into quarantine."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cognoscope.core.actor import Actor
from cognoscope.core.canonical import digest
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import IngestFinished
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys, sources
from cognoscope.intake.fhir_work import Setup, work
from cognoscope.intake.manifest import Manifest, Part, Tally
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.recording import record_once
from cognoscope.intake.sources import Batch
from cognoscope.intake.vault import Vault
from cognoscope.intake.warehouse import Warehouse

MAPPING_VERSION = 1
Progress = Callable[[int, int], None]


@dataclass
class Report:
    """The account of an ingest: by file, and why records were set aside. Nothing of a record's content is in it.

    documents: those listed. texts: those of them whose text was pseudonymised; None where the extra `text` is missing.
    """

    source: str
    tallies: dict[str, Tally] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    passed_over: int = 0
    documents: int = 0
    texts: int | None = None
    held_back: int = 0
    new: bool = False

    @property
    def total(self) -> Tally:
        """All files together."""
        whole = Tally()
        for tally in self.tallies.values():
            whole.add(tally)
        return whole

    @property
    def unusable(self) -> list[str]:
        """Files of which nothing could be used."""
        return [name for name, tally in self.tallies.items() if tally.quarantined == tally.read]

    def count(self, part: Part) -> None:
        """Enter what is committed of one part."""
        for name, tally in part.tallies.items():
            self.tallies.setdefault(name, Tally()).add(tally)
        self.documents += part.files["note"].rows if "note" in part.files else 0


def ingest_fhir(
    path: Path,
    *,
    warehouse: Warehouse,
    ledger: Ledger,
    actor: Actor,
    at: datetime,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Take in a file or a folder of FHIR R4 (bundles, resources or NDJSON, also gzipped).

    Killed at any moment and started again, it goes on with what is missing; started again when all is there, it
    changes nothing. What came out is recorded in the ledger, once for the same files and settings.

    Args:
        path: file or folder.
        warehouse: where the rows go.
        ledger: is told when all is done.
        actor: who takes it in.
        at: now; records dated later are quarantined.
        progress: is told bytes done and bytes in all.

    Raises:
        InvalidInput: nothing is there, or a key is absent, wrong or open to others.
        DiskFull: no room; what was committed is safe.
    """
    found = sources.find(path)
    with warehouse.writing():
        pseudonymiser = warehouse.pseudonymiser()
        vault = Vault(warehouse.home)
        vault.prepare()
        setup = _setup(warehouse, vault, at)
        setting = _setting(pseudonymiser.fingerprint, setup)
        report = Report(source="", passed_over=found.passed_over)
        seen: list[str] = []
        total, done_bytes = found.size, 0
        for done in work(setup, _missing(sources.batches(found.files, setting), warehouse, report, seen)):
            # The vault first: a pseudonym in the warehouse always has its identity.
            if done.sealed:
                vault.keep(done.sealed)
            warehouse.enter([done.staged])
            report.count(done.staged.content)
            report.new = True
            report.ignored += done.ignored
            report.reasons += done.reasons
            done_bytes += done.size
            progress(done_bytes, total)
        if report.documents:
            _take_texts(sources.batches(found.files, setting), warehouse, vault, pseudonymiser, setup, report)
        warehouse.settle()
        report.source = digest(sorted(seen))
        whole = report.total
        event = IngestFinished(
            source=report.source,
            format="fhir",
            read=whole.read,
            written=whole.written,
            quarantined=whole.quarantined,
        )
        record_once(ledger, event, actor, at)
    return report


def _take_texts(
    batches: Iterator[Batch],
    warehouse: Warehouse,
    vault: Vault,
    pseudonymiser: Pseudonymiser,
    setup: Setup,
    report: Report,
) -> None:
    # What pseudonymises takes a while to import, which an export without documents need not wait for.
    from cognoscope.intake import fhir_documents
    from cognoscope.intake.concepts import Concepts

    if not fhir_documents.can_read_texts():
        return
    concepts = Concepts(setup.concept_files, setup.relationship_files)
    texts = fhir_documents.Texts(warehouse, vault, pseudonymiser, setup.at, concepts)
    report.texts = 0
    for done in texts.take(batches):
        report.new = True
        report.texts += sum(tally.written for tally in done.staged.content.tallies.values())
        report.held_back += done.held_back
        report.reasons += done.reasons
    report.texts += texts.already


def _setup(warehouse: Warehouse, vault: Vault, at: datetime) -> Setup:
    home, committed = warehouse.home, warehouse.manifest()
    settings = home.settings()
    return Setup(
        folder=warehouse.folder,
        pseudonym_key=keys.read(home.key_file),
        vault_key=vault.key,
        date_shift=settings.date_shift,
        time_zone=settings.time_zone,
        at=at,
        concept_files=_paths(warehouse, committed, "concept"),
        relationship_files=_paths(warehouse, committed, "concept_relationship"),
    )


def _paths(warehouse: Warehouse, committed: Manifest, table: str) -> tuple[Path, ...]:
    return tuple(warehouse.folder / part.file for part in committed.files(table))


def _setting(key_fingerprint: str, setup: Setup) -> str:
    """Names what the rows depend on besides the file: with another vocabulary the same file gives other rows."""
    vocabulary = [path.name for path in (*setup.concept_files, *setup.relationship_files)]
    return digest([MAPPING_VERSION, key_fingerprint, setup.date_shift, setup.time_zone, vocabulary])


def _missing(
    batches: Iterator[Batch], warehouse: Warehouse, report: Report, seen: list[str]
) -> Iterator[tuple[Batch, int]]:
    """The batches that are not in the warehouse; those that are, are only counted."""
    for batch in batches:
        if batch.part == 0:
            seen.append(batch.source)
            base = warehouse.begin(batch.source)
            there = warehouse.parts(batch.source)
        if batch.part in there:
            report.count(there[batch.part])
        else:
            yield batch, base


def complain(report: Report) -> None:
    """Raise where a file gave nothing, so that the command ends with a status that a script notices.

    Raises:
        InvalidInput: names the first such file and why.
    """
    if report.unusable:
        name, more = report.unusable[0], len(report.unusable) - 1
        others = f" and {more} other files" if more else ""
        raise InvalidInput(f"Nothing in {name}{others} could be used: the table quarantine says why, line by line.")
