"""Reads the reference corpora of medical French: what each document says, and what its annotators marked in it."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cognoscope.core.errors import InvalidInput


@dataclass(frozen=True)
class Span:
    """Characters `start` (included) to `stop` (excluded) that were marked, their label, and their UMLS concept."""

    start: int
    stop: int
    label: str
    concept: str = ""


@dataclass(frozen=True)
class Event:
    """An event of the THYME scheme: `polarity` is POS or NEG, `modality` ACTUAL, HEDGED, HYPOTHETICAL... or GENERIC."""

    start: int
    stop: int
    polarity: str
    modality: str


@dataclass(frozen=True)
class AnnotatedText:
    """One document of a corpus; `source` is its journal, publisher or part of the corpus."""

    identifier: str
    source: str
    text: str
    spans: tuple[Span, ...] = ()
    events: tuple[Event, ...] = ()


def read_e3c(path: Path) -> list[AnnotatedText]:
    """A file of E3C (layers 1, 2 or 3) in JSON lines; clinical entities have the label `CLINENTITY`.

    Raises:
        InvalidInput: the file is not what its name says.
    """
    return [_e3c(record) for record in _records(path)]


def read_quaero(path: Path) -> list[AnnotatedText]:
    """A file of QUAERO in JSON lines: labels are UMLS groups; an entity in pieces spans from its first to its last.

    Raises:
        InvalidInput: the file is not what its name says.
    """
    return [_quaero(record) for record in _records(path)]


def partitions(folder: Path, prefix: str) -> list[Path]:
    """The annotated files of one layer, whatever its partitions are called: `layer1_*.jsonl.gz` for `layer1`."""
    return sorted(folder.glob(f"{prefix}*.jsonl.gz"))


def templates_path(folder: Path) -> Path:
    """AP-HP's fictitious templates for pseudonymisation, in a folder `eds-pseudo-templates`.

    Raises:
        InvalidInput: they are not there.
    """
    path = folder / "templates.txt"
    if not path.is_file():
        raise InvalidInput(f"{path} is absent: see `cognoscope datasets list` for where the templates are published.")
    return path


def _records(path: Path) -> Iterator[Any]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise InvalidInput(
            f"The corpus {path} cannot be read ({error}); compare it with `cognoscope datasets verify`."
        ) from error


def _e3c(record: Any) -> AnnotatedText:
    try:
        entities = (
            Span(e["begin"], e["end"], "CLINENTITY", e.get("cui") or "") for e in _listed(record, "clinical_entities")
        )
        events = (
            Event(e["begin"], e["end"], e.get("polarity", ""), e.get("contextualModality", ""))
            for e in _listed(record, "events")
        )
        source = record.get("source") or record.get("metadata", {}).get("docSource", "")
        return AnnotatedText(record["id"], source, record["text"], _ordered(entities), _by_place(events))
    except (LookupError, TypeError, AttributeError) as error:
        raise InvalidInput(f"A record of the corpus is not laid out as E3C's are ({error!r}).") from error


def _quaero(record: Any) -> AnnotatedText:
    try:
        entities = (
            Span(e["fragments"][0][0], e["fragments"][-1][1], e["label"], e.get("note") or "")
            for e in _listed(record, "entities")
        )
        return AnnotatedText(record["id"], record["source"], record["text"], _ordered(entities))
    except (LookupError, TypeError, AttributeError) as error:
        raise InvalidInput(f"A record of the corpus is not laid out as QUAERO's are ({error!r}).") from error


def _listed(record: Any, name: str) -> list[Any]:
    return list(record.get(name) or ())


def _ordered(spans: Iterator[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: (span.start, -span.stop, span.label)))


def _by_place(events: Iterator[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: (event.start, event.stop)))
