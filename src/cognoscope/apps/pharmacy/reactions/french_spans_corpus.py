"""Reads French product characteristics with marked disorders: JSON lines of BRAT annotations, one section a line.

`id`, `product`, `section`, `text`, `entities` (each `label`, `fragments` as [start, stop] pairs). Campillos Llanos
et al., MedInfo 2019. Judged: label `patho` of the sections on adverse effects. An entity in several pieces is no
span and is left out of both sides; how many there are is counted.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cognoscope.core.errors import InvalidInput

LABEL = "patho"
SECTION = "effets"
FIELDS = ("product", "section", "text", "entities")


@dataclass(frozen=True)
class Leaflet:
    """One section of a product's characteristics, with the spans of its disorders and how many came in pieces."""

    product: str
    section: str
    text: str
    spans: frozenset[tuple[int, int]]
    in_pieces: int

    @property
    def judged(self) -> bool:
        """Whether it is a section on adverse effects."""
        return self.section.startswith(SECTION)


def holds_leaflets(folder: Path) -> bool:
    """Whether a file of the folder has the layout."""
    return any(_fits(path) for path in _files(folder))


def read_leaflets(folder: Path) -> list[Leaflet]:
    """Every section of the files of a folder.

    Raises:
        InvalidInput: there is no such file, or one is not what its first row says.
    """
    found = [
        _leaflet(path, n, line) for path in _files(folder) if _fits(path) for n, line in enumerate(_lines(path), 1)
    ]
    if not found:
        raise InvalidInput(
            f"{folder}: no annotated French section. A *.jsonl or *.jsonl.gz file is needed whose rows have product, "
            "section, text and entities (see `cognoscope datasets list`, rcp_effets_indesirables_fr)."
        )
    return found


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.jsonl*")) if path.suffix in (".jsonl", ".gz")]


def _fits(path: Path) -> bool:
    try:
        first = next(_lines(path), "")
        row = json.loads(first) if first else None
    except (OSError, ValueError):
        return False
    return isinstance(row, dict) and all(name in row for name in FIELDS)


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield line


def _leaflet(path: Path, number: int, line: str) -> Leaflet:
    try:
        row: Any = json.loads(line)
        pieces = [one["fragments"] for one in row["entities"] if one["label"] == LABEL]
        whole = frozenset((int(one[0][0]), int(one[0][1])) for one in pieces if len(one) == 1)
        broken = sum(len(one) > 1 for one in pieces)
        return Leaflet(str(row["product"]), str(row["section"]), str(row["text"]), whole, broken)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InvalidInput(f"{path.name}, line {number}: not a section with its entities.") from error
