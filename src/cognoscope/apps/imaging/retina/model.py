"""From the answers of a network to one eye's conclusion: referable or not, a grade, maculopathy."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.methods.images.answers import Answer
from cognoscope.methods.images.spoken import working_point

REFERABLE, GRADE, MACULOPATHY = "referable", "grade", "maculopathy"


@dataclass(frozen=True)
class Eye:
    """What is concluded of one eye.

    Attributes:
        referable: calibrated probability of more than mild retinopathy or maculopathy.
        called: at the working threshold or over it.
        threshold: the working threshold.
        sure: the conformal set holds one class only.
        answers: of the network, by question; `grade` and `maculopathy` may be absent.
    """

    referable: float
    called: bool
    threshold: float
    sure: bool
    answers: Mapping[str, Answer]


def concluded(answers: Mapping[str, Answer]) -> Eye:
    """One eye.

    Raises:
        InvalidInput: the model has no head `referable`.
    """
    if REFERABLE not in answers:
        raise InvalidInput(
            "This model does not say whether an eye is referable: model.toml needs the head `referable`."
        )
    answer = answers[REFERABLE]
    threshold = working_point(answer).threshold
    return Eye(answer.yes, answer.yes >= threshold, threshold, len(answer.plausible) == 1, answers)


@lru_cache(maxsize=1)
def labels() -> dict[str, Sentence]:
    """Classes in words."""
    read = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    return {name: Sentence(**text) for name, text in read["classes"].items()}
