"""References of FHIR resources become keys of the warehouse; the person's key, and the days its dates move."""

from collections.abc import Mapping
from functools import lru_cache

from cognoscope.intake.fhir_types import Reference
from cognoscope.intake.fhir_values import DISTINCT, NotOfInterest, Unusable, address, identifier_of
from cognoscope.intake.pseudonyms import Pseudonymiser

UUID = "urn:uuid:"


class Subjects:
    """Follows references; inside a bundle, by the addresses its entries are known by.

    `addresses` maps an entry's `fullUrl` to `Type/id` where the two differ.
    """

    def __init__(self, pseudonymiser: Pseudonymiser, *, date_shift: bool) -> None:
        self._pseudonymiser = pseudonymiser
        self._date_shift = date_shift
        self.addresses: Mapping[str, str] = {}
        self._by_address = lru_cache(DISTINCT)(self._follow)
        self._visit_by_address = lru_cache(DISTINCT)(self._follow_visit)

    def person(self, subject: Reference | None) -> tuple[int, int]:
        """`person_id` and the days to add to this person's dates.

        Raises:
            Unusable: no patient is named, or not in a way that can be followed.
            NotOfInterest: the subject is no patient but a group, a device or a place.
        """
        if subject is None:
            raise Unusable("missing_reference", "it names no patient")
        if subject.reference:
            return self._by_address(self.addresses.get(subject.reference, subject.reference))
        identifier = identifier_of(subject)
        if identifier is None:
            raise Unusable("missing_reference", "it names no patient")
        return self._known_by_identifier(identifier)

    def visit(self, encounter: Reference | None) -> int | None:
        """`visit_occurrence_id`, or None where no visit is named."""
        if encounter is None or not encounter.reference:
            return None
        return self._visit_by_address(self.addresses.get(encounter.reference, encounter.reference))

    def _follow(self, reference: str) -> tuple[int, int]:
        identifier = address(reference, "Patient")
        if identifier is None:
            raise NotOfInterest
        if "?" in reference:
            return self._known_by_identifier(identifier)
        return self.known_by_id(identifier)

    def known_by_id(self, identifier: str) -> tuple[int, int]:
        """`person_id` and days of the person whose resource has that id."""
        person = self._pseudonymiser.person(identifier)
        return self._pseudonymiser.person_key(identifier), self._pseudonymiser.shift_days(person)

    def _known_by_identifier(self, identifier: str) -> tuple[int, int]:
        # The warehouse joins this key to the person's own by `person_link`; the days to move would not follow.
        if self._date_shift:
            raise Unusable(
                "missing_reference",
                "it names its patient only by a business identifier, which cannot be joined while dates are shifted",
            )
        return self._pseudonymiser.person_key(identifier), 0

    def _follow_visit(self, reference: str) -> int | None:
        identifier = address(reference, "Encounter")
        return None if identifier is None else self._pseudonymiser.key63("visit_occurrence", identifier)
