"""Whether a polyp was coded after the image; the code says nothing of which place on the image it was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.intake.imaging.later import coded_outcomes

CODES = ("K635", "K621", "D12", "C18", "C19", "C20", "D010", "D011", "D012")
"""CIM-10: polyp of colon and rectum; benign, malignant and in-situ neoplasm of them."""


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """1 or 0 for each image of a person about whom something was coded afterwards."""
    return coded_outcomes(warehouse, proposals, at, CODES, "certainty")
