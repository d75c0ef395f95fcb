"""What the hospital loaded: one folder an edition, one file that says which edition counts.

Cases copy what they need out of it, with the edition's digest, so that a proposal can be replayed after a newer edition
came.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home, default_home
from cognoscope.core.noun import Digest, Instant, Noun, Slug
from cognoscope.datasets.registry import datasets_folder
from cognoscope.intake.knowledge.source import Loaded, Source
from cognoscope.intake.manifest import replace
from cognoscope.intake.new_folder import new_folder

CURRENT = "current.json"


class NotLoaded(InvalidInput):
    """A terminology that the question needs has not been loaded; the message names the command that loads it."""


class Edition(Noun):
    """An edition that is kept: `content` is the digest of its rows, `tables` their number by table."""

    name: Slug
    edition: str
    content: Digest
    licence: str
    loaded_at: Instant | None
    tables: dict[str, int]


@dataclass(frozen=True)
class _Held:
    edition: Edition
    tables: Mapping[str, pa.Table]


@dataclass(frozen=True)
class Knowledge:
    """The editions of one installation. Tables are read once a process and edition.

    folder: where editions are kept. reference: a folder of reference data, laid out as the registry says, that stands
    in for what was not loaded; None: nothing does.
    """

    folder: Path
    reference: Path | None = None

    def keep(self, source: Source, loaded: Loaded, at: datetime) -> Edition:
        """Keep what a source loaded and make it the edition in force; the one before stays beside it.

        Raises:
            InvalidInput: the disk refuses.
        """
        edition = _described(source, loaded, at)
        target = self.folder / source.name / edition.content[:16]
        if not target.exists():
            with new_folder(target, f"The edition {loaded.edition} of {source.name}") as partial:
                for name, table in loaded.tables.items():
                    pq.write_table(table, partial / f"{name}.parquet", compression="zstd")
        replace(target.parent / CURRENT, edition.canonical())
        return edition

    def edition(self, source: Source) -> Edition:
        """The edition in force.

        Raises:
            NotLoaded: none is, and no reference data stand in.
        """
        return self._held(source).edition

    def table(self, source: Source, name: str) -> pa.Table:
        """A table of the edition in force.

        Raises:
            NotLoaded: no edition is.
        """
        return self._held(source).tables[name]

    def has(self, source: Source) -> bool:
        """Whether there is an edition to work with."""
        return self._current(source) is not None or self._stand_in(source) is not None

    def _held(self, source: Source) -> _Held:
        current = self._current(source)
        if current is not None:
            return _read(self.folder / source.name / current.content[:16], current.canonical())
        stand_in = self._stand_in(source)
        if stand_in is None:
            raise NotLoaded(
                f"{source.title.en} is not loaded: get it from {source.publisher}, then "
                f"`cognoscope terminology load {source.name} PATH`."
            )
        return _load(source, stand_in)

    def _current(self, source: Source) -> Edition | None:
        try:
            return Edition.from_json((self.folder / source.name / CURRENT).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise InvalidInput(
                f"{self.folder / source.name / CURRENT} is damaged: load {source.name} again with "
                f"`cognoscope terminology load {source.name} PATH`."
            ) from error

    def _stand_in(self, source: Source) -> Path | None:
        path = self.reference / source.reference if self.reference and source.reference else None
        return path if path is not None and path.exists() else None


def open_knowledge(home: Home) -> Knowledge:
    """What an installation has loaded, and nothing else."""
    return Knowledge(home.knowledge)


def default_knowledge() -> Knowledge:
    """What the default installation has loaded, else what `$COGNOSCOPE_DATASETS` holds: for verbs that need no
    installation (`propose` on a file, `evaluate`).
    """
    return Knowledge(default_home().knowledge, datasets_folder())


def _described(source: Source, loaded: Loaded, at: datetime | None) -> Edition:
    return Edition(
        name=source.name,
        edition=loaded.edition,
        content=_content(loaded.tables),
        licence=source.licence,
        loaded_at=at,
        tables={name: table.num_rows for name, table in sorted(loaded.tables.items())},
    )


def _content(tables: Mapping[str, pa.Table]) -> str:
    """Digest of names, columns and rows, whatever their chunks."""
    total = hashlib.sha256()
    for name in sorted(tables):
        table = tables[name]
        total.update(json.dumps([name, table.column_names, table.num_rows]).encode())
        for batch in table.combine_chunks().to_batches():
            total.update(json.dumps(batch.to_pydict(), ensure_ascii=False, default=str).encode())
    return total.hexdigest()


@cache
def _read(folder: Path, canonical: bytes) -> _Held:
    edition = Edition.from_json(canonical)
    try:
        return _Held(edition, {name: pq.read_table(folder / f"{name}.parquet") for name in edition.tables})
    except (OSError, pa.ArrowException) as error:
        raise InvalidInput(
            f"The edition of {edition.name} in {folder} cannot be read: load it again with "
            f"`cognoscope terminology load {edition.name} PATH`."
        ) from error


@cache
def _load(source: Source, path: Path) -> _Held:
    loaded = source.load(path)
    return _Held(_described(source, loaded, None), loaded.tables)
