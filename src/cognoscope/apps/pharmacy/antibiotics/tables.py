"""The CSV files of this folder, read once: every rule is a row with its source and date."""

import csv
from functools import cache
from importlib.resources import files

Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The rows of `name.csv` by column."""
    with files(__package__).joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def listed(cell: object) -> tuple[str, ...]:
    """The parts of a cell that holds several, between bars."""
    return tuple(part.strip() for part in str(cell or "").split("|") if part.strip())


@cache
def agent_rows() -> dict[str, Row]:
    """`agents.csv` by code."""
    return {row["code"]: row for row in rows("agents")}


@cache
def infection_row(code: str) -> Row | None:
    """The row of an infection, None where there is none."""
    return next((row for row in rows("infections") if row["code"] == code), None)
