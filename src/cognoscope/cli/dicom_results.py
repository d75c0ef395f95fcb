"""Results as DICOM objects: proposal and case from the ledger, original headers from the image store."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cognoscope.core.actor import Role
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import proposal as recorded
from cognoscope.core.queries import reviews as reviews_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from cognoscope.core.application import Application
    from cognoscope.exports.dicom import Reviewed
    from cognoscope.intake.dicom.source import SourceSeries
    from cognoscope.intake.dicom.store import ImageStore

ROLES = {
    "fr": {Role.RADIOLOGIST: "Radiologue", Role.CLINICIAN: "Médecin", Role.PHARMACIST: "Pharmacien"},
    "en": {Role.RADIOLOGIST: "Radiologist", Role.CLINICIAN: "Physician", Role.PHARMACIST: "Pharmacist"},
}
UNKNOWN = {"fr": "Professionnel de santé", "en": "Health professional"}


class Results:
    """Makes the objects of a result anew whenever it is to be sent; nothing with an identity is kept."""

    def __init__(
        self, home: Home, ledger: Ledger, store: "ImageStore", applications: Sequence["Application"] = ()
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._settings = home.settings()
        self._cards = {application.name: application.card for application in applications}

    def __call__(self, digest: str, standing: str) -> list["Dataset"]:
        """The objects of a proposal: preliminary, or as it stands after the review of that digest.

        Raises:
            InvalidInput: the ledger no longer holds the proposal or its case, or the headers do not fit the images.
        """
        from cognoscope.exports.dicom import objects_for

        made = recorded(self._ledger, digest)
        if made is None:
            raise InvalidInput(f"The ledger holds no proposal {digest[:12]}: nothing can be sent for it.")
        case = self._ledger.case(made.proposal.case_digest)
        card = self._cards.get(made.proposal.application)
        settled = None if standing == "preliminary" else self._reviewed(made.proposal, standing)
        return objects_for(
            made.proposal,
            case,
            self._sources(case),
            self._language,
            settled,
            parts=self._settings.dicom.parts,
            zone=ZoneInfo(self._settings.time_zone),
            limits=card.limits if card else (),
        )

    @property
    def _language(self) -> str:
        return "en" if self._settings.language == "en" else "fr"

    def _reviewed(self, proposal: Proposal, standing: str) -> "Reviewed":
        from cognoscope.exports.dicom import Reviewed

        known = reviews_of(self._ledger, proposal.digest)
        last = next((place for place, one in enumerate(known) if one.review.digest == standing), None)
        if last is None:
            raise InvalidInput(f"The ledger holds no review {standing[:12]}: nothing can be sent for it.")
        role = known[last].actor.role
        card = self._cards.get(proposal.application)
        reasons = {reason.code: reason.label.in_language(self._language) for reason in (card.reasons if card else ())}
        return Reviewed(
            reviews=tuple(one.review for one in known[: last + 1]),
            role=(ROLES[self._language].get(role) if role else None) or UNKNOWN[self._language],
            organisation=self._settings.hospital,
            reason=reasons.get(known[last].review.reason or "", ""),
        )

    def _sources(self, case: Case) -> list["SourceSeries"]:
        from cognoscope.intake.dicom.source import source_series

        found = []
        for image in case.images:
            if image.instances:
                headers = self._store.original_headers(image.instances)
                found.append(source_series(headers, image.name, _order(image, headers)))
        if not found:
            raise InvalidInput("The images of this proposal did not come from a PACS: no result can go back to one.")
        return found


def _order(image: CaseImage, headers: Sequence["Dataset"]) -> tuple[int, ...]:
    """Where the frames of a volume lie among those of the one multi-frame object that holds them; else nothing."""
    import numpy as np

    from cognoscope.exports.dicom.pairing import position

    frames = int(headers[0].get("NumberOfFrames") or 1)
    if len(headers) != 1 or frames == 1 or image.affine is None:
        return ()
    places = [position(headers[0], number) for number in range(1, frames + 1)]
    if any(place is None for place in places):
        return ()
    affine = np.array(image.affine, dtype=np.float64).reshape(4, 4)
    stored = np.array(places)
    return tuple(
        int(np.linalg.norm(stored - affine[:3, :] @ (0, 0, number, 1), axis=1).argmin()) for number in range(frames)
    )
