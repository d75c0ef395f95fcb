"""Isolates before a day teach the ecology, those after it judge it: calibration, and what a choice would have covered.

Also the same cumulative antibiogram counted a second way, row by row in plain Python, to hold the first one to.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cognoscope.apps.pharmacy.antibiotics.case_microbes import Microbes
from cognoscope.apps.pharmacy.antibiotics.ecology import Ecology
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates
from cognoscope.apps.pharmacy.antibiotics.tables import agent_rows, listed, rows
from cognoscope.methods.antibiogram import LEAST_ISOLATES, SUSCEPTIBLE, covered

EMPIRICAL = "sepsis-unknown"
"""The rules among which a choice is made blindly: no site is told of the isolates."""

CATEGORIES = ("S", "I", "R")


@dataclass(frozen=True)
class Predicted:
    """A share learnt before the day, and what later first isolates showed."""

    germ: str
    agents: str
    ward: str
    learnt_susceptible: int
    learnt_tested: int
    susceptible: int
    tested: int

    @property
    def share(self) -> float:
        """Learnt."""
        return self.learnt_susceptible / self.learnt_tested

    @property
    def seen(self) -> float:
        """Later."""
        return self.susceptible / self.tested


def split_day(isolates: Isolates) -> date:
    """The day after which isolates judge: the start of the last quarter of the years there are, a 1 January."""
    first, last = (day.astype("datetime64[Y]").astype(int) + 1970 for day in (isolates.day[0], isolates.day[-1]))
    return date(int(last - (last - first + 1) // 4 + 1), 1, 1)


def predicted(isolates: Isolates, microbes: Microbes, day: date) -> list[Predicted]:
    """Every germ, ward and agent of the rules with enough isolates before and after the day."""
    before, after = _before_and_after(isolates, microbes, day)
    agents = sorted({row["tested"] for row in agent_rows().values()})
    germs = [str(germ) for germ in np.unique(before.isolates.germ)]
    wards = [str(ward) for ward in np.unique(before.isolates.ward)]
    found = []
    for germ in germs:
        for agent in agents:
            if microbes.intrinsic(germ, agent):
                continue
            for ward in wards:
                rows_of = before.rows([(germ, (agent,))], ward)
                later = after.share(germ, (agent,), ward)
                if rows_of and later.tested >= LEAST_ISOLATES:
                    row = rows_of[0]
                    learnt = int(str(row["susceptible"])), int(str(row["tested"]))
                    found.append(Predicted(germ, agent, ward, *learnt, later.susceptible, later.tested))
    return found


@dataclass(frozen=True)
class Choice:
    """A treatment of a ward: coverage foreseen, and what later isolates that were tested for it showed."""

    foreseen: float
    covered: int
    tested: int


def choices(isolates: Isolates, microbes: Microbes, day: date) -> dict[str, list[Choice]]:
    """Three ways to choose one of the rules of `sepsis-unknown` for each ward, judged on later first isolates.

    `chosen`: the rule that covers most of the ward's earlier germs, by the application's own arithmetic (germs by their
    counts in the ward, susceptibility of the ward or else the hospital); `fixed`: the table's first rule everywhere;
    `all`: every rule, for calibration. Contaminants are left out.
    """
    before, after = _before_and_after(isolates, microbes, day)
    regimens = [row for row in rows("regimens") if row["infection"] == EMPIRICAL and row["phase"] == "empirical"]
    combinations = list(dict.fromkeys(_tested(row["agents"]) for row in regimens))
    found: dict[str, list[Choice]] = {"chosen": [], "fixed": [], "all": []}
    for ward in (str(ward) for ward in np.unique(before.isolates.ward)):
        weights = _weights(before, microbes, ward)
        judged = {
            combination: Choice(_foreseen(before, microbes, weights, combination, ward), *later)
            for combination in combinations
            if (later := _later(after, microbes, combination, ward))[1] >= LEAST_ISOLATES
        }
        if judged:
            found["all"] += judged.values()
            found["chosen"].append(max(judged.values(), key=lambda choice: choice.foreseen))
            found["fixed"].append(next(iter(judged.values())))
    return found


def _weights(before: Ecology, microbes: Microbes, ward: str) -> dict[str, int]:
    germs, counts = np.unique(before.isolates.germ[before.isolates.ward == ward], return_counts=True)
    pairs = zip((str(germ) for germ in germs), (int(count) for count in counts), strict=True)
    return {germ: count for germ, count in pairs if not _contaminant(microbes, germ)}


def _contaminant(microbes: Microbes, germ: str) -> bool:
    return any(microbes.own.get(each, {}).get("contaminant") == "yes" for each in microbes.lineage(germ))


def _foreseen(
    before: Ecology, microbes: Microbes, weights: dict[str, int], agents: tuple[str, ...], ward: str
) -> float:
    shares: list[tuple[int, int] | float | None] = []
    for germ in weights:
        left = tuple(agent for agent in agents if not microbes.intrinsic(germ, agent))
        row = next(iter(before.rows([(germ, left)], ward)), None) if left else None
        if not left:
            shares.append(0.0)
        else:
            shares.append((int(str(row["susceptible"])), int(str(row["tested"]))) if row else None)
    return covered(list(weights.values()), shares).expected


def _later(after: Ecology, microbes: Microbes, agents: tuple[str, ...], ward: str) -> tuple[int, int]:
    """Covered and tested: an isolate counts where every agent that is not inactive by nature was tested."""
    filled = [after.filled(agent) for agent in agents]
    there = after.isolates.ward == ward
    keep = np.array([not _contaminant(microbes, str(germ)) for germ in after.isolates.germ], dtype=bool) & there
    active = np.any([np.isin(one, SUSCEPTIBLE) for one in filled], axis=0)
    known = np.all([np.isin(one, CATEGORIES) for one in filled], axis=0)
    return int((active & known & keep).sum()), int((known & keep).sum())


def recounted(
    isolates: Isolates, microbes: Microbes, germ: str, agent: str, until: date, years: int
) -> tuple[int, int]:
    """Susceptible and tested first isolates, row by row: shares only the rules with `Ecology`."""
    start = until - timedelta(days=round(365.25 * years))
    seen: set[tuple[str, str]] = set()
    tested = susceptible = 0
    for row in range(len(isolates)):
        day = isolates.day[row].astype("datetime64[D]").item()
        name = str(isolates.germ[row])
        key = (str(isolates.patient[row]), name)
        if not start <= day <= until or key in seen:
            continue
        seen.add(key)
        above = microbes.lineage(name)
        if germ not in above:
            continue
        category = _one_by_one(isolates, row, agent, above, microbes.intrinsic(name, agent))
        if category in CATEGORIES:
            tested += 1
            susceptible += category in SUSCEPTIBLE
    return susceptible, tested


def _one_by_one(isolates: Isolates, row: int, agent: str, above: tuple[str, ...], by_nature: bool) -> str:
    if by_nature:
        return "R"
    held = {name: str(values[row]) for name, values in isolates.categories.items()}
    category = held.get(agent, "")
    for rule in rows("inference"):
        if not rule["tested"] or rule["germ"] not in above or agent not in listed(rule["implies"]):
            continue
        source = held.get(rule["tested"], "")
        fires = source == "R" if rule["category"] == "R" else source in SUSCEPTIBLE
        if fires and (rule["result"] == "R" or category not in CATEGORIES):
            category = rule["result"]
    return category


def _before_and_after(isolates: Isolates, microbes: Microbes, day: date) -> tuple[Ecology, Ecology]:
    last = isolates.day[-1].astype("datetime64[D]").item()
    before = microbes.ecology(isolates, day - timedelta(days=1), years=(day.year - 1900))
    later = isolates.where(isolates.day >= np.datetime64(day.isoformat()))
    return before, microbes.ecology(later, last, years=100)


def _tested(agents: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(agent_rows()[code]["tested"] for code in listed(agents)))
