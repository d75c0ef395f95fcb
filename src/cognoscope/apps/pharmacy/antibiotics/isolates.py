"""The hospital's isolates as arrays: from the warehouse's table `isolate`, or from a wide file (a column an agent)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.eucast_tables import Eucast
from cognoscope.methods.antibiogram import CATEGORIES, interpret, read_measured

Strings = NDArray[np.str_]
WIDE = ("date", "patient", "ward", "mo")


@dataclass(frozen=True)
class Isolates:
    """One row an isolate, oldest first; `categories` holds S, I, R or nothing by agent."""

    patient: Strings
    day: NDArray[np.datetime64]
    ward: Strings
    specimen: Strings
    germ: Strings
    categories: Mapping[str, Strings]

    def __len__(self) -> int:
        return len(self.day)

    def where(self, chosen: NDArray[np.bool_]) -> "Isolates":
        """The isolates chosen."""
        kept = {agent: values[chosen] for agent, values in self.categories.items()}
        return Isolates(
            self.patient[chosen], self.day[chosen], self.ward[chosen], self.specimen[chosen], self.germ[chosen], kept
        )


def from_wide(path: Path) -> Isolates:
    """Isolates of a table with the columns date, patient, ward, mo, perhaps specimen, and one column an agent's code.

    Raises:
        InvalidInput: the file cannot be read, lacks a column, or holds a date that is none.
    """
    try:
        frame = pd.read_csv(path, sep=None if path.suffix == ".csv" else "\t", engine="python", dtype=str).fillna("")
    except (OSError, ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InvalidInput(f"{path}: not a table of isolates that can be read; send tab-separated text.") from error
    missing = [name for name in WIDE if name not in frame.columns]
    if missing:
        raise InvalidInput(f"{path}: a table of isolates needs the column {missing[0]}.")
    try:
        days = pd.to_datetime(frame["date"], format="%Y-%m-%d").to_numpy().astype("datetime64[D]")
    except ValueError as error:
        raise InvalidInput(f"{path}: the column date holds something that is not YYYY-MM-DD.") from error
    agents = [name for name in frame.columns if len(name) == 3 and name.isupper()]
    return _sorted(frame, days, {agent: frame[agent] for agent in agents}, "patient", "mo")


def from_long(rows: pd.DataFrame, eucast: Eucast, germ_of: Callable[[str], str | None]) -> Isolates:
    """Isolates of the warehouse's table `isolate`, one row an isolate and agent; screening samples are left out.

    A category is taken as the laboratory gave it; where only a dilution or zone is there, EUCAST's row judges it.
    Germs and agents that are not known are left out.
    """
    kept = rows[rows["screening"].ne("yes")].copy()
    kept["germ"] = kept["germ"].map({text: germ_of(text) for text in kept["germ"].dropna().unique()})
    known = {text: eucast.agent(text) for text in kept["agent"].dropna().unique()}
    kept["agent"] = kept["agent"].map({text: agent.code for text, agent in known.items() if agent})
    kept = kept.dropna(subset=["germ", "agent", "isolate_date"])
    kept["category"] = [_category(eucast, row) for row in kept.to_dict("records")]
    kept = kept[kept["category"].isin(CATEGORIES)]
    first = kept.drop_duplicates("isolate_key").set_index("isolate_key").sort_index()
    wide = kept.pivot_table(index="isolate_key", columns="agent", values="category", aggfunc="first").sort_index()
    frame = first[["ward", "specimen", "germ"]].assign(person_id=first["person_id"].astype(str))
    days = pd.to_datetime(first["isolate_date"]).to_numpy().astype("datetime64[D]")
    by_agent = {str(agent): wide[agent].reindex(first.index) for agent in wide.columns}
    return _sorted(frame, days, by_agent, "person_id", "germ")


def _category(eucast: Eucast, row: Mapping[Any, Any]) -> str:
    given = str(row.get("category") or "").strip().upper()
    if given in CATEGORIES:
        return given
    return judged(eucast, str(row["germ"]), str(row["agent"]), str(row.get("method") or ""), row.get("value")) or ""


def judged(eucast: Eucast, germ: str, agent: str, method: str, value: object, site: str = "") -> str | None:
    """S, I or R of a dilution or zone by EUCAST's row; None where there is no row or the value decides nothing."""
    measured = read_measured(str(value or ""))
    row = eucast.breakpoint(germ, agent, method.upper(), site) if measured else None
    return interpret(measured, row.method, row.susceptible, row.resistant) if measured and row else None


def _sorted(
    frame: pd.DataFrame, days: NDArray[np.datetime64], by_agent: Mapping[str, pd.Series], patient: str, germ: str
) -> Isolates:
    order = np.argsort(days, kind="stable")
    blank = pd.Series("", index=frame.index)

    def column(name: str) -> Strings:
        values = frame[name] if name in frame.columns else blank
        return _texts(values)[order]

    return Isolates(
        column(patient),
        days[order],
        column("ward"),
        column("specimen"),
        column(germ),
        {agent: _texts(values)[order] for agent, values in by_agent.items()},
    )


def _texts(values: pd.Series) -> Strings:
    """Texts, empty where there is none. The filling of pandas guesses a new type for the column, and warns of it."""
    return np.array(["" if pd.isna(value) else str(value) for value in values], dtype=str)
