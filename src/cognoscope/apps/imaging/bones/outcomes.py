"""Whether a fracture was coded after the radiograph: codes S of CIM-10 that name one, and pathological fractures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.intake.imaging.later import coded_outcomes

CODES = (
    "S02",
    "S12",
    "S22",
    "S32",
    "S42",
    "S52",
    "S62",
    "S72",
    "S82",
    "S92",
    "T02",
    "T08",
    "T10",
    "T12",
    "M844",
    "M80",
)
"""CIM-10: fractures of each region; of several regions; of spine, arm, leg; pathological; osteoporotic."""


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """1 or 0 for each radiograph of a person about whom something was coded afterwards."""
    return coded_outcomes(warehouse, proposals, at, CODES, "fracture")
