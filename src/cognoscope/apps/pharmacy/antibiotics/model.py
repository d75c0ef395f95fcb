"""The decision: which rules apply, which are set aside and why, and in which order the others are proposed.

An order that a clinician can follow: rules for a documented germ before empirical ones, then what is expected to be
effective (shown by the germ's own results where there are any), the guideline's line, cautions, the narrower class of
the WHO (Access, Watch, Reserve), the narrower spectrum, the mouth before the vein where severity allows it, and
coverage last. MYCIN's certainty factors are not
used: what is uncertain is a probability of coverage with its interval, or is said in words.
"""

from dataclasses import dataclass

from cognoscope.apps.pharmacy.antibiotics.activity import Activity, activity, tested
from cognoscope.apps.pharmacy.antibiotics.exclusion import Ground, grounds
from cognoscope.apps.pharmacy.antibiotics.question import Question, Regimen

AWARE = ("Access", "Watch", "Reserve")


@dataclass(frozen=True)
class Option:
    """A rule that applies, what is known of its activity, and what speaks against it."""

    regimen: Regimen
    activity: Activity
    grounds: tuple[Ground, ...]

    @property
    def excluded(self) -> bool:
        """Whether a ground sets it aside."""
        return any(ground.action == "exclude" for ground in self.grounds)

    @property
    def cautions(self) -> int:
        """Number of grounds that rank it lower."""
        return sum(ground.action == "caution" for ground in self.grounds)


@dataclass(frozen=True)
class Decision:
    """Options in the order proposed, and those set aside in the order of their rules."""

    options: tuple[Option, ...]
    excluded: tuple[Option, ...]

    @property
    def first(self) -> Option | None:
        """The first option, None where none is left."""
        return self.options[0] if self.options else None


def decide(question: Question) -> Decision:
    """Options and exclusions; both empty where no rule applies."""
    weighed = [_weigh(question, regimen) for regimen in question.regimens if applies(question, regimen)]
    options = [option for option in weighed if not option.excluded and option.regimen.id not in question.barred]
    return Decision(
        tuple(sorted(options, key=lambda option: _rank(question, option))),
        tuple(option for option in weighed if option.excluded),
    )


def applies(question: Question, regimen: Regimen) -> bool:
    """Whether the rule is made for this infection's severity, origin, germ and patient."""
    if str(question.value("severity")) not in regimen.severity:
        return False
    if regimen.acquired and regimen.acquired != question.value("acquired"):
        return False
    if regimen.germ and regimen.germ not in question.ancestors(question.germ):
        return False
    if regimen.phase == "documented":
        if not question.germ:
            return False
        if not regimen.germ and not any(agent in question.results for agent in tested(question, regimen)):
            return False
    return question.holds(regimen.needs)


def _weigh(question: Question, regimen: Regimen) -> Option:
    active = activity(question, regimen)
    return Option(regimen, active, tuple(grounds(question, regimen, active)))


def _rank(question: Question, option: Option) -> tuple[object, ...]:
    regimen = option.regimen
    agents = [question.agents[code] for code in regimen.agents]
    low = any(ground.code == "ecology" for ground in option.grounds)
    unproven = question.tested and option.activity.kind != "documented"
    by_vein = regimen.route != "oral" and question.value("severity") != "severe"
    return (
        regimen.phase != "documented",
        unproven,
        low,
        regimen.line,
        option.cautions,
        max(AWARE.index(agent.aware) for agent in agents),
        max(agent.spectrum for agent in agents),
        len(agents),
        by_vein,
        -round(option.activity.covered.low, 6),
        regimen.id,
    )
