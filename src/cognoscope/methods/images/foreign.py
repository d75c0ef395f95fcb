"""How much of what it must not read a gate refuses: images that are not its own, and its own images spoiled."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from cognoscope.core.errors import NotInstalled
from cognoscope.methods.images.foreign_generated import photographs, text_pages
from cognoscope.methods.images.foreign_spoiled import blurred, cropped, greyed, inverted, noisy
from cognoscope.methods.images.gate import GateVerdict
from cognoscope.methods.images.gate_features import as_colours

Image = NDArray[Any]

EACH: Final = 60
"""How many images of each kind are made; of each other modality, a fifth of it at least."""
BLURS: Final = ("gaussian", "defocus", "motion")
NOISES: Final = ("grey", "colour", "speckle")


@dataclass(frozen=True)
class Share:
    """A share of `count` images with its 95 % interval (Wilson; by group where groups were given)."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Refusals:
    """Shares refused: of its own images (low is good), of everything else (high is good), and the latter by kind.

    `foreign` weighs every kind alike, so that many easy photographs do not hide a few blurred images that passed.
    """

    own: Share
    foreign: Share
    kinds: dict[str, Share]


def foreign_images(
    own: Sequence[Image], seed: int, others_root: Path | None = None, kind: str = "", each: int = EACH
) -> Iterator[tuple[str, Image]]:
    """Images that must be refused, as (kind, image); kinds: photograph, text, modality, inverted, cropped,
    blurred, noisy.

    The photographs, generators, sorts of blur and of noise are not those that teach a gate (`training/imaging`).

    Args:
        own: images of the application's own kind, unseen in training; spoiled copies are made of them.
        seed: of everything drawn.
        others_root: folder that holds the sibling data sets, from which other modalities are taken; None, none are.
        kind: what its own images show (a value of `foreign_sets.toml`); sets of that kind are not foreign.
        each: how many of each kind.

    Raises:
        NotInstalled: the extra `imaging` is missing.
    """
    draw = np.random.default_rng(seed)
    for image in islice(photographs(draw), each):
        yield "photograph", image
    for image in islice(text_pages(draw), each):
        yield "text", image
    for image in other_modalities(others_root, kind, each, draw) if others_root else ():
        yield "modality", image
    if own:
        for index in draw.permutation(max(len(own), each))[:each] % len(own):
            yield from spoiled_copies(own[index], draw)


def spoiled_copies(image: Image, draw: np.random.Generator) -> Iterator[tuple[str, Image]]:
    """One image inverted, cut out (a third to a half of each side), blurred and made noisy so that anybody sees it.

    Blurs have a standard deviation of 1/160 to 1/60 of the shorter side; noise one of 0.1 to 0.25 of the range.
    """
    plain = greyed(np.asarray(as_colours(image) * 255 + 0.5, np.uint8))
    yield "inverted", inverted(plain)
    yield "cropped", cropped(plain, draw.uniform(0.33, 0.5), draw, enlarge=draw.random() < 0.5)
    radius = max(2.0, min(plain.shape[:2]) * float(np.exp(draw.uniform(np.log(1 / 160), np.log(1 / 60)))))
    yield "blurred", blurred(plain, radius, BLURS[int(draw.integers(len(BLURS)))], draw)
    yield "noisy", noisy(plain, draw.uniform(0.1, 0.25), NOISES[int(draw.integers(len(NOISES)))], draw)


def other_modalities(root: Path, kind: str, each: int, draw: np.random.Generator) -> Iterator[Image]:
    """Images of the data sets beside that show something else; sets that are not there are left out."""
    try:
        import PIL.Image
    except ImportError as error:
        raise NotInstalled("Reading images needs the extra `imaging`: run `make imaging`.") from error
    present = [name for name, shows in set_kinds().items() if shows != kind and (root / name / "images").is_dir()]
    for name in present:
        paths = sorted((root / name / "images").iterdir())
        for index in sorted(draw.permutation(len(paths))[: max(each // 5, each // max(len(present), 1))]):
            with PIL.Image.open(paths[index]) as opened:
                yield np.asarray(opened.convert("RGB"), np.uint8)


@lru_cache(maxsize=1)
def set_kinds() -> dict[str, str]:
    """What each folder of reference images shows."""
    text = files(__package__).joinpath("foreign_sets.toml").read_text(encoding="utf-8")
    return {str(name): str(shows) for name, shows in tomllib.loads(text)["kinds"].items()}


def refusals(
    check: Callable[[Image], GateVerdict],
    own_images: Sequence[Image],
    others: Iterable[tuple[str, Image]],
    groups: Sequence[str] | None = None,
) -> Refusals:
    """What `check` refuses of its own images and of the others, with 95 % intervals.

    Args:
        check: `Gate.check`, or an application's whole way to an abstention.
        own_images: that were not used in training.
        others: as `foreign_images` gives them; read once.
        groups: of the own images (patients); the interval then counts patients, not images.

    Raises:
        ValueError: there are no own or no other images.
    """
    own = [not check(image).accepted for image in own_images]
    found: dict[str, list[bool]] = {}
    for kind, image in others:
        found.setdefault(kind, []).append(not check(image).accepted)
    if not own or not found:
        raise ValueError("refusals need own images and other images")
    kinds = {kind: _share(refused) for kind, refused in sorted(found.items())}
    mean = float(np.mean([share.value for share in kinds.values()]))
    total = sum(share.count for share in kinds.values())
    limits = binomtest(round(mean * total), total).proportion_ci(method="wilson")
    return Refusals(
        _share(own, len(set(groups)) if groups else None),
        Share(mean, float(limits.low), float(limits.high), total),
        kinds,
    )


def _share(refused: Sequence[bool], patients: int | None = None) -> Share:
    value, seen = float(np.mean(refused)), patients or len(refused)
    limits = binomtest(round(value * seen), seen).proportion_ci(method="wilson")
    return Share(value, float(limits.low), float(limits.high), len(refused))
