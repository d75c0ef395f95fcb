"""How much of what it must not read a gate refuses: images that are not its own, and its own images spoiled."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cognoscope.methods.images.gate import GateVerdict

Image = NDArray[Any]


@dataclass(frozen=True)
class Share:
    """A share of `count` images with its 95 % interval."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Refusals:
    """Shares refused: of its own images (low is good), of everything else (high is good), and the latter by kind."""

    own: Share
    foreign: Share
    kinds: dict[str, Share]


def foreign_images(own: Sequence[Image], seed: int, others_root: Path | None = None) -> Iterator[tuple[str, Image]]:
    """Images that must be refused, as (kind, image); kinds: photograph, text, modality, inverted, cropped, blurred, noisy.

    Args:
        own: images of the application's own kind, unseen in training; spoiled copies are made of them.
        seed: of everything drawn.
        others_root: folder that holds the sibling data sets, from which images of other modalities are taken; None, none are.
    """
    raise NotImplementedError


def refusals(
    check: Callable[[Image], GateVerdict],
    own_images: Sequence[Image],
    others: Iterable[tuple[str, Image]],
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> Refusals:
    """What `check` refuses of its own images and of the others, with intervals (of its own ones: bootstrap by group)."""
    raise NotImplementedError
