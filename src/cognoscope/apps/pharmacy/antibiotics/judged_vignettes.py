"""Written patients (`vignettes.csv`): the option expected first, and those that must never be proposed."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cognoscope.apps.pharmacy.antibiotics.case import Infection, Tested, build_case
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates
from cognoscope.apps.pharmacy.antibiotics.model import Decision, decide
from cognoscope.apps.pharmacy.antibiotics.question import Question, read_question
from cognoscope.apps.pharmacy.antibiotics.tables import Row, listed, rows
from cognoscope.intake.knowledge.store import Knowledge

AS_OF = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Judged:
    """A vignette, its question, and what was decided."""

    vignette: Row
    question: Question
    decision: Decision

    @property
    def first(self) -> str:
        """The first option's agents: `CTX+AMK`, empty where there is none."""
        return "+".join(self.decision.first.regimen.agents) if self.decision.first else ""

    @property
    def right(self) -> bool:
        """Whether the option expected came first."""
        return self.first == self.vignette["expected"]

    @property
    def never(self) -> list[str]:
        """Options proposed that the vignette forbids."""
        options = {agent for option in self.decision.options for agent in option.regimen.agents}
        return sorted(options & set(listed(self.vignette["never"])))


def judge(knowledge: Knowledge, isolates: Isolates | None = None) -> list[Judged]:
    """Every vignette, with an ecology or without one."""
    found = []
    for vignette in rows("vignettes"):
        question = read_question(build_case(asked(vignette), knowledge, AS_OF, isolates))
        found.append(Judged(vignette, question, decide(question)))
    return found


def asked(vignette: Row) -> Infection:
    """The infection that a row describes; `none` among allergies says that there is none."""
    results = (part.split("=") for part in vignette["results"].split(";") if part)
    facts = dict(part.split("=") for part in vignette["facts"].split(";") if part)
    allergies = tuple((part.split(":")[0], part.split(":")[1]) for part in listed(vignette["allergies"]) if ":" in part)
    return Infection(
        subject=f"stay:{vignette['id']}",
        infection=vignette["infection"],
        severity=vignette["severity"],
        acquired=vignette["acquired"],
        germ=vignette["germ"],
        results=tuple(Tested(agent, category) for agent, category in results),
        allergies=allergies,
        drugs=tuple(listed(vignette["drugs"])),
        age_years=int(vignette["age_years"]),
        sex=vignette["sex"],
        weight_kg=float(vignette["weight_kg"]) if vignette["weight_kg"] else None,
        egfr=float(vignette["egfr"]),
        pregnant=vignette["pregnant"],
        mdr_risk=facts.get("mdr_risk", ""),
        comorbidity=facts.get("comorbidity", ""),
        recent_fluoroquinolone=facts.get("recent_fluoroquinolone", ""),
        listeria_risk=facts.get("listeria_risk", ""),
    )
