"""How far a share of lung may be off: conformal quantiles from slices that did not teach the network."""

import math
from typing import Any

import numpy as np

from cognoscope.apps.imaging.lungs.model import KINDS, Reading, of_picture, spread
from cognoscope.apps.imaging.lungs.network import classes_of
from training.imaging.seg_data import Examples

LEVEL = 0.9


def shares(examples: Examples, predicted: dict[int, Any], threshold: float) -> dict[str, Any]:
    """`[more.shares]`: for each kind of lesion the quantile of |share found - share true|, in units of `spread`.

    The share found is what the application would say of the slice; the true one is that of the radiologist's outline in
    the same lung field, to which the outline is added. Split conformal prediction, normalised scores (Lei et al. 2018,
    10.1080/01621459.2017.1307116), one score a slice.
    """
    scores: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number, planes in sorted(predicted.items()):
        grey = examples.sources[number].astype(np.float32) / 255
        classes = classes_of(planes, threshold)
        found = of_picture(np.ascontiguousarray(grey.T), np.ascontiguousarray(classes.T), transposed=True)
        if found is None:
            continue
        true = _true(found, examples.whole[number])
        for kind in KINDS:
            first, second = found.share("both", kind), true.share("both", kind)
            if first is not None and second is not None:
                scores[kind].append(abs(first - second) / spread(first))
    more: dict[str, Any] = {"level": LEVEL}
    for kind, values in scores.items():
        place = min(len(values), math.ceil((len(values) + 1) * LEVEL)) - 1
        more[kind] = round(float(np.sort(values)[place]), 4)
    return more


def _true(found: Reading, mask: Any) -> Reading:
    fields = found.fields.copy()
    outside = (mask > 0)[np.newaxis] & (fields == 0)
    fields[outside] = 1
    return Reading(fields, np.asarray(mask, np.uint8)[np.newaxis], None, False)
