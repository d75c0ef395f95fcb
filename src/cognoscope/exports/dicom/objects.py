"""A proposal as the DICOM objects that go back to the PACS: SEG, SR and a one-page PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from cognoscope.core.case import Case
from cognoscope.core.proposal import Proposal
from cognoscope.exports.dicom.reviewed import Reviewed
from cognoscope.intake.dicom.source import SourceSeries

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Part = Literal["seg", "sr", "pdf"]
PARTS: tuple[Part, ...] = ("seg", "sr", "pdf")


def objects_for(
    proposal: Proposal,
    case: Case,
    source: SourceSeries | Sequence[SourceSeries],
    language: str = "fr",
    review: Reviewed | None = None,
    *,
    parts: Sequence[Part] = PARTS,
    zone: tzinfo = ZoneInfo("Europe/Paris"),
) -> list[Dataset]:
    """The DICOM objects of a proposal with an `ImageValue`, in the order in which they are to be sent.

    One SEG for each image with overlays of kind segmentation, then one SR (TID 1500), then one encapsulated PDF. The
    SOP Instance UIDs come from the proposal's digest and the reviews: the same proposal in the same state gives the
    same objects byte for byte, so that a PACS that already holds them is not sent another copy. An abstention gives no
    object unless `parts` is exactly ("sr",): then a short SR says why.

    source: the headers of each image of the case (one `SourceSeries` for each image that is pointed at).
    review: none -> preliminary, unverified; else final and verified, with the preliminary SR as predecessor.

    Raises:
        InvalidInput: the proposal is not about images, or the headers do not fit the case's images.
        NotInstalled: without the extra `imaging`.
    """
    raise NotImplementedError
