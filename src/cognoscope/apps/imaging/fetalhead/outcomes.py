"""The circumference that the sonographer entered, where the warehouse holds one of the days around the image."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cognoscope.core.image_value import ImageValue
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.intake.imaging.later import code_of, known_later

CODES = ("11984-2", "8287-5", "9843-4")
"""LOINC: head circumference by ultrasound; by tape measure; in general."""
NEAR = timedelta(days=3)
IN_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0}


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """For each circumference the one measured by a person within three days after the image, in mm."""
    known = known_later(warehouse, ("measurement",), proposals, at)
    found: list[Outcome] = []
    for proposal in proposals:
        first, last = f"{proposal.as_of:%Y-%m-%d}", f"{proposal.as_of + NEAR:%Y-%m-%d}"
        amounts = [
            each.amount * IN_MM[each.unit]
            for each in known.get(proposal.subject, [])
            if code_of(each.code) in CODES
            and each.amount is not None
            and each.unit in IN_MM
            and first < each.day <= last
        ]
        if not amounts or not isinstance(proposal.value, ImageValue):
            continue
        key = proposal.value.measurements[0].key
        found.append(
            Outcome(
                application=proposal.application,
                subject=proposal.subject,
                measure=key,
                element=key,
                value=amounts[0],
                known_at=at,
                source="measurement",
            )
        )
    return found
