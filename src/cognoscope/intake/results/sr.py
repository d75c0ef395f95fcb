"""DICOM structured reports of other people's algorithms (TID 1500 and its relatives) as results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import Coded, Measurement
from cognoscope.core.noun import Sentence
from cognoscope.intake.dicom.deidentify_text import names_in
from cognoscope.intake.dicom.extra import guarded
from cognoscope.intake.dicom.reading import DicomObject
from cognoscope.intake.results import received
from cognoscope.intake.results.received import MOST_ELEMENTS, ForeignAlgorithm, PlacedMark, Received
from cognoscope.intake.results.sr_items import Item, first_code
from cognoscope.intake.results.sr_marks import mark_of
from cognoscope.intake.results.when import LOCAL, made_at

DAMAGED = "This structured report cannot be read as the standard lays it out: it is damaged. Have it sent again."
NO_NUMBERS = (
    "This structured report holds no measurement and no coded evaluation: it is a text for people, not a result that "
    "can be compared."
)
BY_A_PERSON = "This structured report was made by a person, not by an algorithm: it is not taken in as a proposal."
MARKS = Sentence(fr="Nombre de repères", en="Number of marks")
GROUP, LIBRARY = "125007", "111028"
FINDING = "121071"
CERTAINTIES = ("111012", "111047")
"""Certainty of finding and probability of cancer, in %: how sure an algorithm is of the region beside them."""
SITES, SIDES = ("363698007", "G-C0E3"), ("272741003", "G-C171")
NOT_EVALUATIONS = frozenset(
    {FINDING, *SITES, *SIDES, "276214006", "G-C171", "121049", "121058", "121005", "111000", "121139", "112039"}
)
"""Codes that say what something is about, not what was found of it: finding, site, side, category, language, ..."""


def read_report(read: DicomObject, local: tzinfo = LOCAL) -> Received:
    """One SR object.

    Raises:
        InvalidInput: it is damaged, made by a person or by this program, names no algorithm, or measures nothing.
    """
    dataset = read.dataset
    with guarded(DAMAGED):
        names = names_in(dataset)
        root = Item(dataset, names)
        who = _algorithm(root)
        measurements, marks = _content(root)
        if not measurements and not marks:
            raise InvalidInput(NO_NUMBERS)
        if not measurements:  # some algorithms only mark: how many places is then what can be compared
            measurements = [Measurement(key="marks", label=MARKS, amount=float(len(marks)))]
        if len(measurements) + len(marks) > MOST_ELEMENTS:
            raise InvalidInput(f"This report holds more than {MOST_ELEMENTS} measurements: raw data, not one result.")
        return Received(
            source="dicom-sr",
            algorithm=who,
            patient=str(dataset.get("PatientID") or "").strip(),
            identifier=read.sop_instance_uid,
            study=read.study_uid,
            at=made_at(dataset, local),
            preliminary=str(dataset.get("PreliminaryFlag") or "") != "FINAL"
            and str(dataset.get("CompletionFlag") or "") != "COMPLETE",
            measurements=tuple(measurements),
            marks=tuple(marks),
        )


def _algorithm(root: Item) -> ForeignAlgorithm:
    """By the algorithm identification (TID 4019), else the device that observed (TID 1004), else the equipment."""
    said: dict[str, str] = {}
    observers = set()
    for item in root.every():
        if item.type == "TEXT" and item.text:
            said.setdefault(item.name, item.text)
        elif item.name == "121005" and item.code is not None:
            observers.add(item.code.value)
    equipment = [
        str(root.dataset.get(key) or "") for key in ("ManufacturerModelName", "SoftwareVersions", "Manufacturer")
    ]
    name = said.get("111001") or said.get("121015") or said.get("121013") or ""
    if not name and observers == {"121006"}:
        raise InvalidInput(BY_A_PERSON)
    version = said.get("111003") or equipment[1]
    manufacturer = said.get("122405") or said.get("121014") or equipment[2]
    return received.algorithm(name or equipment[0], version, manufacturer)


@dataclass
class _Found:
    measurements: list[Measurement]
    marks: list[PlacedMark]

    def keys(self) -> list[str]:
        return [each.key for each in self.measurements]


def _content(root: Item) -> tuple[list[Measurement], list[PlacedMark]]:
    found = _Found([], [])
    groups = [item for item in root.every() if item.type == "CONTAINER" and item.name == GROUP]
    for group in groups:
        about, first = _about(group), len(found.marks)
        items = list(group.below())
        region = any(item.type == "SCOORD" for item in items)
        for item in items:
            if not (region and item.name in CERTAINTIES):
                _one(item, about, found, evaluations=True)
        sure = _certainty(items) if region else None
        if sure is not None:
            found.marks[first:] = [replace(mark, certainty=sure) for mark in found.marks[first:]]
    if not groups:
        for item in _outside_the_library(root):
            _one(item, "", found, evaluations=False)
    return found.measurements, found.marks


def _certainty(items: Sequence[Item]) -> float | None:
    """How sure the algorithm is of a region, as a probability; None where it does not say so in %."""
    for item in items:
        values = item.dataset.get("MeasuredValueSequence") if item.name in CERTAINTIES else None
        amount = values[0].get("NumericValue") if values else None
        if amount not in (None, "") and 0 <= float(amount) <= 100:
            unit = first_code(values[0].get("MeasurementUnitsCodeSequence")) if values else None
            return float(amount) / 100 if unit is not None and unit.value == "%" else None
    return None


def _outside_the_library(root: Item) -> Iterator[Item]:
    """All items but those that merely describe the images."""
    waiting = [root]
    while waiting:
        item = waiting.pop()
        if item.name == LIBRARY:
            continue
        yield item
        waiting += reversed(list(item.below()))


def _about(group: Item) -> str:
    """What a group is about: its finding and where that is."""
    said = []
    for item in group.below():
        if item.type == "CODE" and item.code is not None and (item.name == FINDING or item.name in SITES):
            said.append(item.code.meaning)
            said += [side.code.meaning for side in item.below() if side.name in SIDES and side.code is not None]
    return ", ".join(dict.fromkeys(said))


def _one(item: Item, about: str, found: _Found, *, evaluations: bool) -> None:
    concept = item.concept
    if item.type == "NUM" and item.relationship == "CONTAINS" and concept is not None:
        measured = _number(item, concept, about, found.keys())
        if measured is not None:
            found.measurements.append(measured)
    elif item.type == "CODE" and evaluations and item.relationship == "CONTAINS" and concept is not None:
        value = item.code
        if value is not None and concept.value not in NOT_EVALUATIONS:
            label = _label(concept, about)
            words = Sentence(fr=value.meaning, en=value.meaning)
            measured = received.measurement(found.keys(), label, 1.0, "1", concept, words)
            found.measurements += [measured] if measured else []
    elif item.type == "SCOORD":
        mark = mark_of(item, about or (concept.meaning if concept else "-"))
        if mark is not None:
            found.marks.append(mark)


def _number(item: Item, concept: Coded, about: str, taken: list[str]) -> Measurement | None:
    values = item.dataset.get("MeasuredValueSequence")
    if not values:
        return None
    value = values[0].get("FloatingPointValue")
    amount = value if value is not None else values[0].get("NumericValue")
    if amount is None or amount == "":
        return None
    unit = first_code(values[0].get("MeasurementUnitsCodeSequence"), item.names)
    written = "1" if unit is None else unit.value if unit.scheme == "UCUM" else unit.meaning
    return received.measurement(taken, _label(concept, about), float(amount), written, concept)


def _label(concept: Coded, about: str) -> str:
    return f"{concept.meaning} ({about})" if about else concept.meaning
