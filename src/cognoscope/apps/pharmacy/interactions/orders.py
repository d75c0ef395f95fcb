"""What is asked about: the orders of one person, and what the chart says of that person. No identity anywhere."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Order:
    """One line of a prescription, or one drug that the person takes.

    key: names the line within the list (`o1`, the end of a resource's id); letters, digits, dot, dash.
    text: the drug as it was written; `system` and `code` ("CIS", "CIP13", "CIP7", "ATC") where it came coded.
    route: as written or coded (`orale`, `cutanée`, `IV`, a SNOMED code); empty: the medicine's own routes count.
    dose: as written. `start`, `end`: aware instants. `draft`: being prescribed now, not yet signed.
    """

    key: str
    text: str = ""
    system: str = ""
    code: str = ""
    route: str = ""
    dose: str = ""
    start: datetime | None = None
    end: datetime | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """One result. `name` is a LOINC code, or the laboratory's own label (`kaliémie`, `INR`, `DFG`); `at` is aware."""

    name: str
    value: float | None
    unit: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """What the chart says of the person.

    subject: `stay:...` or `person:...`, a pseudonym. `age` in years. `sex` "f" or "m". `egfr` in mL/min. `hepatic` is
    the Child-Pugh class "A", "B" or "C". `allergies`: names of substances, classes or brands, or ATC codes.
    `conditions`: CIM-10 codes. `ward` is a unit's code. None and empty mean "not known", never "normal".
    """

    subject: str
    age: float | None = None
    sex: str | None = None
    pregnant: bool | None = None
    egfr: float | None = None
    hepatic: str | None = None
    allergies: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    ward: str = ""
