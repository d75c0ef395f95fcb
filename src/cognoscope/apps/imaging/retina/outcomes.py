"""Whether a diabetic retinopathy was coded after the photograph: H36.0, or the ocular complications of diabetes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.intake.imaging.later import coded_outcomes

CODES = ("H360", "E103", "E113", "E123", "E133", "E143")
"""CIM-10: diabetic retinopathy; diabetes of each type with ocular complications. They do not say which eye."""


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """1 or 0 for each eye of a person about whom something was coded afterwards."""
    return coded_outcomes(warehouse, proposals, at, CODES, "referable")
