"""From the log-odds of a network to calibrated probabilities and to the set of classes that cannot be excluded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_softmax, logsumexp

from cognoscope.methods.images.model_folder import Calibration, Head

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """What a head says of one image.

    Attributes:
        head: the question.
        probability: of each class, adding up to 1.
        likely: number of the likeliest class.
        plausible: numbers of the classes of the conformal set, in order; only `likely` where none was calibrated.
    """

    head: Head
    probability: tuple[float, ...]
    likely: int
    plausible: tuple[int, ...]

    @property
    def yes(self) -> float:
        """Probability of the last class: of "yes" for a binary head."""
        return self.probability[-1]


def answer(head: Head, logits: Array) -> Answer:
    """logits: (K,) all columns of the network, averaged over the views."""
    chances = probabilities(head, logits[np.newaxis])[0]
    likely = int(np.argmax(chances))
    return Answer(head, tuple(round(float(each), 6) for each in chances), likely, conformal_set(head, chances))


def probabilities(head: Head, logits: Array) -> Array:
    """(N, K) columns of the network -> (N, classes) calibrated probabilities."""
    logits = np.asarray(logits, np.float64)
    columns = logits[:, list(head.outputs)]
    if head.kind == "categorical":
        return np.asarray(np.exp(log_softmax(columns / head.calibration.temperature, axis=1)), np.float64)
    if head.kind == "ordinal":
        # P(above k) falls with k by construction of the question; noise may say otherwise, so the least so far is kept.
        above = np.minimum.accumulate(expit(columns / head.calibration.temperature), axis=1)
        edges = np.concatenate([np.ones((len(above), 1)), above, np.zeros((len(above), 1))], axis=1)
        return np.asarray(edges[:, :-1] - edges[:, 1:], np.float64)
    yes = calibrated(head.calibration, log_odds(head, logits))
    return np.stack([1 - yes, yes], axis=1)


def log_odds(head: Head, logits: Array) -> Array:
    """(N,) uncalibrated log-odds of "yes" of a binary head."""
    score = np.asarray(logits[:, head.outputs[0]], np.float64)
    if head.against:
        score = score - logsumexp(logits[:, list(head.against)], axis=1)
    return score


def calibrated(calibration: Calibration, score: Array) -> Array:
    """(N,) log-odds -> probabilities of "yes"."""
    if calibration.kind == "platt":
        return np.asarray(expit(calibration.slope * score + calibration.intercept), np.float64)
    if calibration.kind == "isotonic":
        return np.interp(score, calibration.x, calibration.y)
    return np.asarray(expit(score / calibration.temperature), np.float64)


def conformal_set(head: Head, chances: Array) -> tuple[int, ...]:
    """Numbers of the classes that cannot be excluded at the level of the head; never empty."""
    likely = int(np.argmax(chances))
    if head.conformal is None:
        return (likely,)
    quantiles = np.broadcast_to(np.array(head.conformal.quantiles), (len(chances),))
    kept = {int(number) for number in np.flatnonzero(1 - chances <= quantiles + 1e-12)}
    if head.kind == "ordinal" and kept:
        kept = set(range(min(kept), max(kept) + 1))
    return tuple(sorted(kept | {likely}))
