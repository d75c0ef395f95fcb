"""Builds the Case of one infection: the patient's facts, and the rows of rules, ecology and EUCAST that may matter.

Everything a proposal cites is copied into the case, with edition and digest of what was loaded, so that it can be
replayed. Texts that people typed (germs, drugs) do not enter: only what they were recognised as.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cognoscope.apps.pharmacy.antibiotics.case_interactions import checked
from cognoscope.apps.pharmacy.antibiotics.case_microbes import Microbes, open_microbes
from cognoscope.apps.pharmacy.antibiotics.case_tables import columns_of
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates
from cognoscope.apps.pharmacy.antibiotics.kidney import clearance
from cognoscope.apps.pharmacy.antibiotics.question import KIND
from cognoscope.apps.pharmacy.antibiotics.tables import Row, agent_rows, infection_row, listed, rows
from cognoscope.core.case import Case, Cell, Fact, Table
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded, default_knowledge

UNITS = {"age_years": "a", "weight_kg": "kg", "egfr": "mL/min", "creatinine_umol_l": "umol/L"}


@dataclass(frozen=True)
class Tested:
    """A result of susceptibility testing: a category, or a dilution (`MIC`, mg/L) or zone (`DISK`, mm)."""

    agent: str
    category: str = ""
    method: str = ""
    value: str = ""


@dataclass(frozen=True)
class Infection:
    """An infection as people describe it. None and "" mean that nobody said; `allergies` and `drugs` too.

    yes or no: `pregnant`, `breastfeeding`, `mdr_risk`, `comorbidity`, `recent_fluoroquinolone`, `listeria_risk`.
    allergies: class (`penicillins`) and reaction (`immediate-severe`, ..., `unknown`). hepatic: `none` or `severe`.
    """

    subject: str
    infection: str
    severity: str = ""
    acquired: str = ""
    germ: str = ""
    results: tuple[Tested, ...] = ()
    allergies: tuple[tuple[str, str], ...] | None = None
    drugs: tuple[str, ...] | None = None
    age_years: int | None = None
    sex: str = ""
    weight_kg: float | None = None
    creatinine_umol_l: float | None = None
    egfr: float | None = None
    hepatic: str = ""
    pregnant: str = ""
    breastfeeding: str = ""
    mdr_risk: str = ""
    comorbidity: str = ""
    recent_fluoroquinolone: str = ""
    listeria_risk: str = ""
    ward: str = ""


SAID = (
    *("severity", "acquired", "age_years", "sex", "weight_kg", "creatinine_umol_l", "hepatic", "pregnant"),
    *("breastfeeding", "mdr_risk", "comorbidity", "recent_fluoroquinolone", "listeria_risk", "ward"),
)


def build_case(
    asked: Infection, knowledge: Knowledge, as_of: datetime, isolates: Isolates | None = None, source: str = ""
) -> Case:
    """The case of one infection, as of an instant.

    isolates: the hospital's own; those after `as_of` do not count.

    Raises:
        InvalidInput: the infection, the germ, an agent of the results or an allergy is not known; the message names
            what is near, or what there is.
    """
    infection = infection_row(asked.infection)
    if infection is None:
        known = ", ".join(row["code"] for row in rows("infections"))
        raise InvalidInput(f"There is no infection {asked.infection!r}; there are: {known}.")
    facts: dict[str, Cell] = {name: getattr(asked, name) for name in SAID}
    facts |= {"infection": infection["code"], "infection_fr": infection["fr"], "infection_en": infection["en"]}
    facts |= {f"wanted_{level}": float(infection[f"expected_{level}"]) for level in ("mild", "severe")}
    facts |= {"allergies_known": asked.allergies is not None, "drugs_known": asked.drugs is not None}
    facts |= clearance(asked.egfr, asked.creatinine_umol_l, asked.age_years, asked.weight_kg, asked.sex)
    found = _rules(asked.infection)
    found["allergy"] = [_allergy(*each) for each in asked.allergies or ()]
    facts["eucast_loaded"] = False
    try:
        microbes = open_microbes(knowledge)
    except NotLoaded:
        pass
    else:
        facts["eucast_loaded"] = True
        facts |= _microbial(asked, infection, microbes, found, isolates, as_of)
    facts |= checked(asked.drugs, [str(row["code"]) for row in found["agent"]], knowledge, found)
    return Case(
        kind=KIND,
        subject=asked.subject,
        as_of=as_of,
        facts=tuple(
            Fact(name=name, value=value, unit=UNITS.get(name))
            for name, value in facts.items()
            if value is not None and value != ""
        ),
        tables=_tables(found),
        source=source,
    )


def _allergy(allergen: str, reaction: str) -> Mapping[str, Cell]:
    """A row of the case. An allergy that no row speaks of would exclude nothing, unseen: it is refused."""
    allergens = sorted({row["allergen"] for row in rows("cross")})
    reactions = sorted({row["reaction"] for row in rows("cross")} | {"intolerance"})
    if allergen not in allergens:
        raise InvalidInput(f"An allergy is to none of the classes known: {', '.join(allergens)}.")
    if reaction not in reactions:
        raise InvalidInput(f"The reaction to {allergen} is none of: {', '.join(reactions)}.")
    return {"allergen": allergen, "reaction": reaction}


def _rules(infection: str) -> dict[str, list[Mapping[str, Cell]]]:
    """The rows of the tables of this folder that bear on the infection; rules switched off stay out."""
    regimens = [row for row in rows("regimens") if row["infection"] == infection and row["on"] == "yes"]
    codes = {code for row in regimens for code in listed(row["agents"])}
    agents = [row for code, row in agent_rows().items() if code in codes]
    groups = {row["class"] for row in agents}
    needed = " ".join(row["needs"] for row in regimens)
    always = {"allergies", "severity", "egfr", "hepatic", "drugs", "germ", "susceptibility", "breastfeeding"}
    always |= {"pregnant", "weight_kg"} | ({"acquired"} if any(row["acquired"] for row in regimens) else set())
    asks = [row for row in rows("questions") if row["fact"] in always or row["fact"] in needed]
    return {
        "regimen": [dict(row) for row in regimens],
        "agent": [{**row, "group": row["class"]} for row in agents],
        "renal": [_numbers(row, "at_least", "below") for row in rows("renal") if row["agent"] in codes],
        "cross_reactivity": [dict(row) for row in rows("cross") if row["to"] in groups],
        "question": [_numbers(row, "weight") for row in asks],
    }


def _microbial(
    asked: Infection,
    infection: Row,
    microbes: Microbes,
    found: dict[str, list[Mapping[str, Cell]]],
    isolates: Isolates | None,
    as_of: datetime,
) -> dict[str, Cell]:
    regimens = [listed(row["agents"]) for row in found["regimen"]]
    tested = {tuple(sorted({agent_rows()[code]["tested"] for code in agents})) for agents in regimens}
    germ = microbes.code(asked.germ) if asked.germ.strip() else ""
    facts: dict[str, Cell] = {"eucast_edition": microbes.eucast.edition, "eucast_digest": microbes.eucast.digest}
    if germ:
        facts |= {"germ": germ, "germ_fr": microbes.words(germ)[0], "germ_en": microbes.words(germ)[1]}
        found["result"] = list(microbes.results(germ, asked.results, infection))
    elif asked.results:
        raise InvalidInput("Results of susceptibility testing need their germ: name it.")
    likely = _likely(infection["code"], asked.acquired)
    ecology = microbes.ecology(isolates, as_of.date()) if isolates is not None and len(isolates) else None
    if ecology is not None:
        local = microbes.local(ecology, infection["specimen"])
        likely = local or likely
        facts |= {"ecology_from": ecology.start, "ecology_until": ecology.until}
    names = [germ] if germ else []
    names += [str(row["germ"]) for row in likely if row["germ"] != germ]
    found["likely"] = [
        {**row, "fr": microbes.words(str(row["germ"]))[0], "en": microbes.words(str(row["germ"]))[1]} for row in likely
    ]
    found |= microbes.nature(names, {agent for agents in tested for agent in agents})
    by_nature = {(row["germ"], row["agent"]) for row in found["intrinsic"]}
    pairs = [
        (name, active)
        for name in names
        for agents in sorted(tested)
        if (active := tuple(agent for agent in agents if (name, agent) not in by_nature))
    ]
    singles = [(name, (agent,)) for name, agents in pairs if len(agents) > 1 for agent in agents]
    found["ecology"] = list(ecology.rows([*pairs, *singles], asked.ward)) if ecology is not None else []  # type: ignore[arg-type]
    return facts


def _likely(infection: str, acquired: str) -> list[dict[str, Cell]]:
    chosen = [row for row in rows("likely") if row["infection"] == infection]
    origins = {row["acquired"] for row in chosen}
    origin = acquired if acquired in origins else ("community" if "community" in origins else "")
    return [
        {
            "germ": row["germ"],
            "weight": float(row["weight"]),
            "needs": row["needs"],
            "basis": f"{row['source']}, {row['date']}",
        }
        for row in chosen
        if row["acquired"] in ("", origin)
    ]


def _numbers(row: Row, *names: str) -> dict[str, Cell]:
    return {**row, **{name: float(row[name]) for name in names}}


def _tables(found: Mapping[str, Sequence[Mapping[str, Cell]]]) -> tuple[Table, ...]:
    return tuple(Table(name=name, columns=columns_of(name, held)) for name, held in found.items() if held)


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """One case an infection of a JSON or TOML file (see `case_file`).

    Raises:
        InvalidInput: the file cannot be used; the message says where and what to do.
    """
    from cognoscope.apps.pharmacy.antibiotics.case_file import read_infections

    asked, isolates = read_infections(path)
    knowledge = default_knowledge()
    return [build_case(one, knowledge, as_of, isolates, "file") for one in asked]
