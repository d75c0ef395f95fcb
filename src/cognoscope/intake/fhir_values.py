"""The small change of FHIR: dates, references and codes, each checked before anything is made of it."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from cognoscope.intake.fhir_types import CodeableConcept, Coding, Quantity, Reference

DATE_TIME = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))?)?)?", re.ASCII)
CODE = re.compile(r"[!-~]{1,64}(?: [!-~]{1,64}){0,3}", re.ASCII)
SYSTEM = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,15}:[!-~]{1,200}", re.ASCII)
UNIT = re.compile(r"[!-~°µ²³]{1,32}")
EARLIEST, LATEST = date(1850, 1, 1), date(2200, 1, 1)
DISTINCT = 20_000


class Unusable(Exception):
    """Why a record cannot be used: a code to count by and a sentence without anything of the record's content."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class NotOfInterest(Exception):
    """The record is sound and says that nothing is to be taken from it (entered in error, not done, no person)."""


class Moment(NamedTuple):
    """A date, and the local time where the source gave one."""

    day: date
    time: datetime | None

    def moved(self, days: int) -> "Moment":
        """The same, that many days later."""
        if not days:
            return self
        step = timedelta(days=days)
        return Moment(self.day + step, self.time + step if self.time else None)


class Clock:
    """Reads FHIR dates as local time of the hospital, and knows what is later than the instant of the ingest."""

    def __init__(self, zone: str, at: datetime) -> None:
        self._zone = ZoneInfo(zone)
        # A day of grace: clocks of two systems differ, and a date without time may lie in another zone.
        self._latest = (at.astimezone(self._zone) + timedelta(days=1)).date()
        self.today = at.astimezone(self._zone).date()
        self.read = lru_cache(DISTINCT)(self._read)

    def _read(self, text: str) -> Moment:
        """A FHIR date, dateTime or instant; a missing day or month counts as the first.

        Raises:
            Unusable: it is not one, or no such day exists, or it is absurdly early.
        """
        if not DATE_TIME.fullmatch(text):
            raise Unusable("invalid_date", "a date is not written as FHIR wants it (YYYY-MM-DD or with time and zone)")
        try:
            if len(text) <= 10:
                moment = Moment(date.fromisoformat((text + "-01-01")[:10]), None)
            else:
                local = datetime.fromisoformat(text).astimezone(self._zone).replace(tzinfo=None)
                moment = Moment(local.date(), local)
        except (ValueError, OverflowError):
            raise Unusable("invalid_date", "a date does not exist in the calendar") from None
        if not EARLIEST <= moment.day < LATEST:
            raise Unusable("invalid_date", f"a date lies before {EARLIEST.year} or after {LATEST.year}")
        return moment

    def past(self, text: str) -> Moment:
        """A date that cannot lie in the future.

        Raises:
            Unusable: it does, or is not a date.
        """
        moment = self.read(text)
        if moment.day > self._latest:
            raise Unusable("future_date", "it is dated in the future")
        return moment


def first_code(concept: CodeableConcept | None, preferred: frozenset[str]) -> str | None:
    """`system|code` of the first coding in a system that the vocabulary may know, else of the first coding."""
    if concept is None or not concept.coding:
        return None
    found = None
    for coding in concept.coding:
        text = coded(coding)
        if text is not None:
            if coding.system in preferred:
                return text
            found = found or text
    return found


def coded(coding: Coding | None) -> str | None:
    """`system|code`, or None where there is no code; never a display text.

    Raises:
        Unusable: the code or system is not in the form of one, so that free text does not slip in.
    """
    if coding is None or coding.code is None:
        return None
    return _joined(coding.system or "", coding.code)


@lru_cache(DISTINCT)
def _joined(system: str, code: str) -> str:
    if not CODE.fullmatch(code) or (system and not SYSTEM.fullmatch(system)):
        raise Unusable("invalid_code", "a code or its system is not in the form of one")
    return f"{system}|{code}" if system else code


def unit_of(quantity: Quantity) -> str | None:
    """The unit's code, else its symbol where it looks like one."""
    unit = quantity.code or quantity.unit
    return unit if unit is not None and UNIT.fullmatch(unit) else None


@lru_cache(DISTINCT)
def address(reference: str, kind: str) -> str | None:
    """The identifier in a reference to a resource of that kind, or None if it points at another kind.

    `Patient/7`, `https://server/fhir/Patient/7/_history/2`, `urn:uuid:...` and `urn:oid:...` give the bare
    identifier; `Patient?identifier=system|value` gives `system|value`.

    Raises:
        Unusable: the reference cannot be followed.
    """
    if reference.startswith(("urn:uuid:", "urn:oid:")):
        return reference.split(":", 2)[2]
    if reference.startswith("#"):
        raise Unusable("missing_reference", f"its {kind} is contained in it and has no address of its own")
    place, _, query = reference.partition("?")
    if query.startswith("identifier="):
        return unquote(query[len("identifier=") :].split("&")[0]) if place.rsplit("/", 1)[-1] == kind else None
    parts = place.split("/_history/")[0].split("/")
    if len(parts) < 2 or not parts[-1]:
        raise Unusable("missing_reference", f"its reference to a {kind} cannot be followed")
    return parts[-1] if parts[-2] == kind else None


def identifier_of(reference: Reference) -> str | None:
    """`system|value` of a reference by identifier, else the bare value."""
    identifier = reference.identifier
    if identifier is None or not identifier.value:
        return None
    return f"{identifier.system}|{identifier.value}" if identifier.system else identifier.value
