"""What one process of a documents ingest does: read, pseudonymise, write the parts; the caller commits them."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa

from cognoscope.core.errors import CognoscopeError, NotInstalled
from cognoscope.core.home import Home
from cognoscope.intake.deidentification.span import Cleaned
from cognoscope.intake.documents.isolated import Reader
from cognoscope.intake.documents.items import Batch, Item
from cognoscope.intake.documents.masking import Labels, MakeCleaner
from cognoscope.intake.documents.note_rows import NoteRows
from cognoscope.intake.documents.refused import Refused
from cognoscope.intake.manifest import Tally
from cognoscope.intake.parts import Staged, stage
from cognoscope.intake.processes import LOST_IN_INGEST, end_with_parent, spread
from cognoscope.intake.tables_chunks import Rejected

FAILED = "The pseudonymisation failed on this document: tell those who maintain it, and take it in again after."
TEXTS_AT_ONCE = 64
CHARACTERS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Setup:
    """What a process needs; keys are read by the cleaner from the home, never handed over."""

    home: Home
    make_cleaner: MakeCleaner


@dataclass(frozen=True)
class Done:
    """A batch that is written but not committed, and why documents were set aside."""

    staged: Staged
    reasons: Counter[str]
    held_back: int
    read: int


class Worker:
    """Keeps what batches share: the cleaner and the process that reads files."""

    def __init__(self, setup: Setup) -> None:
        self._folder = setup.home.warehouse
        self._cleaner = setup.make_cleaner(setup.home)
        self._labels = Labels(self._cleaner)
        self.reader = Reader()

    def do(self, batch: Batch, base: int) -> Done:
        """Read and write a batch; `base` is what `Warehouse.begin` gave for its source."""
        tables, rejected = self.tables(batch)
        tally = Tally(batch.read, batch.read - len(rejected) - batch.unchanged, len(rejected), batch.unchanged)
        staged = stage(self._folder, batch.source, base, 0, tables, {batch.file: tally})
        held = sum(each.kind == "held-back" for each in rejected)
        return Done(staged, Counter(each.reason for each in rejected), held, batch.read)

    def tables(self, batch: Batch) -> tuple[dict[str, pa.Table], list[Rejected]]:
        """The batch's rows by table, and the documents set aside."""
        rows = NoteRows(batch.source, batch.file)
        rejected = list(batch.flaws)
        waiting: list[tuple[Item, str]] = []
        characters = 0
        for item in batch.items:
            try:
                text = self._read(item)
            except Refused as refused:
                rejected.append(Rejected(item.line, refused.kind, refused.reason))
                continue
            waiting.append((item, text))
            characters += len(text)
            if len(waiting) >= TEXTS_AT_ONCE or characters > CHARACTERS_AT_ONCE:
                rejected += self._clean(waiting, rows)
                waiting, characters = [], 0
        rejected += self._clean(waiting, rows)
        return rows.tables(rejected), rejected

    def _read(self, item: Item) -> str:
        if item.text is not None:
            return self.reader.of_text(item.text)
        if item.content is not None:
            return self.reader.of_bytes(item.content, item.declared)
        assert item.path is not None
        try:
            content = item.path.read_bytes()
        except OSError as error:
            raise Refused("unreadable_file", "this account may not read the file that the list names") from error
        return self.reader.of_bytes(content)

    def _clean(self, waiting: list[tuple[Item, str]], rows: NoteRows) -> list[Rejected]:
        if not waiting:
            return []
        items = [item for item, _ in waiting]
        cleaned = self._cleaned(waiting)
        rejected = []
        for item, one in zip(items, cleaned, strict=True):
            if one.held_back:
                rejected.append(Rejected(item.line, "held-back", one.held_back))
                continue
            title = self._labels.title(item.title, item.known, item.pseudonym, item.days)
            rows.add(item, one.text, title, item.code or self._labels.type(item.type, item.known))
        return rejected

    def _cleaned(self, waiting: list[tuple[Item, str]]) -> list[Cleaned]:
        """The texts cleaned together; where one makes the cleaner fail, each alone, and that one is held back."""
        try:
            return self._cleaner.clean_many(
                [text for _, text in waiting],
                known=[item.known for item, _ in waiting],
                person=[item.pseudonym for item, _ in waiting],
                shift_days=[item.days for item, _ in waiting],
            )
        except CognoscopeError:
            raise
        except Exception:
            if len(waiting) == 1:
                return [Cleaned(text="", held_back=FAILED)]
            return [one for each in waiting for one in self._cleaned([each])]


def work(setup: Setup, batches: Iterable[tuple[Batch, int]], workers: int) -> Iterator[Done]:
    """Do all the batches and give them back as they were given; in processes once there is more than one.

    Raises:
        NotInstalled: the extra `text` is missing.
        WorkerLost: a process was ended from outside.
    """
    upcoming = iter(batches)
    first, second = next(upcoming, None), next(upcoming, None)
    if first is None:
        return
    if second is None or workers == 1:
        here = Worker(setup)
        with here.reader:
            for batch, base in chain((first,), (second,) if second else (), upcoming):
                yield here.do(batch, base)
        return
    yield from spread(_do, chain((first, second), upcoming), workers, LOST_IN_INGEST, _begin, (setup,))


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


_worker: Worker | NotInstalled


def _begin(setup: Setup) -> None:
    global _worker
    end_with_parent()
    try:
        _worker = Worker(setup)
    except NotInstalled as error:
        # Raised here, it would only break the pool; raised by the first batch, it reaches the person.
        _worker = error


def _do(batch: Batch, base: int) -> Done:
    if isinstance(_worker, NotInstalled):
        raise _worker
    return _worker.do(batch, base)
