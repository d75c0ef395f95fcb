"""A simulation as bars: shown, folded and suppressed alerts for each 100 prescriptions, in units of the figure."""

from dataclasses import dataclass

from cognoscope.apps.pharmacy.interactions.alerts import LEVELS
from cognoscope.apps.pharmacy.interactions.simulation import FATES, Counted, Simulation
from cognoscope.web import words
from cognoscope.web.i18n import N_, translate

WIDTH = 600.0
NAMES = {"none": N_("Sans politique"), "before": N_("En vigueur"), "after": N_("Essayée")}
FATE_NAMES = {"shown": N_("montrées"), "folded": N_("repliées"), "suppressed": N_("non montrées")}


@dataclass(frozen=True)
class Piece:
    """A part of a bar: where it begins and how long it is."""

    fate: str
    at: float
    width: float
    text: str


@dataclass(frozen=True)
class Bar:
    """One policy's alerts."""

    name: str
    label: str
    pieces: list[Piece]
    shown: str
    share: str


@dataclass(frozen=True)
class Row:
    """One level of the table: for each policy, shown, folded and suppressed for each 100 prescriptions."""

    level: str
    cells: list[str]


def bars(simulation: Simulation, language: str) -> list[Bar]:
    """The three policies on one scale."""
    counted = {"none": simulation.none, "before": simulation.before, "after": simulation.after}
    longest = max((sum(each.per_hundred(fate) for fate in FATES) for each in counted.values()), default=0.0) or 1.0
    return [_bar(name, each, longest, language) for name, each in counted.items()]


def _bar(name: str, counted: Counted, longest: float, language: str) -> Bar:
    at, pieces = 0.0, []
    for fate in FATES:
        amount = counted.per_hundred(fate)
        width = round(WIDTH * amount / longest, 1)
        text = f"{words.number(amount, language, 1)} {translate(FATE_NAMES[fate], language)}"
        pieces.append(Piece(fate, round(at, 1), width, text))
        at += width
    share = counted.with_shown / counted.prescriptions if counted.prescriptions else 0.0
    return Bar(
        name,
        translate(NAMES[name], language),
        pieces,
        words.number(counted.per_hundred("shown"), language, 1),
        words.percent(share, language),
    )


def rows(simulation: Simulation, language: str) -> list[Row]:
    """Each level that an alert had: none, in force, tried; shown, folded, suppressed of the last two."""
    found = []
    for level in LEVELS:
        if not any(simulation.none.fates[fate, level] for fate in FATES):
            continue
        cells = [simulation.none.per_hundred("shown", level)]
        for counted in (simulation.before, simulation.after):
            cells += [counted.per_hundred(fate, level) for fate in FATES]
        found.append(Row(level, [words.number(cell, language, 1) for cell in cells]))
    return found
