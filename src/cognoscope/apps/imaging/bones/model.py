"""From the probability of a fracture to its place in the worklist: what is likely first, what is doubtful next."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from cognoscope.core.noun import Sentence
from cognoscope.methods.images.answers import Answer
from cognoscope.methods.images.spoken import working_point


@dataclass(frozen=True)
class Film:
    """What is concluded of one radiograph.

    Attributes:
        chance: calibrated probability of a fracture.
        called: at the working threshold or over it.
        doubtful: the conformal set holds both classes.
        urgency: 0 to 1, the order of the worklist.
    """

    chance: float
    called: bool
    doubtful: bool
    urgency: float


def concluded(answer: Answer) -> Film:
    """One radiograph. A doubtful one comes before all that are neither doubtful nor called."""
    called, doubtful = answer.yes >= working_point(answer).threshold, len(answer.plausible) > 1
    urgency = (2 + answer.yes) / 3 if called else (1 + answer.yes) / 3 if doubtful else answer.yes / 3
    return Film(answer.yes, called, doubtful, round(urgency, 3))


@lru_cache(maxsize=1)
def labels() -> dict[str, Sentence]:
    """Classes in words."""
    read = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    return {name: Sentence(**text) for name, text in read["classes"].items()}
