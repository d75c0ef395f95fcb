"""Is a regimen active: against the documented germ, or against those that are likely."""

from collections.abc import Sequence
from dataclasses import dataclass

from cognoscope.apps.pharmacy.antibiotics.question import Question, Regimen
from cognoscope.core.evidence import Pointer, RowsPointer
from cognoscope.methods.antibiogram import Covered, covered

Known = tuple[int, int] | float | None
"""Susceptible and tested isolates, or certain (0 or 1), or nothing known."""


@dataclass(frozen=True)
class Activity:
    """What is known of a regimen's activity; `rests_on` are the rows of the case that say so.

    kind: `documented` (the germ's own result), `intrinsic` (resistant by nature), `ecology`, `expected`, `unknown`.
    """

    kind: str
    covered: Covered
    rests_on: tuple[Pointer, ...]


def tested(question: Question, regimen: Regimen) -> tuple[str, ...]:
    """The codes under which the regimen's agents are tested."""
    return tuple(dict.fromkeys(question.agents[code].tested for code in regimen.agents))


def activity(question: Question, regimen: Regimen) -> Activity:
    """How likely the regimen is active, from the best that is known."""
    agents = tested(question, regimen)
    if question.germ:
        kind, share, pointers = of_germ(question, question.germ, agents)
        return Activity(kind, covered([1.0], [share]), pointers)
    weights, shares, rests_on = [], [], []
    kinds = set()
    for likely in question.likely:
        if not question.holds(likely.needs):
            continue
        kind, share, pointers = of_germ(question, likely.germ, agents)
        kinds.add(kind)
        weights.append(likely.weight)
        shares.append(share)
        rests_on += [_at("likely", likely.row), *pointers]
    return Activity(
        "ecology" if "ecology" in kinds else ("expected" if kinds - {"unknown"} else "unknown"),
        covered(weights, shares),
        tuple(dict.fromkeys(rests_on)),
    )


def of_germ(question: Question, germ: str, agents: Sequence[str]) -> tuple[str, Known, tuple[Pointer, ...]]:
    """What is known of agents given together against one germ: nature first, then its own results, then ecology."""
    left = [agent for agent in agents if (germ, agent) not in question.intrinsic]
    nature = tuple(_at("intrinsic", question.intrinsic[germ, agent].row) for agent in agents if agent not in left)
    if not left:
        return "intrinsic", 0.0, nature
    if germ == question.germ:
        results = [question.results[agent] for agent in left if agent in question.results]
        rows = tuple(_at("result", result.row) for result in results)
        if any(result.category in ("S", "I") for result in results):
            return "documented", 1.0, rows
        if len(results) == len(left):
            return "documented", 0.0, (*rows, *nature)
        left = [agent for agent in left if agent not in question.results]
    hoped = [question.expected[germ, agent] for agent in left if (germ, agent) in question.expected]
    if hoped:
        return "expected", 1.0, tuple(_at("expected", pair.row) for pair in hoped)
    return _of_ecology(question, germ, left)


def _of_ecology(question: Question, germ: str, agents: Sequence[str]) -> tuple[str, Known, tuple[Pointer, ...]]:
    """The isolates tested for all agents; else the best agent alone, which says too little rather than too much."""
    whole = question.ecology.get((germ, "+".join(sorted(agents))))
    alone = [found for agent in agents if (found := question.ecology.get((germ, agent))) is not None]
    best = whole or max(alone, key=lambda one: (one.susceptible / one.tested, one.tested), default=None)
    if best is None:
        return "unknown", None, ()
    return "ecology", (best.susceptible, best.tested), (_at("ecology", best.row),)


def _at(table: str, row: int) -> RowsPointer:
    return RowsPointer(table=table, start=row, stop=row + 1)
