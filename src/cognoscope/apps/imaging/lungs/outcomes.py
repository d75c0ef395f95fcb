"""What became of the person: a viral or other pneumonia coded after the CT, by CIM-10."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.intake.imaging.later import coded_outcomes

PNEUMONIA: Final = ("J12", "J13", "J14", "J15", "J16", "J17", "J18", "U071", "J80", "J84")
"""CIM-10: pneumonia by cause, COVID-19 with the virus identified, respiratory distress, interstitial disease."""


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """Whether such a disease was coded after the CT: 1 or 0, for the share of both lungs that is ill."""
    return coded_outcomes(warehouse, proposals, at, PNEUMONIA, "lesions-both")
