"""Which algorithm said it: mandatory in every object, because a result without its author cannot be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cognoscope.core.proposal import Proposal
from cognoscope.exports.dicom.coding import line
from cognoscope.exports.dicom.uids import uid

if TYPE_CHECKING:
    from highdicom import AlgorithmIdentificationSequence
    from highdicom.sr import AlgorithmIdentification

MANUFACTURER = "Cognoscope"


@dataclass(frozen=True)
class Algorithm:
    """Name, version, family (always artificial intelligence, PS3.16 CID 7162) and the digest of the model."""

    name: str
    version: str
    digest: str

    @property
    def serial(self) -> str:
        """The device's serial number: the first characters of the model's digest."""
        return self.digest[:16]

    @property
    def device_uid(self) -> str:
        """One UID for one model, whatever it is asked about."""
        return uid("device", self.name, self.version, self.digest)

    def for_segments(self) -> AlgorithmIdentificationSequence:
        """As a SEG states it (PS3.3 10.16)."""
        from highdicom import AlgorithmIdentificationSequence
        from pydicom.sr.codedict import codes

        return AlgorithmIdentificationSequence(
            name=self.name,
            family=codes.DCM.ArtificialIntelligence,
            version=self.version,
            source=MANUFACTURER,
            parameters={"sha256": self.digest},
        )

    def for_report(self) -> AlgorithmIdentification:
        """As an SR states it (PS3.16 TID 4019)."""
        from highdicom.sr import AlgorithmIdentification
        from pydicom.sr.codedict import codes

        return AlgorithmIdentification(
            name=self.name,
            version=self.version,
            parameters=[f"sha256={self.digest}"],
            family=codes.DCM.ArtificialIntelligence,
            manufacturer=MANUFACTURER,
        )


def algorithm_of(proposal: Proposal) -> Algorithm:
    """The algorithm behind a proposal."""
    return Algorithm(line(proposal.application), line(proposal.version), proposal.model_digest)
