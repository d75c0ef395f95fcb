"""Where a lesion lies beside the working point of people: pure functions on a calibrated probability.

The threshold is that at which the model itself reached the sensitivity of the 58 dermatologists of Haenssle 2018 on
images that did not teach it; its specificity there stands beside theirs.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from cognoscope.core.noun import Sentence
from cognoscope.methods.images.answers import Answer
from cognoscope.methods.images.spoken import working_point

POINT = "sensitivity-866"


@dataclass(frozen=True)
class Beside:
    """A probability beside a threshold.

    Attributes:
        above: at the threshold or over it.
        threshold: on the calibrated probability.
        specificity: of the model at that threshold, None where it was not measured.
        dermatologists: specificity of the 58 dermatologists at the same sensitivity.
    """

    above: bool
    threshold: float
    specificity: float | None
    dermatologists: float


def beside(answer: Answer) -> Beside:
    """The answer "melanoma" beside the model's threshold at the sensitivity of the dermatologists."""
    point = working_point(answer, POINT)
    return Beside(answer.yes >= point.threshold, point.threshold, point.specificity, people()[1])


@lru_cache(maxsize=1)
def people() -> tuple[float, float]:
    """Sensitivity and specificity of the 58 dermatologists."""
    read = _words()
    return float(read["sensitivity"]), float(read["specificity"])  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def labels() -> dict[str, Sentence]:
    """Classes in words."""
    return {name: Sentence(**text) for name, text in _words()["classes"].items()}  # type: ignore[attr-defined]


def _words() -> dict[str, object]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
