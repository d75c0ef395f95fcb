"""Whether a breast cancer was coded after the examination: C50 (invasive) or D05 (in situ) of CIM-10."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.intake.imaging.later import coded_outcomes

CODES = ("C50", "D05")


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """1 or 0 for the score of the examination of a woman about whom something was coded afterwards."""
    return coded_outcomes(warehouse, proposals, at, CODES, "score")
