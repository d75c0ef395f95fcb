"""A proposal as the DICOM objects that go back to the PACS: SEG, SR and a one-page PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import ImageValue
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Proposal
from cognoscope.exports.dicom import words
from cognoscope.exports.dicom.algorithm import algorithm_of
from cognoscope.exports.dicom.pairing import Pair, pairs
from cognoscope.exports.dicom.pdf import encapsulated, examination, page
from cognoscope.exports.dicom.reviewed import Reviewed
from cognoscope.exports.dicom.seg import Issue, segmentations
from cognoscope.exports.dicom.sr import report
from cognoscope.exports.dicom.sr_groups import Segmented
from cognoscope.exports.dicom.standing import Standing, standing
from cognoscope.exports.dicom.uids import uid
from cognoscope.intake.dicom.extra import guarded, need_imaging
from cognoscope.intake.dicom.source import SourceSeries
from cognoscope.intake.dicom.uncollected import uncollected

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Part = Literal["seg", "sr", "pdf"]
PARTS: tuple[Part, ...] = ("seg", "sr", "pdf")
FAILED = (
    "This result cannot be written as DICOM: the headers of its images lack what a SEG or an SR needs. Ask the sender "
    "of the images for complete headers."
)


def objects_for(
    proposal: Proposal,
    case: Case,
    source: SourceSeries | Sequence[SourceSeries],
    language: str = "fr",
    review: Reviewed | None = None,
    *,
    parts: Sequence[Part] = PARTS,
    zone: tzinfo = ZoneInfo("Europe/Paris"),
    limits: Sequence[Sentence] = (),
) -> list[Dataset]:
    """The DICOM objects of a proposal with an `ImageValue`, in the order in which they are to be sent.

    One SEG for each segmentation that marks anything, then one SR (TID 1500), then one encapsulated PDF. UIDs come
    from the proposal's digest, the reviews and the language: the same proposal in the same state gives the same objects
    byte for byte, so that a PACS that already holds them is not sent another copy. An abstention gives no object unless
    `parts` is exactly ("sr",): then a short SR says why.

    source: the headers of each image of the case (one `SourceSeries` for each image that is pointed at).
    review: none, or none that settles it -> preliminary, unverified; else final and verified, with the preliminary SR
        as predecessor; a proposal that was set aside gives an SR and a page that say so, without its figures.
    limits: what the application's card says it cannot do, for the page.

    Raises:
        InvalidInput: the proposal is not about images, or the headers do not fit the case's images.
        NotInstalled: without the extra `imaging`.
    """
    need_imaging("Writing DICOM")
    if proposal.abstention is not None and tuple(parts) != ("sr",):
        return []
    if proposal.abstention is None and not isinstance(proposal.value, ImageValue):
        raise InvalidInput("This proposal is not about images: it cannot be written as SEG, SR or PDF for a PACS.")
    if proposal.case_digest != case.digest:
        raise InvalidInput("The case given is not the one that the proposal is about: nothing was written.")
    images = pairs(case, source)
    stands = _stands(proposal, review)
    _all_there(stands, images)
    settled = review if stands.final else None
    issue = _issue(proposal, stands, review, "en" if language == "en" else "fr", zone)
    with guarded(FAILED), uncollected():
        return _made(proposal, case, images, stands, issue, settled, parts, limits)


def _made(
    proposal: Proposal,
    case: Case,
    images: dict[str, Pair],
    stands: Standing,
    issue: Issue,
    settled: Reviewed | None,
    parts: Sequence[Part],
    limits: Sequence[Sentence],
) -> list[Dataset]:
    segmented: list[Segmented] = []
    if "seg" in parts:
        for overlay in stands.overlays:
            if overlay.kind == "segmentation" and overlay.image in images:
                made = segmentations(overlay, images[overlay.image], issue, len(segmented) + 1)
                segmented += [Segmented(overlay, each) for each in made]
    objects = [each.dataset for each in segmented]
    text = None
    if "sr" in parts:
        predecessor = uid(*_key(proposal, issue.language), "SR") if settled else None
        text = report(proposal, stands, images, segmented, issue, settled, predecessor)
        objects.append(text)
    if "pdf" in parts:
        pair = next(iter(images.values()))
        content = page(proposal, case, stands, issue, limits, settled, examination(pair, issue.language))
        title = proposal.title.in_language(issue.language)
        objects.append(encapsulated(content, title, pair, text, stands, issue))
    return objects


def _all_there(stands: Standing, images: dict[str, Pair]) -> None:
    """What is marked is marked on images whose headers are given: nothing is left out of a result in silence."""
    drawn = {mark.image for mark in stands.marks} | {overlay.image for overlay in stands.overlays}
    if missing := sorted(drawn - set(images)):
        raise InvalidInput(
            f"The headers of the image {missing[0]} are missing: a result that marks it cannot be written."
        )


def _stands(proposal: Proposal, review: Reviewed | None) -> Standing:
    if not isinstance(proposal.value, ImageValue):
        return Standing((), (), ())
    headline = proposal.headline.element if proposal.headline else None
    return standing(proposal.value, review.reviews if review else (), headline)


def _key(proposal: Proposal, language: str) -> tuple[str, ...]:
    return (proposal.digest, language)


def _issue(proposal: Proposal, stands: Standing, review: Reviewed | None, language: str, zone: tzinfo) -> Issue:
    series = _key(proposal, language)
    settled = review if stands.final else None
    at = settled.last.decided_at if settled else proposal.as_of
    if proposal.abstention is not None:
        status = words.ABSTAINED
    elif stands.set_aside is not None:
        status = words.SET_ASIDE
    else:
        status = words.REVIEWED if settled else words.PRELIMINARY
    return Issue(
        key=(*series, *(each.digest for each in settled.reviews)) if settled else series,
        series=series,
        number=1 + len(settled.reviews) if settled else 1,
        algorithm=algorithm_of(proposal),
        language=language,
        reviewed=settled is not None,
        status=status.in_language(language),
        at=at.astimezone(zone),
        series_at=proposal.as_of.astimezone(zone),
    )
