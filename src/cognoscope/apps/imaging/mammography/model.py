"""From a film to a calibrated probability, a score from 1 to 10, density, and where to look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.special import expit

from cognoscope.apps.imaging.mammography.breast import SIZE, Breast
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.answers import Answer, answer, log_odds
from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.onnx import Network

MALIGNANT, ABNORMAL, DENSITY = "malignant", "abnormal", "density"
MOST_MARKS = 3
REACH = 32
"""Pixels of the prepared breast around a mark in which no second one is made."""


@dataclass(frozen=True)
class Mark:
    """A place in the prepared breast: row, column, half height and half width in its pixels; `certainty` is the
    calibrated probability that a mark of such evidence lies on a lesion that radiologists had circled."""

    row: float
    column: float
    half_height: float
    half_width: float
    certainty: float


@dataclass(frozen=True)
class Film:
    """What is said of one film.

    Attributes:
        malignant: calibrated probability of malignancy; beside the other films of the case where there are any.
        score: 1 to 10, of that probability.
        odds: log-odds of malignancy of this film alone, before any calibration.
        answers: by question. marks: places to look at. evidence: for malignancy, by place (log-odds).
    """

    malignant: float
    score: int
    odds: float
    answers: dict[str, Answer]
    marks: tuple[Mark, ...]
    evidence: NDArray[np.float32]
    breast: Breast


class FilmReader:
    """The network of a model folder with the cut points of its scores.

    Raises:
        InvalidInput: the folder does not say what a model of mammograms must.
    """

    def __init__(self, folder: ModelFolder):
        self.folder = folder
        more = folder.about.more
        try:
            self.cuts = tuple(float(cut) for cut in more["score"]["cuts"])
            self.marks = more["marks"]
            self._line = float(self.marks["slope"]), float(self.marks["intercept"]), float(self.marks["least"])
            pair = more.get("pair")
            self.pair = tuple(float(pair[name]) for name in ("own", "other", "intercept")) if pair else None
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(f"{folder.path}/model.toml lacks [more.score] cuts or [more.marks]: {error}.") from error
        heads = {head.name for head in folder.about.heads}
        if len(self.cuts) != 9 or list(self.cuts) != sorted(self.cuts) or MALIGNANT not in heads:
            raise InvalidInput(f"{folder.path}/model.toml: nine rising cuts and the head `malignant` are needed.")
        self.network = Network(Path(folder.path) / "model.onnx")

    def read(self, breast: Breast) -> Film:
        """One film by itself."""
        found = self.network.run({"image": breast.image[np.newaxis, np.newaxis]})
        logits = np.asarray(found["logits"][0], np.float64)
        answers = {head.name: answer(head, logits) for head in self.folder.about.heads}
        malignant = answers[MALIGNANT].yes
        evidence = np.asarray(found["map"][0], np.float32)
        return Film(
            malignant=malignant,
            score=score_of(malignant, self.cuts),
            odds=float(log_odds(answers[MALIGNANT].head, logits[np.newaxis])[0]),
            answers=answers,
            marks=marks_of(evidence[1], *self._line),
            evidence=evidence[0],
            breast=breast,
        )

    def beside(self, films: Sequence[Film]) -> list[Film]:
        """Each film beside the mean of the others of the same woman, whose tissue shows in both breasts."""
        if self.pair is None or len(films) < 2:
            return list(films)
        own, other, intercept = self.pair
        odds = np.array([film.odds for film in films])
        rest = (odds.sum() - odds) / (len(odds) - 1)
        chances = [round(float(each), 6) for each in expit(own * odds + other * rest + intercept)]
        return [
            replace(film, malignant=chance, score=score_of(chance, self.cuts))
            for film, chance in zip(films, chances, strict=True)
        ]


def score_of(chance: float, cuts: tuple[float, ...]) -> int:
    """1 to 10: one more than the number of cut points that the probability reaches; it never falls as that rises."""
    return 1 + sum(chance >= cut for cut in cuts)


def marks_of(evidence: NDArray[np.float32], slope: float, intercept: float, least: float) -> tuple[Mark, ...]:
    """Up to three peaks of the evidence for a lesion (log-odds by place) whose certainty is at least `least`."""
    chance = expit(slope * evidence + intercept)
    height, width = SIZE[0] / evidence.shape[0], SIZE[1] / evidence.shape[1]
    down, across = round(REACH / height), round(REACH / width)
    # The rim of a large lesion is no peak of its own.
    highest = chance == ndimage.maximum_filter(chance, (2 * down + 1, 2 * across + 1))
    left = np.where(highest, chance, 0.0)
    found: list[Mark] = []
    while len(found) < MOST_MARKS and float(left.max()) >= least:
        peak = np.unravel_index(int(left.argmax()), left.shape)
        certain = float(left[peak])
        labels, _ = ndimage.label(chance >= 0.7 * certain)
        rows, columns = np.nonzero(labels == labels[peak])
        near = (abs(rows - peak[0]) <= down) & (abs(columns - peak[1]) <= across)
        rows, columns = rows[near], columns[near]
        found.append(
            Mark(
                row=float((rows.min() + rows.max() + 1) / 2 * height - 0.5),
                column=float((columns.min() + columns.max() + 1) / 2 * width - 0.5),
                half_height=float((rows.max() - rows.min() + 1) / 2 * height),
                half_width=float((columns.max() - columns.min() + 1) / 2 * width),
                certainty=round(certain, 3),
            )
        )
        top, start = max(0, peak[0] - down), max(0, peak[1] - across)
        left[top : peak[0] + down + 1, start : peak[1] + across + 1] = 0
    return tuple(found)


def on_film(mark: Mark, breast: Breast, shape: tuple[int, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Opposite corners (row, column), in pixels of the film and within it, of the box that holds the mark's ellipse."""
    one = breast.to_film(mark.row - mark.half_height, mark.column - mark.half_width)
    two = breast.to_film(mark.row + mark.half_height, mark.column + mark.half_width)
    rows, columns = zip(one, two, strict=True)
    down = [round(float(np.clip(row, 0, shape[0] - 1)), 1) for row in sorted(rows)]
    across = [round(float(np.clip(column, 0, shape[1] - 1)), 1) for column in sorted(columns)]
    return (down[0], across[0]), (down[1], across[1])


def heat_of(evidence: NDArray[np.float32], breast: Breast, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The evidence for malignancy over the film, 0 to 255, relative to its strongest place."""
    from cognoscope.methods.images.resize import resized

    chance = expit(np.asarray(evidence, np.float64))
    plane = resized(np.asarray(chance / max(float(chance.max()), 1e-6), np.float32), *SIZE)
    rows = np.clip(((np.arange(shape[0]) + 0.5) / breast.scale[0] - 0.5 - breast.top).round().astype(int), -1, SIZE[0])
    across = (np.arange(shape[1]) + 0.5) / breast.scale[1] - 0.5
    across = breast.columns - 1 - across if breast.mirrored else across
    columns = np.clip((across - breast.left).round().astype(int), -1, SIZE[1])
    framed: NDArray[Any] = np.zeros((SIZE[0] + 2, SIZE[1] + 2), np.float32)
    framed[1:-1, 1:-1] = plane * (breast.image > 0)
    return np.asarray(np.rint(255 * framed[np.ix_(rows + 1, columns + 1)]), np.uint8)
