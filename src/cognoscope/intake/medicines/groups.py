"""Members of a class of the thesaurus that its own heading lists, and headings that mean a route of administration."""

import csv
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from cognoscope.intake.medicines.names import fold

_MOSTLY = 0.5
"""A list of which this share is in the index of substances is a list of substances; the rest are its misprints."""


def listed(between: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """The substances of the list in brackets that ends what stands between two headings; none where it is a reference.

    `known` says whether the index of substances holds a name. A bracket that was never closed lists nothing.
    """
    text = " ".join(between.split())
    if fold(text).startswith("voir aussi") or not text.endswith(")"):
        return ()
    names = _parted(_last_brackets(text))
    held = [name for name in names if known(name)]
    return tuple(names) if names and len(held) > _MOSTLY * len(names) else tuple(held)


def by_route(substances: tuple[str, ...], routes: tuple[str, ...]) -> tuple[str, ...]:
    """Headings that mean whatever is given by a route ("médicaments administrés par voie orale").

    substances: names the medicine's substance goes by, folded. Without a known route nothing is meant.
    """
    given = {fold(route) for route in routes}
    return tuple(
        heading
        for heading, substance, meant in _rules()
        if given & meant and (not substance or any(substance in name.split(" ") for name in substances))
    )


def _last_brackets(text: str) -> str:
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth == 0:
            return text[place + 1 : -1]
    return ""


def _parted(text: str) -> list[str]:
    """The names between commas that are in no brackets."""
    names, depth, start = [], 0, 0
    for place, letter in enumerate(text + ","):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            names.append(text[start:place].strip())
            start = place + 1
    return [name for name in names if name]


@cache
def _rules() -> tuple[tuple[str, str, frozenset[str]], ...]:
    text = files(__package__).joinpath("route_headings.csv").read_text(encoding="utf-8")
    return tuple(
        (row["heading"], row["substance"], frozenset(row["routes"].split("|")))
        for row in csv.DictReader(text.splitlines())
    )
