"""When is a study whole? Decided by evidence, said in words; the clock speaks only when nothing else does.

DICOM has no message that says "that was all". What comes near, strongest first: the archive holds as many images as we
do; the header says how many there are; the slices are evenly spaced from the first to the last and the association that
brought them was released. Storage commitment would say it too, and is deliberately not offered: to commit is to promise
to keep the originals, on which a scanner may delete its own, and this is no archive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

SETTLED_SECONDS = 10
"""An archive that forwards images as they arrive holds no more than we do at every moment: its count is believed once
it has not moved for this long, or the association is over."""

LARGEST_IRREGULARITY = 0.2
"""A step between slices that is longer than the usual one by more than this share is a gap."""


@dataclass(frozen=True)
class SeriesSeen:
    """What is here of one series.

    images: how many objects. numbers: their Instance Numbers, where they have one. positions: mm along the normal of
    the slices, where they have one. stated: the number of images that headers state (Number of Series Related
    Instances, or Images in Acquisition), None where they do not.
    """

    series: str
    images: int
    numbers: tuple[int, ...] = ()
    positions: tuple[float, ...] = ()
    stated: int | None = None


@dataclass(frozen=True)
class StudySeen:
    """What is known of a study at a moment.

    open_associations: how many that brought a part of it still stand. last_end: how the last one ended. quiet: seconds
    since its last new object. archive: how many images the archive holds, None when it was not or could not be asked.
    """

    series: tuple[SeriesSeen, ...]
    open_associations: int
    last_end: Literal["released", "aborted", "lost", ""]
    quiet: float
    archive: int | None = None
    archive_name: str = ""

    @property
    def images(self) -> int:
        """How many objects are here."""
        return sum(one.images for one in self.series)


@dataclass(frozen=True)
class Decision:
    """Whether the study counts as whole, the evidence for it in words, and what spoke against it.

    by: which kind of evidence decided; `time` is the last resort.
    """

    complete: bool
    evidence: str
    by: Literal["archive", "stated", "positions", "release", "time", ""] = ""
    against: tuple[str, ...] = ()


def decide(seen: StudySeen, quiet_seconds: float) -> Decision:
    """Judge a study; `quiet_seconds` is the last resort of the settings."""
    against = doubts(seen)
    settled = not seen.open_associations or seen.quiet >= SETTLED_SECONDS
    if seen.archive is not None and settled and 0 < seen.archive <= seen.images:
        return Decision(
            True, f"{seen.archive_name} holds {_images(seen.archive)} of this study: all are here", "archive"
        )
    short = [sentence for sentence in against if "gap" not in sentence]
    everywhere = bool(seen.series) and all(one.stated is not None for one in seen.series)
    if seen.archive is None and settled and everywhere and not short:
        stated = sum(one.stated or 0 for one in seen.series)
        return Decision(True, f"the headers state {_images(stated)}: all are here", "stated")
    if seen.open_associations == 0 and seen.last_end == "released" and not against:
        kind: Literal["positions", "release"]
        kind, words = _shape(seen.series)
        return Decision(True, f"its sender released the association after {_images(seen.images)}{words}", kind)
    if seen.quiet >= quiet_seconds:
        return Decision(
            True, f"nothing new came for {seen.quiet:.0f} s, and there is no better evidence", "time", against
        )
    if seen.open_associations:
        against = (*against, "its sender has not ended the association")
    elif seen.last_end != "released":
        against = (*against, f"the association was {seen.last_end or 'never ended'}: more may follow")
    return Decision(False, f"{_images(seen.images)} so far", "", against)


def doubts(seen: StudySeen) -> tuple[str, ...]:
    """What says that something is missing, in words."""
    found = []
    if seen.archive is not None and seen.archive > seen.images:
        found.append(f"{seen.archive_name} holds {_images(seen.archive)}, {seen.images} are here")
    for one in seen.series:
        if one.stated is not None and one.images < one.stated:
            found.append(f"a series states {_images(one.stated)}, {one.images} are here")
        found += gaps(one.positions)
        found += _missing_numbers(one)
    return tuple(found)


def gaps(positions: Sequence[float]) -> list[str]:
    """Where slices seem to be missing: a step longer than the usual one. A repeated position (phases, echoes) is none.

    positions: mm along the normal, in any order.
    """
    # + 0.0: the zero below nought is the other one.
    places = sorted({round(place, 3) + 0.0 for place in positions})
    steps = [after - before for before, after in pairwise(places)]
    if len(steps) < 2:
        return []
    usual = sorted(steps)[len(steps) // 2]
    return [
        f"a gap of {step:g} mm after the slice at {before:g} mm, where the usual step is {usual:g} mm"
        for before, step in zip(places, steps, strict=False)
        if step > usual * (1 + LARGEST_IRREGULARITY)
    ]


def _missing_numbers(one: SeriesSeen) -> list[str]:
    """Instance Numbers are meant for people and may begin anywhere; holes are telling where there are no positions."""
    numbers = set(one.numbers)
    if one.positions or len(numbers) < 3:
        return []
    missing = (max(numbers) - min(numbers) + 1) - len(numbers)
    return (
        [f"{missing} numbers are missing between image {min(numbers)} and {max(numbers)}"] if 0 < missing < 50 else []
    )


def _shape(series: Sequence[SeriesSeen]) -> tuple[Literal["positions", "release"], str]:
    if any(len(one.positions) > 2 for one in series):
        return "positions", ", evenly spaced without a gap"
    return "release", ""


def _images(number: int) -> str:
    return f"{number} image" if number == 1 else f"{number} images"
