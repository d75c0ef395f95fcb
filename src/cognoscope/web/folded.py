"""A proposed table as columns that fit beside their decisions: the interval stands under its estimate."""

from dataclasses import dataclass

from cognoscope.core.case import Cell
from cognoscope.core.values import TableValue
from cognoscope.web import words


@dataclass(frozen=True)
class CellView:
    """A cell or a heading in words; `under` stands small beneath it, `figure` says that it is a number."""

    text: str
    under: str = ""
    figure: bool = False


def folded(value: TableValue, language: str) -> tuple[list[CellView], list[list[CellView]]]:
    """The headings and rows of a table.

    Beside a forest plot there is little room: its bounds are written under the estimate, and what words a row has but
    its name stand under the name. Any other table is shown as it is.
    """
    labels = [words.say(column.label, language) for column in value.columns]
    rows = [[words.cell(cell, language) for cell in row.cells] for row in value.rows]
    figures = {place for place in range(len(labels)) if any(_is_number(row.cells[place]) for row in value.rows)}
    if value.forest is None:
        return (
            [CellView(label, figure=place in figures) for place, label in enumerate(labels)],
            [[CellView(text, figure=place in figures) for place, text in enumerate(row)] for row in rows],
        )
    names = [column.name for column in value.columns]
    estimate, low, high = (names.index(name) for name in (value.forest.estimate, value.forest.low, value.forest.high))
    told = [place for place in range(1, len(labels)) if place not in figures | {estimate, low, high}]
    kept = [place for place in range(len(labels)) if place not in {low, high, *told}]

    def views(texts: list[str], name_under: str) -> list[CellView]:
        under = {0: name_under, estimate: f"{texts[low]} – {texts[high]}"}
        return [CellView(texts[place], under.get(place, ""), place in figures) for place in kept]

    def said(number: int) -> str:
        cells = value.rows[number].cells
        return ", ".join(f"{labels[place]} {rows[number][place]}" for place in told if cells[place] is not None)

    return views(labels, ""), [views(row, said(number)) for number, row in enumerate(rows)]


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)
