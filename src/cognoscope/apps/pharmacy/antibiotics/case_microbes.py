"""What EUCAST's tables and this folder's tables say of the germs of a case."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cognoscope.apps.pharmacy.antibiotics.ecology import YEARS, Ecology
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates, judged
from cognoscope.apps.pharmacy.antibiotics.tables import Row, listed, rows
from cognoscope.core.case import Cell
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.eucast_tables import Eucast, fold, open_eucast
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.methods.antibiogram import CATEGORIES, LEAST_ISOLATES

if TYPE_CHECKING:
    from cognoscope.apps.pharmacy.antibiotics.case import Tested

LEAST_WEIGHT = 0.02
"""Germs rarer than this among the local ones are left out of the likely germs."""


class UnknownGerm(InvalidInput):
    """No germ has that name; `near` holds names that look like it."""

    def __init__(self, message: str, near: tuple[str, ...]) -> None:
        super().__init__(message)
        self.near = near


class UnknownAgent(InvalidInput):
    """An agent of the results is not known."""


@dataclass(frozen=True)
class Microbes:
    """Germs of EUCAST's edition and of `germs.csv`, under one set of codes."""

    eucast: Eucast
    own: Mapping[str, Row]
    aliases: Mapping[str, str]

    def find(self, text: str) -> str | None:
        """The code of a germ by code, name, French name or usual short name; None where there is none."""
        if text in self.own:
            return text
        germ = self.eucast.germ(text)
        return self.aliases.get(fold(text)) or (germ.code if germ else None)

    def code(self, text: str) -> str:
        """The same.

        Raises:
            InvalidInput: there is none; the message names the nearest ones.
        """
        found = self.find(text.strip())
        if found is None:
            near = self.eucast.near(text.strip(), [row["fr"] for row in self.own.values()])
            hint = f" Did you mean {', '.join(dict.fromkeys(near))}?" if near else " Write its Latin name."
            raise UnknownGerm(f"The germ is not known.{hint}", tuple(dict.fromkeys(near)))
        return found

    def words(self, code: str) -> tuple[str, str]:
        """The germ's name in French and English."""
        if code in self.own:
            return self.own[code]["fr"], self.own[code]["en"]
        germ = self.eucast.germs.get(code)
        return (germ.name, germ.name) if germ else (code, code)

    def lineage(self, code: str) -> tuple[str, ...]:
        """The germ and the groups above it."""
        own = listed(self.own[code]["ancestors"]) if code in self.own else ()
        genus = code.rsplit("_", 1)[0] if code.count("_") > 1 and code not in self.eucast.germs else ""
        return tuple(dict.fromkeys([*self.eucast.ancestors(code), *own, *([genus] if genus else [])]))

    def intrinsic(self, germ: str, agent: str) -> bool:
        """Whether a germ is resistant to an agent by nature."""
        return any(self.eucast.intrinsic(each, agent) for each in self.lineage(germ))

    def nature(self, germs: Sequence[str], agents: Iterable[str]) -> dict[str, list[Mapping[str, Cell]]]:
        """The tables `intrinsic`, `expected` and `lineage` of these germs."""
        wanted = sorted(set(agents))
        hoped = [
            (germ, agent)
            for germ in germs
            for rule in rows("inference")
            if not rule["tested"] and rule["germ"] in self.lineage(germ)
            for agent in listed(rule["implies"])
            if agent in wanted
        ]
        return {
            "intrinsic": [
                {"germ": germ, "agent": agent} for germ in germs for agent in wanted if self.intrinsic(germ, agent)
            ],
            "expected": [{"germ": germ, "agent": agent} for germ, agent in dict.fromkeys(hoped)],
            "lineage": [{"germ": germ, "ancestor": above} for germ in germs for above in self.lineage(germ)],
        }

    def results(self, germ: str, tested: "Sequence[Tested]", infection: Row) -> Iterator[Mapping[str, Cell]]:
        """The rows of `result`: the laboratory's categories, those EUCAST's rows give, and what follows from them.

        Raises:
            InvalidInput: an agent, category or value is not known.
        """
        found: dict[str, dict[str, Cell]] = {}
        for one in tested:
            row = self._result(germ, one, infection)
            found[str(row["agent"])] = row
        above = self.lineage(germ)
        for rule in rows("inference"):
            source = found.get(rule["tested"])
            if source is None or rule["germ"] not in above or source.get("basis") not in ("given", "measured"):
                continue
            if (source["category"] == "R") != (rule["category"] == "R"):
                continue
            for agent in listed(rule["implies"]):
                if agent not in found or (rule["result"] == "R" and found[agent]["category"] != "R"):
                    basis = f"{rule['tested']} {source['category']}: {rule['source']}"
                    found[agent] = {"germ": germ, "agent": agent, "category": rule["result"], "basis": basis}
        yield from found.values()

    def _result(self, germ: str, one: "Tested", infection: Row) -> dict[str, Cell]:
        agent = self.eucast.agent(one.agent.strip())
        if agent is None:
            raise UnknownAgent("An agent of the results is not known: give its EUCAST or ATC code, or its name.")
        row: dict[str, Cell] = {"germ": germ, "agent": agent.code, "method": one.method, "value": one.value}
        given = one.category.strip().upper()
        if given:
            if given not in CATEGORIES:
                raise InvalidInput(f"The category of {agent.name} is neither S, I nor R.")
            return row | {"category": given, "basis": "given"}
        method, site, uti = one.method.upper(), infection["site"], infection["uti"] == "yes"
        if method not in ("MIC", "DISK") or not one.value.strip():
            raise InvalidInput(f"The result of {agent.name} needs a category, or MIC or DISK and a value.")
        point = self.eucast.breakpoint(germ, agent.code, method, site, uti)
        category = judged(self.eucast, germ, agent.code, method, one.value, site) if point else None
        by = f"{point.guideline}: S {point.susceptible:g}, R {point.resistant:g} ({point.germ})" if point else ""
        return row | {"category": category, "judged_by": by, "basis": "measured"}

    def ecology(self, isolates: Isolates, until: date, years: int = YEARS) -> Ecology:
        """The cumulative antibiogram up to a day."""
        return Ecology(isolates, until, self.lineage, self.intrinsic, years)

    def local(self, ecology: Ecology, specimen: str) -> list[dict[str, Cell]]:
        """The likely germs by the hospital's own isolates of a kind of specimen, if there are enough of them."""
        contaminants = frozenset(code for code, row in self.own.items() if row["contaminant"] == "yes")
        counts = ecology.weights(specimen, contaminants)
        total = sum(counts.values())
        if total < LEAST_ISOLATES:
            return []
        kept = {germ: count for germ, count in counts.items() if count / total >= LEAST_WEIGHT}
        basis = f"{total} isolates of the hospital, {specimen}"
        order = sorted(kept, key=lambda germ: (-kept[germ], germ))
        return [{"germ": germ, "weight": round(kept[germ] / total, 6), "needs": "", "basis": basis} for germ in order]


def open_microbes(knowledge: Knowledge) -> Microbes:
    """EUCAST's edition in force with this folder's names.

    Raises:
        NotLoaded: EUCAST's tables are not loaded.
    """
    own = {row["code"]: row for row in rows("germs")}
    aliases = {
        fold(name): code for code, row in own.items() for name in (row["fr"], row["en"], *listed(row["aliases"]))
    }
    return Microbes(open_eucast(knowledge), own, aliases)
