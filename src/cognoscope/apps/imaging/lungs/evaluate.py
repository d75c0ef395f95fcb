"""`cognoscope evaluate imaging.lungs`: overlap with a radiologist's outlines on slices that did not teach the network.

DIR is laid out like `ct_covid_medseg100`: slices.csv with slice_id, official_split, file; masks_infection/ID.png;
masks_multiclass/ID.png; published_predictions/METHOD/ID.png, if there, are judged beside on the same slices.
Every slice counts, whether the gate would have refused it or not.
"""

import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.imaging.lungs.app import OWN
from cognoscope.apps.imaging.lungs.card import CARD
from cognoscope.apps.imaging.lungs.case import KIND
from cognoscope.apps.imaging.lungs.evaluate_slices import Slice, left_out, slices_of
from cognoscope.apps.imaging.lungs.looking import as_published, grey_of, network_of
from cognoscope.apps.imaging.lungs.model import KINDS, interval, read_picture
from cognoscope.apps.imaging.lungs.network import DENSE, GLASS
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.methods.comparison.estimate import Estimate
from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.images.refused import refused_metrics
from cognoscope.methods.images.scores import dice, mean_by_group, share_by_group
from cognoscope.methods.images.watchman import Watchman

SEED: Final = 20261122
BLOCK: Final = 4
"""Neighbouring slices come from one patient, who is not named: intervals draw runs of so many numbers."""
PUBLISHED: Final = "Semi-Inf-Net (Fan et al. 2020, IEEE TMI), recomputed at 0.5 on the shared 24 official test slices"


def evaluate(folder: Path, weights: Path | None) -> Evaluation:
    """`dice_mean` by slice with its 95 % interval by run of slices, `dice_pooled`, each class, shares, refusals.

    Raises:
        InvalidInput: the folder is not laid out so.
    """
    started = time.perf_counter()
    slices = slices_of(folder)
    seen = left_out(slices, weights)
    judged = [each for each in slices if each.identifier not in seen]
    metrics: tuple[Metric, ...] = (Metric(name="dice_mean", value=None),)
    detail: dict[str, Any] = {"slices": len(slices), "left_out_taught_the_model": len(seen)}
    if weights is not None and judged:
        metrics, more = _judge(judged, weights, folder)
        detail |= more
    else:
        detail["nothing_judged"] = "there is no model" if weights is None else "every slice taught the model"
    return Evaluation(
        application=CARD.name,
        version=CARD.version,
        dataset=folder.resolve().name,
        rows=len(judged) if weights else 0,
        metrics=metrics,
        seconds=round(time.perf_counter() - started, 1),
        detail=detail,
    )


def _judge(judged: list[Slice], weights: Path, folder: Path) -> tuple[tuple[Metric, ...], dict[str, Any]]:
    network, kind = network_of(weights), KIND.case
    groups = np.arange(len(judged)) // BLOCK
    found: list[NDArray[np.uint8]] = []
    inside: list[bool] = []
    widths: list[float] = []
    shares = ModelFolder(weights).about.more.get("shares", {})
    for each in judged:
        grey = grey_of(each.shown())
        reading = read_picture(grey, network) if grey is not None else None
        classes = reading.lesions[0] if reading else np.zeros(each.truth().shape, np.uint8)
        found.append(classes)
        share = reading.share("both", "lesions") if reading else None
        if reading is None or share is None or "lesions" not in shares:
            continue
        told = interval(share, float(shares["lesions"]), float(shares["level"]))
        field = (reading.fields[0] > 0) | (each.truth() > 0)
        real = 100 * float((each.truth() > 0).sum()) / max(int(field.sum()), 1)
        inside.append(told.low <= real <= told.high)
        widths.append(told.high - told.low)
    truths = [each.truth() for each in judged]
    values = np.array([dice(classes > 0, truth > 0) for classes, truth in zip(found, truths, strict=True)])
    published = _published(judged, folder)
    best = max(published.values(), key=lambda each: each["dice_mean"], default={})
    metrics = [
        _metric("dice_mean", mean_by_group(values, groups, SEED), best.get("dice_mean"), 0.776),
        Metric(name="dice_pooled", value=_pooled(found, truths), baseline=best.get("dice_pooled"), reference=0.834),
    ]
    for number, name in ((GLASS, "ground_glass"), (DENSE, "consolidation")):
        held = [place for place, truth in enumerate(truths) if (truth == number).any()]
        overlaps = np.array([dice(found[place] == number, truths[place] == number) for place in held])
        metrics.append(_metric(f"dice_{name}", mean_by_group(overlaps, groups[held], SEED)))
    if inside:
        covered = share_by_group(np.array(inside), groups[: len(inside)], SEED)
        metrics.append(_metric("coverage", covered, None, float(shares["level"])))
    # Weights that say they come without a gate are not asked what it would refuse.
    gated = ModelFolder(weights).about.gate == "own"
    shown = [as_published(grey) for each in judged if (grey := grey_of(each.shown())) is not None] if gated else []
    refused, more = refused_metrics(
        Watchman(weights, OWN), shown, [str(group) for group in groups], folder.resolve().parent, kind
    )
    detail = {
        "published_on_these_slices": published,
        "interval_width_percent": round(float(np.mean(widths)), 2) if widths else None,
        "by_slice": {each.identifier: round(float(value), 3) for each, value in zip(judged, values, strict=True)},
        "kinds": list(KINDS),
        "not_checked": "lung fields and volumes of a whole CT: no public lung mask was at hand",
    }
    return (*metrics, *refused), detail | more


def _metric(name: str, found: Estimate, baseline: float | None = None, reference: float | None = None) -> Metric:
    source = PUBLISHED if name.startswith("dice_mean") else None
    return Metric(
        name=name,
        value=found.value,
        low=found.low,
        high=found.high,
        baseline=baseline,
        reference=reference,
        reference_source=source,
    )


def _pooled(found: list[NDArray[np.uint8]], truths: list[NDArray[np.uint8]]) -> float:
    """Dice of all pixels of all slices taken together."""
    both = sum(int(((one > 0) & (other > 0)).sum()) for one, other in zip(found, truths, strict=True))
    total = sum(int((one > 0).sum()) + int((other > 0).sum()) for one, other in zip(found, truths, strict=True))
    return 2 * both / total if total else 1.0


def _published(judged: list[Slice], folder: Path) -> dict[str, dict[str, float]]:
    """What the published probability maps reach at 0.5 on the same slices, by method."""
    found = {}
    for method in sorted(path.name for path in (folder / "published_predictions").glob("*") if path.is_dir()):
        maps = [each.published(method) for each in judged]
        if any(one is None for one in maps):
            continue
        masks = [np.asarray(one, np.uint8) for one in maps]
        truths = [each.truth() for each in judged]
        values = [dice(one > 0, truth > 0) for one, truth in zip(masks, truths, strict=True)]
        found[method] = {"dice_mean": float(np.mean(values)), "dice_pooled": _pooled(masks, truths)}
    return found
