"""What each typed line was understood as, beside the line: an ambiguous name asks, an unknown one says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from cognoscope.intake.medicines import Medicine, Medicines, Resolution
from cognoscope.web import words
from cognoscope.web.prescription_form import Line

MOST_CHOICES = 6
UNDERSTOOD = frozenset({"exact", "corrected", "withdrawn"})


@dataclass(frozen=True)
class Choice:
    """One medicine that an ambiguous name may mean; `name` is what the line becomes when it is chosen."""

    name: str
    label: str
    substances: str


@dataclass(frozen=True)
class Understood:
    """A line with what it was understood as. `status` is the resolution's own."""

    line: Line
    status: str
    label: str
    substances: str
    sentence: str
    choices: list[Choice]
    more: int

    @property
    def is_clear(self) -> bool:
        """Whether its substances are known."""
        return self.status in UNDERSTOOD


def understood(lines: Sequence[Line], medicines: Medicines, language: str) -> list[Understood]:
    """Each line with what it was understood as."""
    return [_understood(line, medicines.resolve(line.name), medicines, language) for line in lines]


def _understood(line: Line, found: Resolution, medicines: Medicines, language: str) -> Understood:
    clear = found.status in UNDERSTOOD and found.medicines
    asked = found.medicines if found.status == "ambiguous" else ()
    return Understood(
        line=line,
        status=found.status,
        label=found.medicines[0].label if clear else "",
        substances=_substances(found.medicines[0]) if clear else "",
        sentence=words.say(found.sentence, language),
        choices=[_choice(each, medicines) for each in asked[:MOST_CHOICES]],
        more=max(len(asked) - MOST_CHOICES, 0),
    )


def _choice(medicine: Medicine, medicines: Medicines) -> Choice:
    """The candidate under a name that means it and nothing else: its label, else its code."""
    again = medicines.resolve(medicine.label)
    same = again.status in UNDERSTOOD and again.medicines and again.medicines[0].substances == medicine.substances
    name = medicine.label if same or not medicine.cis else medicine.cis[0]
    return Choice(name, medicine.label, _substances(medicine))


def _substances(medicine: Medicine) -> str:
    return ", ".join(medicine.substances)
