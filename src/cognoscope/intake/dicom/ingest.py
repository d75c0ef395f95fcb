"""`ingest dicom`: a folder of DICOM files into the image store, the warehouse's image index and the ledger."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cognoscope.core.actor import Actor
from cognoscope.core.canonical import digest
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import IngestFinished
from cognoscope.core.ledger import Ledger
from cognoscope.intake.dicom.files import files_of
from cognoscope.intake.dicom.image_occurrence import publish
from cognoscope.intake.dicom.store import Counts, ImageStore
from cognoscope.intake.recording import record_once
from cognoscope.intake.vault import Vault
from cognoscope.intake.warehouse import Warehouse

AT_ONCE = 32
BYTES_AT_ONCE = 256 << 20


@dataclass
class Report:
    """The account of an ingest; nothing of an image is in it, nor the name of its file."""

    source: str = ""
    counts: Counts = field(default_factory=Counts)
    series: int = 0

    @property
    def read(self) -> int:
        """Files looked at."""
        return sum(self.counts.fates.values())


def ingest_dicom(
    path: Path,
    *,
    warehouse: Warehouse,
    ledger: Ledger,
    actor: Actor,
    at: datetime,
    progress: Callable[[int], None] = lambda read: None,
) -> Report:
    """Take in a DICOM file, or every one below a folder. Killed at any moment and started again, nothing is lost or
    doubled: an object that is kept already is only counted.

    Args:
        path: the file or folder.
        warehouse: where the index of series goes; its installation holds the image store.
        ledger: is told when all is done.
        actor: who takes it in.
        at: now.
        progress: is told the files read so far.

    Raises:
        InvalidInput: nothing DICOM is there, a key is absent, wrong or open to others, or the disk refuses.
        NotInstalled: the extra `imaging` is missing.
    """
    files = files_of(path)
    pseudonymiser = warehouse.pseudonymiser()
    Vault(warehouse.home).prepare()
    store = ImageStore(warehouse.home, pseudonymiser)
    report, studies, seen = Report(), set[str](), list[str]()
    for batch in _batches(files):
        contents = [_content(each) for each in batch]
        seen += [hashlib.sha256(each).hexdigest() for each in contents if isinstance(each, bytes)]
        taken = store.take(contents, report.counts)
        studies.update(each.study for each in taken if each.study)
        progress(report.read)
    report.series = publish(store.index, studies, warehouse, pseudonymiser)
    report.source = digest(["dicom", sorted(seen)])
    fates = report.counts.fates
    event = IngestFinished(
        source=report.source,
        format="dicom",
        read=report.read,
        written=fates["kept"] + fates["known"],
        quarantined=fates["quarantined"],
    )
    record_once(ledger, event, actor, at)
    return report


def _batches(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Few files at once, fewer where they are large."""
    batch, size = list[Path](), 0
    for file in files:
        try:
            large = file.stat().st_size
        except OSError:
            large = 0
        if batch and (len(batch) >= AT_ONCE or size + large > BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += large
    if batch:
        yield batch


def _content(path: Path) -> bytes | Path:
    """The bytes, or the path of a file that cannot be read now: the store then says why."""
    try:
        return path.read_bytes()
    except (OSError, InvalidInput):
        return path
