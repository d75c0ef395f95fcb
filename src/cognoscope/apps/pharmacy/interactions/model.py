"""Detection: everything that can be said about a prescription, with its level and its reasons. No policy here."""

from collections.abc import Callable, Iterator

from cognoscope.apps.pharmacy.interactions.alerts import RANK, Alert, Detected, Unchecked
from cognoscope.apps.pharmacy.interactions.detect_older import older
from cognoscope.apps.pharmacy.interactions.detect_pairs import duplicates, interactions
from cognoscope.apps.pharmacy.interactions.detect_person import allergies, kidney, liver
from cognoscope.apps.pharmacy.interactions.prescription import Prescription

DETECTORS: tuple[Callable[[Prescription], Iterator[Alert] | Iterator[Alert | Unchecked]], ...] = (
    interactions,
    duplicates,
    allergies,
    kidney,
    liver,
    older,
)


def detect(asked: Prescription) -> Detected:
    """Every alert, strongest first, and what could not be checked. The same key twice counts once, at its strongest."""
    alerts: dict[str, Alert] = {}
    unchecked: dict[str, Unchecked] = {}
    for detector in DETECTORS:
        for found in detector(asked):
            if isinstance(found, Unchecked):
                unchecked.setdefault(found.key, found)
            elif found.key not in alerts or RANK[found.level] < RANK[alerts[found.key].level]:
                alerts[found.key] = found
    ordered = sorted(alerts.values(), key=lambda one: (RANK[one.level], not one.draft, one.kind, one.key))
    return Detected(tuple(ordered), tuple(unchecked.values()))
