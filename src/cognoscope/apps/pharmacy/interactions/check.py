"""Detection and policy in one step, without a case: for callers that answer many times a second.

`propose` says the same of the same prescription: both call `detect` and `decide`.
"""

from dataclasses import dataclass

from cognoscope.apps.pharmacy.interactions.alerts import Detected
from cognoscope.apps.pharmacy.interactions.deciding import Decision, context_of, decide
from cognoscope.apps.pharmacy.interactions.model import detect
from cognoscope.apps.pharmacy.interactions.policy import read_policy
from cognoscope.apps.pharmacy.interactions.prescription import Prescription


@dataclass(frozen=True)
class Checked:
    """What was found in a prescription, and what becomes of each alert under the policy that it carries."""

    asked: Prescription
    detected: Detected
    decisions: tuple[Decision, ...]

    @property
    def shown(self) -> tuple[Decision, ...]:
        """What is shown, strongest first."""
        return tuple(each for each in self.decisions if each.fate == "shown")


def check(asked: Prescription) -> Checked:
    """Detect, then decide by the policy in the prescription (the one that ships where it carries none).

    Raises:
        InvalidInput: its policy cannot be read.
    """
    detected = detect(asked)
    decisions = decide(detected.alerts, context_of(asked), read_policy(asked.policy))
    return Checked(asked, detected, tuple(decisions))
