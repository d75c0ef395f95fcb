"""The question as the method sees it: facts, rules, ecology and results, each with its row in the case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cognoscope.apps.pharmacy.antibiotics.tables import listed
from cognoscope.core.case import Case, Cell
from cognoscope.core.errors import InvalidInput

KIND = "infection"
SUPPOSED = "supposed"
One = TypeVar("One")


@dataclass(frozen=True)
class Regimen:
    """A rule of `regimens.csv`: agents are alternatives to none, they are given together."""

    row: int
    id: str
    phase: str
    severity: tuple[str, ...]
    acquired: str
    germ: str
    needs: str
    line: int
    agents: tuple[str, ...]
    dose: tuple[str, ...]
    unit: tuple[str, ...]
    per_day: tuple[str, ...]
    route: str
    days_min: int
    days_max: int
    note_fr: str
    note_en: str
    source: str
    date: str


@dataclass(frozen=True)
class Agent:
    """An agent of `agents.csv`; `tested` is the code under which laboratories test it."""

    row: int
    code: str
    tested: str
    fr: str
    en: str
    atc: str
    group: str
    aware: str
    spectrum: int
    pregnancy: str
    breastfeeding: str
    hepatic: str


@dataclass(frozen=True)
class Renal:
    """What to do with an agent where the clearance, in mL/min, lies from `at_least` to below `below`."""

    row: int
    agent: str
    at_least: float
    below: float
    action: str
    fr: str
    en: str


@dataclass(frozen=True)
class Cross:
    """What an allergy to a class means for another class."""

    row: int
    allergen: str
    reaction: str
    to: str
    action: str
    fr: str
    en: str


@dataclass(frozen=True)
class Allergy:
    """An allergy of the patient."""

    row: int
    allergen: str
    reaction: str


@dataclass(frozen=True)
class Interaction:
    """An interaction of a current drug with an agent, as the thesaurus gives it."""

    row: int
    agent: str
    drug: str
    level: str
    text: str


@dataclass(frozen=True)
class Likely:
    """A germ that may be at work where `needs` holds, and its weight."""

    row: int
    germ: str
    fr: str
    en: str
    weight: float
    needs: str
    basis: str


@dataclass(frozen=True)
class Ecology:
    """First isolates of a germ in a ward or the hospital that at least one of the agents was active against."""

    row: int
    germ: str
    agents: str
    scope: str
    tested: int
    susceptible: int
    low: float
    high: float


@dataclass(frozen=True)
class Result:
    """The category of an agent for the documented germ; `basis` is `measured`, `given`, or the rule that implies it."""

    row: int
    germ: str
    agent: str
    category: str
    basis: str


@dataclass(frozen=True)
class Pair:
    """A germ and an agent: resistant by nature, or expected to be susceptible."""

    row: int
    germ: str
    agent: str


@dataclass(frozen=True)
class Ask:
    """A value that a fact may have: how likely, and whether it is taken for granted while the fact is missing."""

    row: int
    fact: str
    value: str
    weight: float
    assumed: bool
    applies: str
    fr: str
    en: str
    value_fr: str
    value_en: str


@dataclass(frozen=True)
class Question:
    """Everything the decision rests on. `allergies` and `interactions` are None where nobody said."""

    facts: Mapping[str, Cell]
    regimens: tuple[Regimen, ...]
    agents: Mapping[str, Agent]
    renal: tuple[Renal, ...]
    cross: tuple[Cross, ...]
    likely: tuple[Likely, ...]
    ecology: Mapping[tuple[str, str], Ecology]
    results: Mapping[str, Result]
    intrinsic: Mapping[tuple[str, str], Pair]
    expected: Mapping[tuple[str, str], Pair]
    lineage: Mapping[str, tuple[str, ...]]
    asks: tuple[Ask, ...]
    allergies: tuple[Allergy, ...] | None
    interactions: tuple[Interaction, ...] | None
    barred: frozenset[str] = field(default=frozenset())

    def value(self, fact: str) -> Cell:
        """The fact, or what is assumed of it while it is missing."""
        known = self.facts.get(fact)
        if known is not None:
            return known
        assumed = next((ask.value for ask in self.asks if ask.fact == fact and ask.assumed), None)
        return float(assumed) if assumed and assumed.replace(".", "").isdigit() else assumed

    @property
    def germ(self) -> str:
        """The documented germ, empty where there is none."""
        return str(self.facts.get("germ") or "")

    @property
    def tested(self) -> bool:
        """Whether the laboratory gave results, beside what is supposed of them to weigh a question."""
        return any(result.basis != SUPPOSED for result in self.results.values())

    def ancestors(self, germ: str) -> tuple[str, ...]:
        """The germ and the groups above it."""
        return self.lineage.get(germ, (germ,))

    def holds(self, condition: str) -> bool:
        """Whether every part of `fact=value;fact!=value;fact<number;fact>=number` holds; an unknown fact fails `=`."""
        return all(self._holds(part) for part in condition.split(";") if part)

    def _holds(self, part: str) -> bool:
        for sign in ("!=", ">=", "<", "="):
            name, found, wanted = part.partition(sign)
            if not found:
                continue
            have = self.value(name)
            if sign in ("<", ">="):
                below = isinstance(have, (int, float)) and have < float(wanted)
                return have is None or (below if sign == "<" else not below)
            return (str(have) == wanted) == (sign == "=")
        raise InvalidInput("unreadable")


def read_question(case: Case) -> Question:
    """The question of a case.

    Raises:
        InvalidInput: the case is not one that `case.build_case` made; the message is a code of `app_frame.SILENCE`.
    """
    if case.kind != KIND:
        raise InvalidInput("another-case")
    facts = {fact.name: fact.value for fact in case.facts if fact.value is not None}
    try:
        lineage: dict[str, list[str]] = {}
        for row in _rows(case, "lineage"):
            lineage.setdefault(str(row["germ"]), []).append(str(row["ancestor"]))
        return Question(
            facts=facts,
            regimens=_made(case, "regimen", _regimen),
            agents={one.code: one for one in _made(case, "agent", _agent)},
            renal=_made(case, "renal", lambda row: Renal(**row)),
            cross=_made(case, "cross_reactivity", lambda row: Cross(**row)),
            likely=_made(case, "likely", lambda row: Likely(**row)),
            ecology={(one.germ, one.agents): one for one in _made(case, "ecology", lambda row: Ecology(**row))},
            results=_results(_made(case, "result", _result)),
            intrinsic=_pairs(case, "intrinsic"),
            expected=_pairs(case, "expected"),
            lineage={germ: tuple(above) for germ, above in lineage.items()},
            asks=_made(case, "question", lambda row: Ask(**row | {"assumed": row["assumed"] == "yes"})),
            allergies=_made(case, "allergy", lambda row: Allergy(**row)) if facts.get("allergies_known") else None,
            interactions=_made(case, "interaction", lambda row: Interaction(**row))
            if facts.get("drugs_known")
            else None,
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise InvalidInput("unreadable") from error


def _results(found: tuple[Result, ...]) -> dict[str, Result]:
    return {one.agent: one for one in found if one.category in ("S", "I", "R")}


def _pairs(case: Case, table: str) -> dict[tuple[str, str], Pair]:
    return {(one.germ, one.agent): one for one in _made(case, table, lambda row: Pair(**row))}


def _made(case: Case, table: str, make: Callable[[dict[str, Any]], One]) -> tuple[One, ...]:
    return tuple(make(row) for row in _rows(case, table))


def _rows(case: Case, name: str) -> list[dict[str, Any]]:
    table = case.table(name)
    if table is None:
        return []
    values = {column.name: column.values for column in table.columns}
    return [{"row": row, **{column: cells[row] for column, cells in values.items()}} for row in range(table.rows)]


def _regimen(row: dict[str, Any]) -> Regimen:
    several = {name: listed(row[name]) for name in ("severity", "agents", "dose", "unit", "per_day")}
    numbers = {name: int(row[name]) for name in ("line", "days_min", "days_max")}
    made = Regimen(**{name: row[name] for name in Regimen.__dataclass_fields__} | several | numbers)
    if not len(made.agents) == len(made.dose) == len(made.unit) == len(made.per_day) >= 1:
        raise ValueError("a rule has not one dose an agent")
    return made


def _agent(row: dict[str, Any]) -> Agent:
    return Agent(**{name: row[name] for name in Agent.__dataclass_fields__} | {"spectrum": int(row["spectrum"])})


def _result(row: dict[str, Any]) -> Result:
    return Result(**{name: row[name] for name in Result.__dataclass_fields__})
