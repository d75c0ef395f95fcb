"""The cumulative antibiogram that one question needs: germs by combinations of agents, ward first, then hospital."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates, Strings
from cognoscope.apps.pharmacy.antibiotics.tables import listed, rows
from cognoscope.methods.antibiogram import CATEGORIES, Share, cumulate, first_isolates

YEARS = 3
"""How far back isolates count."""

Lineage = Callable[[str], tuple[str, ...]]
Row = dict[str, object]


class Ecology:
    """First isolates of the years before a day.

    lineage: the germ and the groups above it, by code. `intrinsic`: whether a germ is resistant to an agent by nature.
    """

    def __init__(
        self,
        isolates: Isolates,
        until: date,
        lineage: Lineage,
        intrinsic: Callable[[str, str], bool],
        years: int = YEARS,
    ) -> None:
        last = np.datetime64(until.isoformat())
        start = np.datetime64((until - timedelta(days=round(365.25 * years))).isoformat())
        within = isolates.where((isolates.day >= start) & (isolates.day <= last))
        # The period of "first isolate of a patient, germ and period" is the whole of the years looked at.
        period = np.zeros(len(within), dtype=int)
        self.isolates = within.where(first_isolates(within.patient, within.germ, period, within.day))
        self.start, self.until = str(start), str(last)
        self._lineage, self._intrinsic = lineage, intrinsic
        self._above = {germ: frozenset(lineage(germ)) for germ in np.unique(self.isolates.germ)}
        self._filled: dict[str, Strings] = {}

    def rows(self, pairs: Iterable[tuple[str, Sequence[str]]], ward: str = "") -> list[Row]:
        """One row a germ and combination that enough isolates tell about, of the ward where it has enough.

        pairs: germ and the agents tested. A combination without enough isolates in ward and hospital has no row.
        """
        found: dict[tuple[str, str], Row] = {}
        for germ, agents in pairs:
            key = (germ, "+".join(sorted(agents)))
            if key not in found and (row := self._row(*key, agents, ward)) is not None:
                found[key] = row
        return list(found.values())

    def share(self, germ: str, agents: Sequence[str], ward: str = "") -> Share:
        """Of a ward's first isolates of a germ (the hospital's where empty), those that an agent is active against."""
        among = self._of(germ)
        if ward:
            among = among & (self.isolates.ward == ward)
        return cumulate([self.filled(agent) for agent in agents], among)

    def weights(self, specimen: str, contaminants: frozenset[str]) -> dict[str, int]:
        """First isolates by germ among those of a kind of specimen, contaminants left out."""
        chosen = self.isolates.germ[self.isolates.specimen == specimen]
        germs, counts = np.unique(chosen, return_counts=True)
        return {
            str(germ): int(count)
            for germ, count in zip(germs, counts, strict=True)
            if not contaminants & set(self._lineage(str(germ)))
        }

    def filled(self, agent: str) -> Strings:
        """The agent's categories with what follows from others (`inference.csv`) and from nature."""
        if agent not in self._filled:
            self._filled[agent] = self._fill(agent)
        return self._filled[agent]

    def _row(self, germ: str, combination: str, agents: Sequence[str], ward: str) -> Row | None:
        for scope in ("ward", "hospital") if ward else ("hospital",):
            share = self.share(germ, agents, ward if scope == "ward" else "")
            if share.enough:
                return {
                    "germ": germ,
                    "agents": combination,
                    "scope": scope,
                    "tested": share.tested,
                    "susceptible": share.susceptible,
                    "low": round(share.low, 6),
                    "high": round(share.high, 6),
                }
        return None

    def _of(self, germ: str) -> NDArray[np.bool_]:
        return np.isin(self.isolates.germ, [each for each, above in self._above.items() if germ in above])

    def _fill(self, agent: str) -> Strings:
        blank = np.full(len(self.isolates), "", dtype="<U8")
        values = self.isolates.categories.get(agent, blank).astype("<U8")
        for rule in rows("inference"):
            if agent not in listed(rule["implies"]) or not rule["tested"]:
                continue
            source = self.isolates.categories.get(rule["tested"], blank)
            says = (source == "R") if rule["category"] == "R" else np.isin(source, ("S", "I"))
            holds = says & self._of(rule["germ"])
            # Resistance that follows overrides a result; susceptibility only fills a gap.
            values[holds & ((rule["result"] == "R") | ~np.isin(values, CATEGORIES))] = rule["result"]
        by_nature = [germ for germ in self._above if self._intrinsic(germ, agent)]
        values[np.isin(self.isolates.germ, by_nature)] = "R"
        return values
