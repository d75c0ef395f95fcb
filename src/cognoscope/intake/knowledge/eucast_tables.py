"""What EUCAST's tables answer: which germ or agent is meant, which breakpoint holds, what is resistant by nature."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from cognoscope.intake.knowledge.eucast import EUCAST
from cognoscope.intake.knowledge.store import Knowledge

UNCOMPLICATED = "Uncomplicated urinary tract infection"
NEAR = 86.0


@dataclass(frozen=True)
class Germ:
    """A taxon by the code of the AMR package."""

    code: str
    name: str


@dataclass(frozen=True)
class Agent:
    """An antimicrobial by its three-letter code."""

    code: str
    name: str
    atc: tuple[str, ...]


@dataclass(frozen=True)
class Breakpoint:
    """One row of the breakpoint table: mg/L for `MIC`, mm for `DISK`."""

    guideline: str
    method: str
    site: str
    germ: str
    rank: float
    agent: str
    susceptible: float
    resistant: float
    uti: bool


@dataclass
class Eucast:
    """The tables of one edition, indexed."""

    edition: str
    digest: str
    germs: Mapping[str, Germ]
    agents: Mapping[str, Agent]
    names: Mapping[str, str] = field(repr=False)
    agent_names: Mapping[str, str] = field(repr=False)
    ancestry: Mapping[str, tuple[str, ...]] = field(repr=False)
    by_pair: Mapping[tuple[str, str], tuple[Breakpoint, ...]] = field(repr=False)
    resistant: Mapping[str, frozenset[str]] = field(repr=False)

    def germ(self, text: str) -> Germ | None:
        """The germ of a code or name (`B_ESCHR_COLI`, `Escherichia coli`, `E. coli`); None where there is none."""
        return self.germs.get(text) or self.germs.get(self.names.get(fold(text), ""))

    def near(self, text: str, others: Iterable[str] = ()) -> list[str]:
        """Up to three names that look like the text, the likest first."""
        # Only a name that was not recognised needs it.
        from rapidfuzz import fuzz, process

        known = [*(germ.name for germ in self.germs.values()), *others]
        found = process.extract(text, known, scorer=fuzz.WRatio, limit=3, score_cutoff=NEAR)
        return [name for name, _, _ in found]

    def agent(self, text: str) -> Agent | None:
        """The agent of a code, name, abbreviation, synonym or ATC code; None where there is none."""
        return self.agents.get(text.upper()) or self.agents.get(self.agent_names.get(fold(text), ""))

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The germ itself, its species, its groups, its genus, its order: the most specific first."""
        return self.ancestry.get(code, (code,))

    def intrinsic(self, germ: str, agent: str) -> bool:
        """Whether the germ is resistant by nature."""
        return any(agent in self.resistant.get(each, frozenset()) for each in self.ancestors(germ))

    def breakpoint(
        self,
        germ: str,
        agent: str,
        method: str,
        site: str = "",
        uti: bool = False,
        guideline: str = "",
        ancestors: tuple[str, ...] = (),
    ) -> Breakpoint | None:
        """The row that holds: the most specific taxon, then the row made for the site; None where there is none.

        guideline: `EUCAST 2024`; the newest of the tables where empty.
        """
        year = guideline or self.edition
        lineage = ancestors or self.ancestors(germ)
        rows = [
            row
            for each in lineage
            for row in self.by_pair.get((each, agent), ())
            if row.guideline == year and row.method == method and (uti or not row.uti)
        ]
        fitting = [
            (row.rank, fit, index) for index, row in enumerate(rows) if (fit := _fit(row, site, uti)) is not None
        ]
        return rows[min(fitting)[2]] if fitting else None


def _fit(row: Breakpoint, site: str, uti: bool) -> int | None:
    """How well a row fits the site, 0 best; None where it is made for another one."""
    parts = [part.strip() for part in row.site.split(",") if part.strip()]
    if "Prophylaxis" in parts or (site and f"Non-{site.lower()}" in parts):
        return None
    if row.uti or UNCOMPLICATED in parts:
        return 0 if uti else None
    if site and site in parts:
        return 0
    if not parts or all(part.startswith("Non-") for part in parts):
        return 1
    # A screening agent (cefoxitin of staphylococci) stands for others where no row judges it itself.
    return {"Intravenous": 2, "Oral": 3, "Screen": 4}.get(parts[0])


