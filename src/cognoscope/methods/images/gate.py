"""The gate before a model: is this an image of the kind the model was taught on, whole and sharp enough to be read?

Hand-made measures of an image (`cognoscope.methods.images.gate_features`) go through a very small network that was taught with
its own kind, spoiled copies of it, images of other kinds and generated ones ("outlier exposure", Hendrycks, Mazeika and
Dietterich 2019, arXiv 1812.04606), and through a distance from its own kind (Mahalanobis; Lee et al. 2018, arXiv 1807.03888).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

REASONS: Final = ("not-this-kind", "inverted", "cropped", "blurred", "noisy", "too-small", "flat", "not-an-image")
"""Why an image is refused; their sentences are in `gate_reasons.toml`."""


@dataclass(frozen=True)
class GateVerdict:
    """What the gate says of one image.

    Attributes:
        accepted: the model may be asked.
        reason: "" where accepted, else one of `REASONS`.
        novelty: distance from the images of its own kind; 1 is the largest that is accepted.
        quality: 0 (cannot be read) to 1 (as sharp, clean and whole as what the model was taught on).
    """

    accepted: bool
    reason: str
    novelty: float
    quality: float


class Gate:
    """The gate of one model folder, which holds `gate.onnx` and `gate.toml`.

    Raises:
        InvalidInput: the folder has no gate, or one that cannot be read.
        NotInstalled: the extra `imaging` is missing (raised by the first `check`).
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def check(self, image: NDArray[Any]) -> GateVerdict:
        """Look at one image as it was displayed to people: after window and level, before any resizing.

        Args:
            image: rows x columns or rows x columns x 3; uint8 as it is, floats in 0..1, other ranges are stretched from their
                lowest to their highest value.
        """
        raise NotImplementedError
