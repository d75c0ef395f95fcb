"""What one process of a FHIR ingest does: map a batch, write its parts; the caller commits them."""

import multiprocessing
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from cognoscope.intake.concepts import Concepts
from cognoscope.intake.fhir_mapping import BatchMapping, Mapped
from cognoscope.intake.fhir_subjects import Subjects
from cognoscope.intake.fhir_values import Clock
from cognoscope.intake.identities import Seal
from cognoscope.intake.parts import Staged, stage
from cognoscope.intake.processes import LOST_IN_INGEST, WorkerLost, end_with_parent
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.sources import BATCH_BYTES, MAX_LINE_BYTES, Batch

WORKERS = 2
IN_FLIGHT = WORKERS + 1
MAX_HANDED_BYTES = MAX_LINE_BYTES + 2 * BATCH_BYTES


@dataclass(frozen=True)
class Setup:
    """All that a process needs to map batches; handed over in memory, never by file or command line."""

    folder: Path
    pseudonym_key: bytes
    vault_key: bytes
    date_shift: bool
    time_zone: str
    at: datetime
    concept_files: tuple[Path, ...]
    relationship_files: tuple[Path, ...]


@dataclass(frozen=True)
class Done:
    """A batch that is written but not committed, with the identities to put into the vault before it is."""

    size: int
    staged: Staged
    sealed: list[tuple[str, bytes]]
    ignored: Counter[str]
    reasons: Counter[str]


class Worker:
    """Keeps what batches share: caches of pseudonyms, dates and concepts."""

    def __init__(self, setup: Setup) -> None:
        self._folder = setup.folder
        self._pseudonymiser = Pseudonymiser(setup.pseudonym_key, date_shift=setup.date_shift)
        self._subjects = Subjects(self._pseudonymiser, date_shift=setup.date_shift)
        self._clock = Clock(setup.time_zone, setup.at)
        self._seal = Seal(setup.vault_key)
        self._concepts = Concepts(setup.concept_files, setup.relationship_files)

    def map(self, batch: Batch) -> Mapped:
        """The batch's rows, identities and account."""
        return BatchMapping(batch, self._pseudonymiser, self._subjects, self._clock, self._seal).run(self._concepts)

    def do(self, batch: Batch, base: int) -> Done:
        """Map the batch and write its parts; `base` is what `Warehouse.begin` gave for its source."""
        mapped = self.map(batch)
        staged = stage(self._folder, batch.source, base, batch.part, mapped.tables, mapped.tallies)
        return Done(batch.size, staged, mapped.sealed, mapped.ignored, mapped.reasons)


def work(setup: Setup, batches: Iterable[tuple[Batch, int]]) -> Iterator[Done]:
    """Do all the batches and give them back; in processes once there is more than one.

    A document too large to be handed to another process twice over is done in this one.

    Raises:
        WorkerLost: a process was ended from outside.
    """
    upcoming = iter(batches)
    first, second = next(upcoming, None), next(upcoming, None)
    here = Worker(setup)
    if first is None or second is None:
        if first is not None:
            yield here.do(*first)
        return
    waiting: deque[Future[Done]] = deque()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_begin, initargs=(setup,)) as pool:
        try:
            for batch, base in chain((first, second), upcoming):
                if sum(len(piece.text) for piece in batch.pieces) > MAX_HANDED_BYTES:
                    yield here.do(batch, base)
                    continue
                if len(waiting) >= IN_FLIGHT:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(_do, batch, base))
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise WorkerLost(LOST_IN_INGEST) from error
        finally:
            pool.shutdown(cancel_futures=True)


_worker: Worker


def _begin(setup: Setup) -> None:
    global _worker
    _worker = Worker(setup)
    end_with_parent()


def _do(batch: Batch, base: int) -> Done:
    return _worker.do(batch, base)
