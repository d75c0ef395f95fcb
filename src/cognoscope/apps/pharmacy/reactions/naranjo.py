"""The probability scale of Naranjo et al. (Clin Pharmacol Ther 1981;30:239-245): ten items, a total, four classes."""

from dataclasses import dataclass
from functools import cache

from cognoscope.apps.pharmacy.reactions.lexicon import rows
from cognoscope.core.noun import Sentence

CLASSES = (("definite", 9), ("probable", 5), ("possible", 1), ("doubtful", -99))


@dataclass(frozen=True)
class Item:
    """A question with the points of each answer."""

    number: int
    points: dict[str, int]
    question: Sentence


@dataclass(frozen=True)
class Total:
    """Points so far (an unknown answer counts 0), and what the unknown ones could make of them."""

    total: int
    lowest: int
    highest: int
    category: str


@cache
def items() -> tuple[Item, ...]:
    """The ten questions."""
    return tuple(
        Item(
            int(row["item"]),
            {answer: int(row[answer]) for answer in ("yes", "no", "unknown")},
            Sentence(fr=row["question_fr"], en=row["question_en"]),
        )
        for row in rows("naranjo.csv")
    )


def total(answers: dict[int, str]) -> Total:
    """The total of known answers (item -> `yes`, `no`); items that are left out are unknown."""
    given = [item.points[answers.get(item.number, "unknown")] for item in items()]
    ranges = [
        [item.points[answers[item.number]]] if item.number in answers else list(item.points.values())
        for item in items()
    ]
    now = sum(given)
    return Total(now, sum(map(min, ranges)), sum(map(max, ranges)), category(now))


def category(points: int) -> str:
    """`definite` from 9, `probable` from 5, `possible` from 1, else `doubtful`."""
    return next(name for name, floor in CLASSES if points >= floor)
