"""What a drawn outline has too much of, and how far a circumference may be off: fitted on images that did not teach."""

import math
from typing import Any

import numpy as np

from cognoscope.apps.imaging.fetalhead.model import Outline, measured
from training.imaging.seg_data import Examples

LEVEL = 0.9
FLOOR_MM = 1.0


def circumferences(
    settings: dict[str, Any], examples: Examples, predicted: dict[int, Any], threshold: float, given: Any = None
) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures (mean absolute error in mm) and `[more.circumference]`, fitted here or the given one.

    The excess is a number of pixels: masks were drawn outside the true outline by a constant number of them. The
    interval is split conformal prediction on the relative error (Lei et al. 2018, 10.1080/01621459.2017.1307116).
    """
    truth_column, pixel_column = settings["measure"]["truth"], settings["measure"]["pixel"]
    columns = int(np.median([source.shape[1] for source in examples.sources]))
    plain = Outline(excess=0.0, columns=columns, level=LEVEL, half_width=0.0, floor_mm=FLOOR_MM)
    raw, truth, pixel = [], [], []
    for number, planes in sorted(predicted.items()):
        row = examples.rows[number]
        size = float(row[pixel_column])
        head = measured(planes[1], threshold, (size, size), plain)
        if head is not None:
            raw.append(head.circumference)
            truth.append(float(row[truth_column]))
            pixel.append(size * examples.sources[number].shape[1] / columns)
    found, true, size = np.array(raw), np.array(truth), np.array(pixel)
    excess = float(given["excess"]) if given else float(np.median((found - true) / size))
    corrected = found - excess * size
    errors = np.abs(corrected - true)
    wrong = np.sort(errors / corrected)
    place = min(len(wrong), math.ceil((len(wrong) + 1) * LEVEL)) - 1
    more = given or {
        "excess": round(excess, 4),
        "columns": columns,
        "level": LEVEL,
        "half_width": round(float(wrong[place]), 5),
        "floor_mm": FLOOR_MM,
    }
    inside = errors <= np.maximum(more["half_width"] * corrected, more["floor_mm"])
    figures = {
        "mae_mm": round(float(errors.mean()), 3),
        "median_error_mm": round(float(np.median(errors)), 3),
        "not_found": float(len(predicted) - len(raw)),
        "interval_coverage": round(float(inside.mean()), 3),
    }
    return figures, more
