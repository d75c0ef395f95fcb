"""Identifiers become pseudonyms: HMAC-SHA256 under the hospital's own key (FIPS 198-1).

A person's pseudonym is 32 hexadecimal digits; the integer keys of the warehouse are 63 bits. `person_id` is the
beginning of the pseudonym, so the one follows from the other without the key. Two of n keys collide with probability
about n^2 / 2^64: 5e-6 for ten million persons, 5 % for a thousand million measurements.
"""

import hmac
from functools import lru_cache
from pathlib import Path

from cognoscope.core.errors import InvalidInput
from cognoscope.intake import keys

MAX_SHIFT_DAYS = 182
CACHED_PERSONS = 10_000


class Pseudonymiser:
    """Stable pseudonyms under one key; the same identifier in any format gives the same pseudonym.

    An identifier is the bare value the source calls the person by (a FHIR `Patient.id`, an OMOP
    `person_source_value`, a hospital number), without white space around it.
    """

    def __init__(self, key: bytes, *, date_shift: bool = False) -> None:
        self._key = key
        self._date_shift = date_shift
        self.person = lru_cache(CACHED_PERSONS)(self._person)
        self.shift_days = lru_cache(CACHED_PERSONS)(self._shift_days)
        self.person_key = lru_cache(CACHED_PERSONS)(self._person_key)

    @classmethod
    def from_file(cls, path: Path, *, date_shift: bool = False) -> "Pseudonymiser":
        """Read the key file.

        Raises:
            InvalidInput: the file is absent, readable by others, or does not hold a key.
        """
        return cls(keys.read(path), date_shift=date_shift)

    @property
    def fingerprint(self) -> str:
        """Names the key (and nothing more), so that a wrong one is noticed."""
        return keys.fingerprint(self._key)

    def key63(self, kind: str, identifier: str) -> int:
        """A row's integer key, for the table `kind`; for `person` it is the `person_id`."""
        return int.from_bytes(self._digest(kind, identifier)[:8]) >> 1

    def uid(self, identifier: str) -> str:
        """The DICOM UID that stands for another one: under the root 2.25, the only one that needs no registration."""
        return f"2.25.{int.from_bytes(self._digest('uid', identifier)[:16])}"

    def _person(self, identifier: str) -> str:
        """The pseudonym of a person, 32 hexadecimal digits."""
        return self._digest("person", identifier.strip())[:16].hex()

    def _person_key(self, identifier: str) -> int:
        """The `person_id` of a person."""
        return self.key63("person", identifier.strip())

    def _shift_days(self, person: str) -> int:
        """Days to add to every date of that pseudonym: 0, or within +-182 where date shift is on."""
        if not self._date_shift:
            return 0
        return int.from_bytes(self._digest("shift", person)[:8]) % (2 * MAX_SHIFT_DAYS + 1) - MAX_SHIFT_DAYS

    def _digest(self, kind: str, identifier: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{identifier}".encode("utf-8", "surrogatepass"), "sha256")


def person_id(pseudonym: str) -> int:
    """The `person_id` that goes with a person's pseudonym.

    Raises:
        InvalidInput: that is not a pseudonym.
    """
    try:
        if len(pseudonym) != 32:
            raise ValueError
        return int(pseudonym[:16], 16) >> 1
    except ValueError as error:
        raise InvalidInput("That is not a pseudonym: a pseudonym has 32 hexadecimal digits.") from error
