"""`ingest documents`: reports into the warehouse's `note`, without identities; what cannot be read into quarantine."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cognoscope.core.actor import Actor
from cognoscope.core.canonical import digest
from cognoscope.core.events import IngestFinished
from cognoscope.core.ledger import Ledger
from cognoscope.intake.documents import masking
from cognoscope.intake.documents.already import to_do
from cognoscope.intake.documents.batches import Preparation, cut
from cognoscope.intake.documents.entries import entries
from cognoscope.intake.documents.index import found_index
from cognoscope.intake.documents.items import Batch
from cognoscope.intake.documents.layout import DocumentsMapping
from cognoscope.intake.documents.patients import Patients
from cognoscope.intake.documents.work import Setup, cores, work
from cognoscope.intake.manifest import Part, Tally
from cognoscope.intake.recording import record_once
from cognoscope.intake.vault import Vault
from cognoscope.intake.warehouse import Warehouse

VERSION = 1
"""Of the way texts are taken out of files: raised where an unchanged file would give another text."""

Progress = Callable[[int], None]


@dataclass
class Report:
    """The account of an ingest; nothing of a document is in it, nor its name."""

    source: str = ""
    tally: Tally = field(default_factory=Tally)
    held_back: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    passed_over: int = 0
    new: bool = False

    def count(self, part: Part) -> None:
        """Enter what is committed of one batch."""
        for tally in part.tallies.values():
            self.tally.add(tally)


def ingest_documents(
    path: Path,
    mapping: DocumentsMapping | None,
    *,
    warehouse: Warehouse,
    ledger: Ledger,
    actor: Actor,
    at: datetime,
    workers: int | None = None,
    make_cleaner: masking.MakeCleaner = masking.installed,
    progress: Progress = lambda read: None,
) -> Report:
    """Take in a folder of files with its list, or a table of texts.

    Killed at any moment and started again, it goes on with what is missing; a document that is there as it is, is not
    read again, in whatever list it comes. A new version of the pseudonymisation, or what the vault has learnt about
    the person since, makes it be read again.

    Args:
        path: folder with a list in it, a list beside its files, or a table with a column of texts.
        mapping: how to read the list; without one, columns are known by their usual names.
        warehouse: where the rows go.
        ledger: is told when all is done.
        actor: who takes it in.
        at: now; documents dated later are quarantined.
        workers: processes; default: one a core.
        make_cleaner: makes what takes the identities out.
        progress: is told the documents read so far.

    Raises:
        InvalidInput: nothing is there, the list cannot be used, or a key is absent, wrong or open to others.
        NotInstalled: the extra `text` is missing.
        DiskFull: no room; what was committed is safe.
    """
    index = found_index(path, mapping)
    with warehouse.writing():
        pseudonymiser = warehouse.pseudonymiser()
        vault = Vault(warehouse.home)
        vault.prepare()
        setting = _setting(warehouse, make_cleaner)
        preparation = Preparation(
            warehouse,
            pseudonymiser,
            Patients(warehouse, pseudonymiser, vault),
            file=index.path.name,
            folder=index.folder,
            setting=setting,
        )
        report, seen = Report(), list[str]()
        rows = cut(entries(index.path, mapping, warehouse.home.settings().time_zone, at))
        batches = _missing((preparation.batch(some) for some in rows), warehouse, report, seen)
        named = 0
        for done in work(Setup(warehouse.home, make_cleaner), batches, workers or cores()):
            warehouse.enter([done.staged])
            report.count(done.staged.content)
            report.new = True
            report.reasons += done.reasons
            report.held_back += done.held_back
            named += done.read
            progress(named)
        warehouse.settle()
        report.passed_over = max(0, index.others - len(preparation.files))
        report.source = digest(sorted(seen))
        event = IngestFinished(
            source=report.source,
            format="documents",
            read=report.tally.read,
            written=report.tally.written,
            quarantined=report.tally.quarantined,
        )
        record_once(ledger, event, actor, at)
    return report


def _setting(warehouse: Warehouse, make_cleaner: masking.MakeCleaner) -> str:
    """Names what the rows depend on beside the documents."""
    cleaner = masking.version() if make_cleaner is masking.installed else make_cleaner.__qualname__
    return digest(["documents", VERSION, cleaner, warehouse.home.settings().date_shift])


def _missing(
    batches: Iterator[Batch], warehouse: Warehouse, report: Report, seen: list[str]
) -> Iterator[tuple[Batch, int]]:
    """The batches that are not in the warehouse; those that are, are only counted."""
    for batch in batches:
        seen.append(batch.source)
        left = to_do(warehouse, batch)
        if isinstance(left, Part):
            report.count(left)
        elif not left.items and not left.flaws:
            report.tally.add(Tally(left.read, 0, 0, left.unchanged))
        else:
            yield left, warehouse.begin(left.source)
