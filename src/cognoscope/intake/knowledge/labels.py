"""What labels say of how often a medicine does something: a hospital's own table, or SIDER.

A table has the columns substance, term, frequency, and may have code (of the terminology) and source. A frequency is a
CIOMS word (`very common`, `très fréquent`), a share (`0.02`), a percentage (`2 %`), or empty: on the label, how often
is not said.
SIDER 4.1 (Kuhn et al., Nucleic Acids Res 2016; `meddra_freq.tsv` with `drug_names.tsv`) may be loaded for evaluation:
its licence, CC BY-NC-SA, forbids commercial use; nothing of it ships and nothing stands in for it by itself.
"""

import csv
import gzip
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.source import Loaded, Source
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.intake.plain_words import plain_words

COLUMNS = ("substance", "term", "frequency")
CLASSES = (("very-common", 0.1), ("common", 0.01), ("uncommon", 0.001), ("rare", 0.0001), ("very-rare", 0.0))
"""CIOMS III (1995): the class and the share from which it begins."""

_WORDS = {
    "very common": 0.1, "tres frequent": 0.1, "tres frequents": 0.1, "common": 0.01, "frequent": 0.01,
    "frequents": 0.01,
    "uncommon": 0.001, "peu frequent": 0.001, "peu frequents": 0.001, "infrequent": 0.001, "rare": 0.0001,
    "rares": 0.0001,
    "very rare": 0.0, "tres rare": 0.0, "tres rares": 0.0,
}  # fmt: skip
_SHARE = re.compile(r"^<?\s*(\d+(?:[.,]\d+)?)\s*(%?)$")


def class_of(share: float) -> str:
    """The CIOMS class of a share of patients, 0 to 1.

    >>> class_of(0.02)
    'common'
    """
    return next(name for name, floor in CLASSES if share >= floor)


@dataclass(frozen=True, eq=False)
class Labels:
    """An edition, ready to be asked."""

    edition: str
    digest: str
    licence: str
    _rows: dict[str, list[dict[str, Any]]]

    def rows(self, substance: str, code: str, names: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of a substance that are about a term: by its code, else by one of its names."""
        wanted = {plain_words(name) for name in names}
        return [
            {**row, "code": code}
            for row in self._rows.get(plain_words(substance), ())
            if row["code"] == code or (not row["code"] and plain_words(row["term"]) in wanted)
        ]


def open_labels(knowledge: Knowledge) -> Labels | None:
    """The labels loaded, or None: they are no part of the product, and nothing replaces them."""
    if not knowledge.has(LABELS):
        return None
    edition = knowledge.edition(LABELS)
    return _held(
        edition.edition, edition.content, edition.licence, _Table(edition.content, knowledge.table(LABELS, "frequency"))
    )


@dataclass(frozen=True, eq=False)
class _Table:
    digest: str
    rows: pa.Table

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Table) and other.digest == self.digest


@lru_cache(maxsize=4)
def _held(edition: str, digest: str, licence: str, table: _Table) -> Labels:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in table.rows.to_pylist():
        found.setdefault(plain_words(row["substance"]), []).append(row)
    return Labels(edition, digest, licence, found)


def load(path: Path) -> Loaded:
    """A CSV table of the hospital, or a folder with SIDER's `meddra_freq.tsv` and `drug_names.tsv` (also .gz).

    Raises:
        InvalidInput: a file or column is missing, or a frequency is none of the forms above.
    """
    rows = _sider(path) if path.is_dir() else _own(path)
    if not rows:
        raise InvalidInput(f"{path} holds no frequency.")
    names = ("substance", "code", "term", "words", "low", "high", "source")
    kinds = {"low": pa.float64(), "high": pa.float64()}
    ordered = sorted(set(rows), key=lambda row: tuple(str(cell) for cell in row))
    columns = {
        name: pa.array([row[at] for row in ordered], kinds.get(name, pa.string())) for at, name in enumerate(names)
    }
    return Loaded("SIDER 4.1" if path.is_dir() else path.stem, {"frequency": pa.table(columns)})


def _own(path: Path) -> list[tuple[Any, ...]]:
    reader = csv.DictReader(io.StringIO(_text(path)))
    found = []
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise InvalidInput(f"{path} has no column {', '.join(missing)}: substance,term,frequency are needed.")
        for row in reader:
            said = (row["frequency"] or "").strip()
            low = _share(said, f"{path}, line {reader.line_num}") if said else None
            if not (row["substance"] or "").strip() or not (row["term"] or "").strip():
                raise InvalidInput(f"{path}, line {reader.line_num}: substance and term are needed.")
            source = (row.get("source") or path.stem).strip()
            found.append(
                (row["substance"].strip(), (row.get("code") or "").strip(), row["term"].strip(), said, low, low, source)
            )
    except csv.Error as error:
        raise InvalidInput(f"{path} is not a CSV file: {error}.") from error
    return found


def _sider(path: Path) -> list[tuple[Any, ...]]:
    names = {row[0]: row[1] for row in _lines(path, "drug_names") if len(row) > 1}
    found = []
    for row in _lines(path, "meddra_freq"):
        # Placebo arms say nothing of the drug; a row without bounds has no frequency.
        if len(row) < 10 or row[3] == "placebo" or row[0] not in names:
            continue
        try:
            found.append((names[row[0]], "", row[9], row[4], float(row[5]), float(row[6]), "SIDER 4.1"))
        except ValueError:
            continue
    return found


def _lines(folder: Path, name: str) -> Iterable[list[str]]:
    file = next((each for each in (folder / f"{name}.tsv", folder / f"{name}.tsv.gz") if each.is_file()), None)
    if file is None:
        raise InvalidInput(f"{folder} has no {name}.tsv: SIDER publishes it beside the others.")
    return (line.split("\t") for line in _text(file).splitlines())


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as UTF-8 text: {error}.") from error


def _share(said: str, where: str) -> float:
    plain = plain_words(said)
    if plain in _WORDS:
        return _WORDS[plain]
    match = _SHARE.match(said)
    share = float(match[1].replace(",", ".")) / (100 if match[2] else 1) if match else 2.0
    if not 0 <= share <= 1:
        raise InvalidInput(f"{where}: the frequency {said!r} is no CIOMS word, share or percentage.")
    return share


LABELS = Source(
    name="labels",
    title=Sentence(fr="Fréquence des effets d'après les notices", en="Frequency of reactions by the labels"),
    publisher="the hospital (a table of its own), or EMBL for SIDER 4.1",
    licence="the hospital's own, or CC BY-NC-SA 4.0 for SIDER (evaluation only)",
    expects="a CSV file with the columns substance,term,frequency, or the folder of SIDER 4.1",
    load=load,
)
