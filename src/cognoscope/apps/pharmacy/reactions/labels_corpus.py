"""Reads drug labels annotated with MedDRA preferred terms, in the layout of the TAC 2017 files of the OnSIDES
repository.

One JSON object a line: `label_id`, `section_name`, `section_text`, `adverse_events` (lists of term, PT name, PT
code, LLT name, LLT code, start, length, kind). Roberts, Demner-Fushman and Tonning 2017; Demner-Fushman et al., Sci
Data 2018.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cognoscope.core.errors import InvalidInput

FIELDS = ("label_id", "section_name", "section_text", "adverse_events")


class Annotated(NamedTuple):
    """A reaction as annotated; `start` is None where the publisher gives no place."""

    term: str
    pt: str
    code: str
    llt: str
    start: int | None


@dataclass(frozen=True)
class Part:
    """One section of a label."""

    name: str
    text: str
    reactions: tuple[Annotated, ...]


@dataclass(frozen=True)
class Label:
    """A drug's label; `digest` stands for its texts."""

    name: str
    parts: tuple[Part, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the texts of its sections, whatever their order."""
        return sha256("\0".join(sorted(part.text for part in self.parts)).encode()).hexdigest()


def holds_labels(folder: Path) -> bool:
    """Whether a file of the folder has the layout."""
    return any(True for path in label_files(folder) for _ in [path])


def label_files(folder: Path) -> list[Path]:
    """The JSON-lines files whose first row is a section with reactions marked in pharmacovigilance (not paediatric)
    form.
    """
    return [path for path in sorted(folder.glob("*.jsonl*")) if path.suffix in (".jsonl", ".gz") and _fits(path)]


def _fits(path: Path) -> bool:
    try:
        first = next(_lines(path), "")
        row = json.loads(first) if first else None
    except (OSError, ValueError, UnicodeDecodeError):
        return False
    # The paediatric sections of the same publisher (`SP`) name reactions otherwise and have no MedDRA terms.
    return isinstance(row, dict) and all(name in row for name in FIELDS) and row["section_name"] != "SP"


def read_labels(folder: Path) -> list[Label]:
    """Every label of the files of a folder, in the order of the files.

    Raises:
        InvalidInput: there is no such file, or one is not what its first row says.
    """
    parts: dict[str, list[Part]] = {}
    for path in label_files(folder):
        for number, line in enumerate(_lines(path), start=1):
            name, part = _part(path, number, line)
            parts.setdefault(name, []).append(part)
    if not parts:
        raise InvalidInput(
            f"{folder}: no annotated label. A *.jsonl or *.jsonl.gz file is needed whose rows have label_id, "
            "section_name, section_text and adverse_events (see `cognoscope datasets list`, tac2017_adr_labels)."
        )
    return [Label(name, tuple(some)) for name, some in parts.items()]


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield line


def _part(path: Path, number: int, line: str) -> tuple[str, Part]:
    try:
        row: Any = json.loads(line)
        reactions = tuple(_annotated(one) for one in row["adverse_events"] if one[1])
        return str(row["label_id"]), Part(str(row["section_name"]), str(row["section_text"]), reactions)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InvalidInput(f"{path.name}, line {number}: not a section of a label with its reactions.") from error


def _annotated(one: list[Any]) -> Annotated:
    start = None if one[5] in (None, "") else int(one[5])
    return Annotated(str(one[0] or ""), str(one[1]), code_of(one[2]), str(one[3] or ""), start)


def code_of(value: Any) -> str:
    """A MedDRA code as digits, whether it is written as text, a whole number or one with a decimal point."""
    if value in (None, ""):
        return ""
    try:
        return str(int(float(value)))
    except (ValueError, OverflowError):
        return ""
