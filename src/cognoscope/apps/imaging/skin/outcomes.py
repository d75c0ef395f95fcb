"""Whether a melanoma was coded within a year of the image: C43 (invasive) or D03 (in situ) of CIM-10."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.intake.imaging.later import coded_outcomes

CODES = ("C43", "D03")


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """1 or 0 for each probability of melanoma of a person about whom something was coded afterwards."""
    return coded_outcomes(warehouse, proposals, at, CODES, "melanoma")
