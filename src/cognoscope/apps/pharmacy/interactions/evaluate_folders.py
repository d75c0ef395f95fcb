"""Where an evaluation finds editions of the thesaurus and of the public database."""

from collections.abc import Iterator
from pathlib import Path

from cognoscope.datasets.registry import datasets_folder

_PUBLIC = ("CIS_bdpm.txt", "CIS_bdpm.txt.gz")


def thesaurus_folders(folder: Path) -> list[Path]:
    """Folders with two JSON files or more: the folder itself, or down to two levels below it."""
    return [each for each in _below(folder) if sum(name.endswith((".json", ".json.gz")) for name in _names(each)) > 1]


def database_folders(folder: Path) -> list[Path]:
    """Editions of the public database: in the folder or below it, else beside it, else among the reference data."""
    for place in (folder, folder.resolve().parent, datasets_folder() / "drugs" / "bdpm"):
        found = [each for each in _below(place) if any(name in _PUBLIC for name in _names(each))]
        if found:
            return found
    return []


def _below(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield folder
        for child in sorted(each for each in folder.iterdir() if each.is_dir()):
            yield child
            yield from sorted(each for each in child.iterdir() if each.is_dir())


def _names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.is_file()]
