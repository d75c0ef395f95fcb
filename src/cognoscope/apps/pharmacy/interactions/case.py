"""Builds the case of one person's orders: what was asked, what is known of the person, and the knowledge it needs."""

from collections.abc import Sequence
from datetime import datetime

from cognoscope.apps.pharmacy.interactions.gather import gather, open_reference
from cognoscope.apps.pharmacy.interactions.orders import Measurement, Order, Patient
from cognoscope.apps.pharmacy.interactions.prescription import Earlier
from cognoscope.apps.pharmacy.interactions.prescription_case import case_of
from cognoscope.core.case import Case
from cognoscope.intake.knowledge.store import Knowledge

__all__ = ["Measurement", "Order", "Patient", "build_case"]


def build_case(
    patient: Patient,
    orders: Sequence[Order],
    knowledge: Knowledge,
    as_of: datetime,
    source: str = "",
    shown: Sequence[Earlier] = (),
) -> Case:
    """The case of these orders as of an instant, with the rows of the thesaurus and of the criteria they call for.

    `shown` are the alerts that the caller has shown in this stay already, answered or not.

    Knowledge that is not loaded is named in the case; `propose` then says what to load.
    """
    asked = gather(patient, orders, open_reference(knowledge), as_of)
    asked.earlier = list(shown)
    return case_of(asked, source)