@cache
def fold(text: str) -> str:
    """Lower case, without accents, one space between words, no dots."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[.()\[\]]", " ", plain).split())


_OPEN: dict[str, Eucast] = {}


def open_eucast(knowledge: Knowledge) -> Eucast:
    """The tables in force, read once an edition.

    Raises:
        NotLoaded: no edition is loaded.
    """
    edition = knowledge.edition(EUCAST)
    if edition.content not in _OPEN:
        _OPEN[edition.content] = _index(knowledge, edition.edition, edition.content)
    return _OPEN[edition.content]


def _index(knowledge: Knowledge, edition: str, digest: str) -> Eucast:
    taxa = knowledge.table(EUCAST, "germ").to_pylist()
    germs = {row["mo"]: Germ(row["mo"], row["fullname"]) for row in taxa}
    agents = {
        row["ab"]: Agent(row["ab"], row["name"], tuple(filter(None, row["atc"].split(";"))))
        for row in knowledge.table(EUCAST, "agent").to_pylist()
    }
    return Eucast(
        edition=edition,
        digest=digest,
        germs=germs,
        agents=agents,
        names=_names(taxa),
        agent_names=_agent_names(knowledge),
        ancestry=_ancestry(knowledge, taxa),
        by_pair=_breakpoints(knowledge),
        resistant=_resistant(knowledge),
    )


def _names(taxa: list[dict[str, str]]) -> dict[str, str]:
    """Full names, and `E. coli` for the most prevalent taxon that it may mean."""
    names: dict[str, str] = {}
    for row in sorted(taxa, key=lambda row: (float(row["prevalence"] or 9), row["rank"] != "species", row["mo"])):
        names.setdefault(fold(row["fullname"]), row["mo"])
        if row["rank"] == "species" and row["genus"] and row["species"]:
            names.setdefault(fold(f"{row['genus'][0]} {row['species']}"), row["mo"])
    return names


def _agent_names(knowledge: Knowledge) -> dict[str, str]:
    names: dict[str, str] = {}
    for row in knowledge.table(EUCAST, "agent").to_pylist():
        several = (row["abbreviations"], row["synonyms"], row["atc"])
        for name in (row["name"], *(one for cell in several for one in cell.split(";"))):
            if name.strip():
                names.setdefault(fold(name), row["ab"])
    return names


def _ancestry(knowledge: Knowledge, taxa: list[dict[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row in knowledge.table(EUCAST, "group").to_pylist():
        groups[row["mo"]].append(row["mo_group"])
    genera = {row["genus"]: row["mo"] for row in taxa if row["rank"] == "genus"}
    species = {(row["genus"], row["species"]): row["mo"] for row in taxa if row["rank"] == "species"}
    with files(__package__).joinpath("eucast_families.csv").open(encoding="utf-8") as lines:
        families = {row["family"]: row["ancestor"] for row in csv.DictReader(lines)}
    found = {}
    for row in taxa:
        own = species.get((row["genus"], row["species"]), row["mo"])
        above = [row["mo"], own, *groups[row["mo"]], *groups[own]]
        above += [code for code in (genera.get(row["genus"]), families.get(row["family"])) if code]
        found[row["mo"]] = tuple(dict.fromkeys(above))
    return found


def _breakpoints(knowledge: Knowledge) -> dict[tuple[str, str], tuple[Breakpoint, ...]]:
    found: dict[tuple[str, str], list[Breakpoint]] = defaultdict(list)
    for row in knowledge.table(EUCAST, "breakpoint").to_pylist():
        if row["breakpoint_S"] is None or row["breakpoint_R"] is None:
            continue
        made = Breakpoint(
            guideline=row["guideline"],
            method=row["method"],
            site=row["site"],
            germ=row["mo"],
            rank=row["rank_index"] or 9.0,
            agent=row["ab"],
            susceptible=row["breakpoint_S"],
            resistant=row["breakpoint_R"],
            uti=row["uti"] == "True",
        )
        found[made.germ, made.agent].append(made)
    return {pair: tuple(rows) for pair, rows in found.items()}


def _resistant(knowledge: Knowledge) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    table = knowledge.table(EUCAST, "intrinsic")
    for germ, agent in zip(table.column("mo").to_pylist(), table.column("ab").to_pylist(), strict=True):
        found[germ].add(agent)
    return {germ: frozenset(agents) for germ, agents in found.items()}
