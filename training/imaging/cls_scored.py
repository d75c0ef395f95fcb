"""Score from 1 to 10, its reliability table, and how sure a mark is: all from answers out of fold."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from cognoscope.apps.imaging.mammography.model import Mark, marks_of, score_of
from cognoscope.apps.imaging.mammography.reliability import error, frame, table
from cognoscope.methods.images.answers import log_odds
from cognoscope.methods.images.model_folder import Head
from cognoscope.methods.images.scores import auc_by_group, calibration_error
from training.imaging.cls_calibrate import conformal_of, platt
from training.imaging.cls_data import Examples, drawn
from training.imaging.cls_lesions import LEAST_RADIUS

SHARES = (0.25, 0.45, 0.60, 0.70, 0.78, 0.85, 0.90, 0.94, 0.97)
"""Share of films below each cut point: low scores are wide, so that high ones mean something."""
OTHER = 0.5
"""How much of the other film's log-odds is taken away. Malignant films are too few to learn it: of 0, 1/2 and 1."""
FOLDS = 5
MARKS_ON_NORMAL = 0.5


def scored(
    head: Head, examples: Examples, maps: NDArray[np.float32], logits: NDArray[np.float64], out: Path
) -> tuple[Head, dict[str, Any], dict[str, Any]]:
    """The head with the sets of its probabilities beside the other film, `[more]` of `model.toml`, further figures;
    writes `reliability.csv`.

    A film is read beside the other film of the same woman: what both breasts show speaks for her tissue. The table's
    probabilities come from a calibration that was fitted without the women it speaks of.
    """
    truth, groups = examples.answers["malignant"] > 0, np.array(examples.groups)
    odds, fold = log_odds(head, logits), drawn(examples.strata, examples.groups, FOLDS, 7)
    beside = odds - OTHER * others(odds, groups)
    chances = np.empty(len(truth))
    for number in range(FOLDS):
        part = fold == number
        slope, intercept = platt(beside[~part], truth[~part])
        chances[part] = expit(slope * beside[part] + intercept)
    slope, intercept = platt(beside, truth)
    pair = {"own": slope, "other": -OTHER * slope, "intercept": intercept}
    cuts = [round(float(cut), 5) for cut in np.quantile(expit(slope * beside + intercept), SHARES)]
    scores = np.array([score_of(chance, tuple(cuts)) for chance in chances])
    lines = table(scores, chances, truth, np.array(examples.groups))
    frame(lines).to_csv(out / "reliability.csv", index=False)
    marks, found = _marks(examples, maps)
    how = "cross-validated"
    area = auc_by_group(chances, truth, groups, FOLDS)
    alone = auc_by_group(odds, truth, groups, FOLDS)
    level = head.conformal.level if head.conformal else 0.9
    sets = conformal_of(np.stack([1 - chances, chances], 1), truth.astype(np.int64), level, True)
    head = head.model_copy(update={"conformal": sets})
    return (
        head,
        {"score": {"cuts": cuts}, "marks": marks, "pair": pair},
        {
            "auc": {"value": area.value, "low": area.low, "high": area.high, "how": how + ": beside the other film"},
            "auc_film_alone": {"value": alone.value, "low": alone.low, "high": alone.high, "how": how},
            "ece": {"value": calibration_error(chances, truth), "how": how + ": ten bins of equal count"},
            "ece_of_scores": {"value": error(lines), "how": how + ": over the ten scores, calibrated on other women"},
            **{name: {"value": value, "how": how} for name, value in found.items()},
        },
    )


def others(odds: NDArray[np.float64], groups: NDArray[Any]) -> NDArray[np.float64]:
    """(n,) mean log-odds of the other films of the same woman; a film without any is taken for its own fellow."""
    found = np.array(odds)
    for place, name in enumerate(groups):
        rest = (groups == name) & (np.arange(len(groups)) != place)
        if rest.any():
            found[place] = float(odds[rest].mean())
    return found


def _marks(examples: Examples, maps: NDArray[np.float32]) -> tuple[dict[str, float], dict[str, float]]:
    """How the log-odds of a peak become the probability that it lies on a circled lesion, from which one on it is
    shown (half a mark on a film without any lesion), and how many lesions are then marked."""
    evidence, hit, film = [], [], []
    for place, (plane, circles) in enumerate(zip(maps[:, 1], examples.circles, strict=True)):
        for mark in marks_of(plane, 1.0, 0.0, 0.0):
            certain = np.clip(mark.certainty, 1e-3, 1 - 1e-3)
            evidence.append(float(np.log(certain / (1 - certain))))
            hit.append(any(_on(mark, circle) for circle in circles))
            film.append(place)
    slope, intercept = platt(np.array(evidence), np.array(hit))
    chance = 1 / (1 + np.exp(-(slope * np.array(evidence) + intercept)))
    normal = [place for place, answer in enumerate(examples.answers["abnormal"]) if answer == 0]
    on_normal = np.sort(chance[np.isin(film, normal)])[::-1]
    least = float(on_normal[min(len(on_normal) - 1, int(MARKS_ON_NORMAL * len(normal)))])
    marked = {"malignant": [0, 0], "benign": [0, 0]}
    for plane, circles in zip(maps[:, 1], examples.circles, strict=True):
        shown = marks_of(plane, slope, intercept, least)
        for circle in circles:
            kind = marked["malignant" if circle[3] else "benign"]
            kind[0] += any(_on(mark, circle) for mark in shown)
            kind[1] += 1
    found = {f"lesions_marked_{name}": hits / max(1, count) for name, (hits, count) in marked.items()}
    found["marks_per_normal_film"] = float((on_normal >= least).sum() / max(1, len(normal)))
    return {"slope": slope, "intercept": intercept, "least": round(least, 4)}, found


def _on(mark: Mark, circle: tuple[float, float, float, int]) -> bool:
    return bool(np.hypot(mark.row - circle[0], mark.column - circle[1]) <= max(circle[2], LEAST_RADIUS))
