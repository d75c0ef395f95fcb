"""What to ask first: for each missing fact, how likely its answer changes the first option (value of information).

Each value that the fact may have is put into the question and the decision taken again; nothing is a fixed order.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cognoscope.apps.pharmacy.antibiotics.model import Decision, Option, decide
from cognoscope.apps.pharmacy.antibiotics.question import SUPPOSED, Allergy, Ask, Question, Result

DOSE_WEIGHT = 0.25
"""A change of dose or of care in the same option counts a quarter of a change of option (chosen, not measured)."""


@dataclass(frozen=True)
class Missing:
    """A missing fact: probability that its answer changes the first option, or only its dose or cautions.

    `answers` are the values, with what the first option would then be, of those that change it.
    """

    fact: str
    changes: float
    adapts: float
    asks: tuple[Ask, ...]
    answers: tuple[tuple[str, str, Option | None], ...]

    @property
    def worth(self) -> float:
        """What the missing facts are ordered by."""
        return self.changes + DOSE_WEIGHT * self.adapts


def missing(question: Question, decision: Decision) -> list[Missing]:
    """The facts that nobody said and whose answer could change something, the most useful first."""
    found = []
    for fact in dict.fromkeys(ask.fact for ask in question.asks):
        asks = tuple(ask for ask in question.asks if ask.fact == fact)
        if _unknown(question, fact) and question.holds(asks[0].applies):
            found.append(_worth(question, decision, fact, asks))
    order = {fact: place for place, fact in enumerate(dict.fromkeys(ask.fact for ask in question.asks))}
    useful = [one for one in found if one.worth > 0]
    return sorted(useful, key=lambda one: (-round(one.worth, 9), order[one.fact]))


def _unknown(question: Question, fact: str) -> bool:
    match fact:
        case "allergies":
            return question.allergies is None
        case "drugs":
            return question.interactions is None
        case "susceptibility":
            return bool(question.germ) and not question.results
        case _:
            return question.facts.get(fact) is None


def _worth(question: Question, decision: Decision, fact: str, asks: tuple[Ask, ...]) -> Missing:
    total = changes = adapts = 0.0
    answers = []
    for weight, fr, en, answered in _answers(question, decision, fact, asks):
        then = decide(answered)
        total += weight
        if _name(then.first) != _name(decision.first):
            changes += weight
            answers.append((fr, en, then.first))
        elif _care(then.first, answered) != _care(decision.first, question):
            adapts += weight
    total = max(total, 1.0) if fact in ("susceptibility",) else (total or 1.0)
    return Missing(fact, changes / total, adapts / total, asks, tuple(answers))


def _answers(
    question: Question, decision: Decision, fact: str, asks: tuple[Ask, ...]
) -> Iterator[tuple[float, str, str, Question]]:
    """Each possible answer: weight, words, and the question with it."""
    first = decision.first
    match fact:
        case "germ":
            for likely in (one for one in question.likely if question.holds(one.needs)):
                answered = replace(question, facts={**question.facts, "germ": likely.germ})
                yield likely.weight, likely.fr, likely.en, answered
        case "susceptibility":
            if first is not None:
                codes = {question.agents[code].tested for code in first.regimen.agents}
                results = {code: Result(0, question.germ, code, "R", SUPPOSED) for code in codes}
                known = first.activity.covered
                weight = 1 - known.expected if known.known else asks[0].weight
                yield weight, asks[0].value_fr, asks[0].value_en, replace(question, results=results)
        case "drugs":
            for ask in asks:
                barred = frozenset({first.regimen.id}) if first and ask.value != "none" else frozenset()
                yield ask.weight, ask.value_fr, ask.value_en, replace(question, barred=barred)
        case "allergies":
            for ask in asks:
                allergen, _, reaction = ask.value.partition(":")
                said = (Allergy(0, allergen, reaction),) if reaction else ()
                yield ask.weight, ask.value_fr, ask.value_en, replace(question, allergies=said)
        case _:
            for ask in asks:
                value = float(ask.value) if ask.value.replace(".", "").isdigit() else ask.value
                yield ask.weight, ask.value_fr, ask.value_en, replace(question, facts={**question.facts, fact: value})


def _name(option: Option | None) -> str:
    return option.regimen.id if option else ""


def _care(option: Option | None, question: Question) -> tuple[object, ...]:
    """What is said about the option beside its name: its cautions, and its dose where it goes by weight."""
    if option is None:
        return ()
    by_weight = any("kg" in unit for unit in option.regimen.unit)
    said = tuple((ground.code, ground.sentence.fr) for ground in option.grounds if ground.code != "ecology")
    return (*said, question.value("weight_kg") if by_weight else None)
