"""Finds the list of documents in what was given: the file itself, or the one table in a folder of files."""

from dataclasses import dataclass
from pathlib import Path

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.documents.layout import DocumentsMapping, plainly

TABLES = (".csv", ".tsv", ".csv.gz", ".xlsx", ".parquet", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
USUAL = ("index", "documents", "liste", "sommaire", "metadata", "metadonnees")


@dataclass(frozen=True)
class Index:
    """The list, the folder its files are in, and how many other files than lists the folder holds."""

    path: Path
    folder: Path
    others: int


def found_index(path: Path, mapping: DocumentsMapping | None) -> Index:
    """The list of documents.

    Raises:
        InvalidInput: nothing is there, or no table, or several of which none is called like a list.
    """
    if path.is_file():
        return Index(path, path.parent, 0)
    if not path.is_dir():
        raise InvalidInput(f"There is no file or folder {path}.")
    files = [each for each in path.rglob("*") if each.is_file()]
    if mapping is not None and mapping.index is not None:
        named = path / mapping.index
        if not named.is_file():
            raise InvalidInput(f"The folder {path} holds no {mapping.index}, which the mapping names as its `index`.")
        return Index(named, path, len(files) - 1)
    tables = [each for each in sorted(path.iterdir()) if each.is_file() and each.name.lower().endswith(TABLES)]
    usual = [each for each in tables if plainly(each.name.partition(".")[0]) in USUAL]
    chosen = usual if len(usual) == 1 else tables
    if len(chosen) != 1:
        have = "several tables" if chosen else "no table"
        raise InvalidInput(
            f"The folder {path} holds {have} that could say whom its files are about: put one list in it, called "
            "index.csv, with the columns file, patient and date (or name it as `index` in a mapping, --map FILE.toml)."
        )
    return Index(chosen[0], path, len(files) - 1)
