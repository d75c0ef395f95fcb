"""The warehouse: a folder of immutable Parquet parts and one manifest that says which of them count.

A part is written whole, made durable, and only then entered in the manifest, which is replaced by a rename. So a
process killed at any moment leaves the warehouse as it was before or after a commit; a part it had not entered is
ignored, written again under the same name by the next run, and swept away when it is not. Parts are never changed nor
removed, so a reader that holds a manifest is never disturbed by a writer, and a backup may copy while one runs.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import manifest as manifests
from cognoscope.intake import optout, parquet
from cognoscope.intake.cdm import TABLES
from cognoscope.intake.manifest import Manifest, Part
from cognoscope.intake.parts import Staged, stage
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.writelock import Notice, exclusive

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

PATIENCE_SECONDS = 3600.0


class Warehouse:
    """Reads and writes the OMOP tables of one installation."""

    def __init__(self, home: Home, notice: Notice) -> None:
        self.home = home
        self.folder = home.warehouse
        self._notice = notice
        self._manifest_file = self.folder / "manifest.json"
        self._writing = False

    def manifest(self) -> Manifest:
        """What is committed now."""
        return manifests.read(self._manifest_file)

    def files(self) -> list[Path]:
        """Every file of the committed state, manifest first: what a backup copies."""
        committed = self.manifest()
        parts = [self.folder / part.file for name in TABLES for part in committed.files(name)]
        return [self._manifest_file, *parts] if parts else []

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer; a second one waits, after a sentence.

        Raises:
            InvalidInput: another program has not let go for an hour.
        """
        if self._writing:
            yield
            return
        with exclusive(self.folder / "lock", f"the warehouse {self.folder}", self._notice, PATIENCE_SECONDS):
            self._writing = True
            try:
                self._sweep()
                yield
            finally:
                self._writing = False

    def pseudonymiser(self) -> Pseudonymiser:
        """The installation's pseudonymiser, after making sure that its key goes with what is already here.

        Raises:
            InvalidInput: the key is absent, open to others or damaged, or the warehouse was made with another key.
        """
        date_shift = self.home.settings().date_shift
        pseudonymiser = Pseudonymiser.from_file(self.home.key_file, date_shift=date_shift)
        with self.writing():
            committed = self.manifest()
            if committed.key_fingerprint is None:
                committed.key_fingerprint = pseudonymiser.fingerprint
                manifests.write(self._manifest_file, committed)
        if committed.key_fingerprint != pseudonymiser.fingerprint:
            raise InvalidInput(
                f"The key {self.home.key_file} is not the one that {self.folder} was made with: the same person "
                "would get a second pseudonym. Put the right key back from a copy."
            )
        return pseudonymiser

    def done(self, source: str) -> frozenset[int]:
        """Numbers of the parts of a source that are committed."""
        return frozenset(self.parts(source))

    def parts(self, source: str) -> Mapping[int, Part]:
        """The committed parts of a source, by number."""
        known = self.manifest().sources.get(source)
        return known.parts if known else {}

    def begin(self, source: str) -> int:
        """Give the source its place in the order of commits, kept over restarts; to be passed to `parts.stage`."""
        with self.writing():
            committed = self.manifest()
            known = source in committed.sources
            base = committed.source(source).base
            if not known:
                manifests.write(self._manifest_file, committed)
            return base

    def enter(self, staged: Iterable[Staged]) -> None:
        """Commit staged parts together; those already committed are left as they are."""
        with self.writing():
            committed = self.manifest()
            written: set[Path] = set()
            for one in staged:
                committed.source(one.source).parts.setdefault(one.part, one.content)
                written.update((self.folder / part.file).parent for part in one.content.files.values())
            for folder in written:
                manifests.sync_folder(folder)
            manifests.write(self._manifest_file, committed)

    def commit(self, source: str, part: int, tables: Mapping[str, pa.Table]) -> bool:
        """Add rows, all of them or none; returns False where this part of this source was already there.

        Args:
            source: digest of what the rows came from (64 hexadecimal digits); the same source twice counts once.
            part: number of the piece of the source, from 0; a later part replaces rows of an earlier one.
            tables: rows by table of `cdm.TABLES`. A row with a primary key that is already in the warehouse
                replaces the older row, so a corrected count is simply ingested again from the corrected file.

        Raises:
            InvalidInput: an unknown table, or rows that do not fit it.
            DiskFull: no room; nothing was changed.
        """
        with self.writing():
            if part in self.done(source):
                return False
            self.enter([stage(self.folder, source, self.begin(source), part, tables)])
            return True

    def settle(self) -> None:
        """Find the tables without doubles, so that reading them needs no search for the latest row."""
        with self.writing():
            committed = self.manifest()
            for name, definition in TABLES.items():
                files = committed.files(name)
                if files and committed.distinct.get(name) != len(files):
                    if parquet.is_distinct(self.folder, definition, files):
                        committed.distinct[name] = len(files)
                    else:
                        committed.distinct.pop(name, None)
            manifests.write(self._manifest_file, committed)

    def connect(self) -> "Backend":
        """An Ibis backend on the state committed now: one view a table of `cdm.TABLES`.

        Views are typed and empty where there is no data; primary keys are unique (the latest commit wins); rows of
        persons in the opt-out register are absent. Call `disconnect()` when done.
        """
        # Ibis takes a second to import, which a writer need not wait for.
        from cognoscope.intake import views

        return views.connect(self.folder, self.manifest(), optout.opted_out(self.home))

    def counts(self) -> dict[str, int]:
        """Rows of each table, as the views show them."""
        from cognoscope.intake import views

        committed = self.manifest()
        with views.opened(self.folder, committed, optout.opted_out(self.home)) as backend:
            return {name: views.count(backend, name) if committed.files(name) else 0 for name in TABLES}

    def _sweep(self) -> None:
        """Remove what a killed run left: parts outside the manifest. Called by the only writer before it writes."""
        committed = self.manifest()
        known = {part.file for name in TABLES for part in committed.files(name)}
        for path in self.folder.glob("parts/*/*"):
            if path.relative_to(self.folder).as_posix() not in known:
                path.unlink(missing_ok=True)
        for path in self.folder.glob(".manifest.json.*"):
            path.unlink(missing_ok=True)


def open_warehouse(home: Home, notice: Notice = lambda sentence: None) -> Warehouse:
    """The warehouse of an installation, made on the first commit.

    Args:
        home: the installation.
        notice: is told, in a sentence for people, when a writer must wait for another.
    """
    return Warehouse(home, notice)
