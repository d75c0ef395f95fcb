"""What a question about a prescription rests on, as plain rows: read from the knowledge once, or back from a case.

Detection and policy work on this, so that a hook that answers many times a second need not build a case first.
"""

from dataclasses import dataclass, field
from datetime import datetime

UNDERSTOOD = ("exact", "corrected", "withdrawn")
"""Statuses of a name with which its substances are known."""


@dataclass(frozen=True, slots=True)
class Drug:
    """One order and what its name means. `local`: by all its routes it is given where it acts (cream, eye drops)."""

    key: str
    text: str
    status: str
    label: str = ""
    medicine: str = ""
    substances: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()
    form: str = ""
    routes: tuple[str, ...] = ()
    local: bool = False
    dose: str = ""
    start: str | None = None
    end: str | None = None
    draft: bool = False

    @property
    def understood(self) -> bool:
        """Whether its substances are known."""
        return self.status in UNDERSTOOD and bool(self.substances or self.atc)

    @property
    def name(self) -> str:
        """Its name as sentences say it: without the form that follows the comma; "2,5 mg" stays whole."""
        return self.label.partition(", ")[0]

    def is_in(self, prefixes: tuple[str, ...]) -> bool:
        """Whether one of its ATC codes begins with one of the prefixes."""
        return any(code.startswith(prefixes) for code in self.atc)


@dataclass(frozen=True, slots=True)
class Option:
    """One medicine that an ambiguous or unknown name may mean."""

    drug: int
    label: str
    substances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the thesaurus about two orders, by their places in the list."""

    first: int
    second: int
    number: int
    main: str
    plus: str
    level: str
    condition: str
    mechanism: str
    text: str
    substance_first: str
    substance_second: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A STOPP or START criterion that a drug or a condition of the person calls up; `body` is its compiled form."""

    id: str
    kind: str
    text: str
    body: str


@dataclass(frozen=True, slots=True)
class Result:
    """A result under its analyte's own name, in the analyte's own unit."""

    analyte: str
    value: float
    unit: str
    at: str | None


@dataclass(frozen=True, slots=True)
class Allergy:
    """A recorded allergy and what it means; all empty where it was not understood."""

    text: str
    family: str = ""
    label: str = ""
    substances: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()

    @property
    def understood(self) -> bool:
        """Whether it can be compared with a drug."""
        return bool(self.family or self.substances or self.atc)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An alert that somebody was already shown in this stay, and what they made of it."""

    key: str
    signature: str
    at: str
    verdict: str = ""
    reason: str = ""


@dataclass(slots=True)
class Prescription:
    """Everything at once. None and empty mean "not known"; `missing` names the knowledge that is not loaded."""

    subject: str
    as_of: datetime
    age: float | None = None
    sex: str | None = None
    pregnant: bool | None = None
    egfr: float | None = None
    hepatic: str | None = None
    ward: str = ""
    drugs: list[Drug] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    allergies: list[Allergy] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    policy: str | None = None
    editions: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
