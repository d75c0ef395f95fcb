"""The CSV files of this folder, read once; each row says where it comes from in its `source` column."""

import csv
import unicodedata
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `name.csv` by column."""
    with files(__package__).joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several, between bars."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())


@cache
def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFD", character)[0].lower()
    return plain if len(plain) == 1 else character


def fold(text: str) -> str:
    """Lower case without accents, character for character, so that positions stay what they were."""
    return "".join(map(_folded, text))


@cache
def bare(code: str) -> str:
    """A code as PMSI files write it: upper case, without dot, cross or star."""
    return "".join(character for character in code.upper() if character.isalnum() or character == "+")


@cache
def family(code: str) -> str:
    """The category of a CIM-10 code: its first three characters."""
    return bare(code)[:3]


def dotted(code: str) -> str:
    """A CIM-10 code as people write it: `E11.9`."""
    plain = bare(code)
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


@cache
def begins(code: str, prefix: str) -> bool:
    """Whether a code is the prefix or lies under it."""
    return bare(code).startswith(bare(prefix))
