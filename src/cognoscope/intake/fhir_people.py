"""FHIR Patient -> person, death, person_link; what identifies the person goes to the vault, sealed."""

from cognoscope.intake.concepts import GENDERS
from cognoscope.intake.fhir_rows import Rows
from cognoscope.intake.fhir_subjects import Subjects
from cognoscope.intake.fhir_types import Identifier, Patient
from cognoscope.intake.fhir_values import Clock, Unusable
from cognoscope.intake.identities import Identity, Seal
from cognoscope.intake.pseudonyms import Pseudonymiser

EHR = 32817
HOSPITAL_NUMBERS = frozenset({"PI", "MR", "INS-NIR", "INS-NIA", "INS-C", "IPP"})
INS_SYSTEMS = frozenset({"urn:oid:1.2.250.1.213.1.4.8", "urn:oid:1.2.250.1.213.1.4.9", "urn:oid:1.2.250.1.213.1.4.10"})


class People:
    """Maps patients; sealed identities gather in `sealed` as (pseudonym, ciphertext)."""

    def __init__(self, rows: Rows, subjects: Subjects, pseudonymiser: Pseudonymiser, clock: Clock, seal: Seal) -> None:
        self._add = rows.add
        self._subjects = subjects
        self._pseudonymiser = pseudonymiser
        self._clock = clock
        self._seal = seal
        self.sealed: list[tuple[str, bytes]] = []

    def patient(self, patient: Patient, identifier: str) -> None:
        """Month and year of birth only: the day stays in the vault.

        Raises:
            Unusable: no date of birth (OMOP CDM 5.4 drops such persons), or an impossible one.
        """
        pseudonym = self._pseudonymiser.person(identifier)
        person, days = self._subjects.known_by_id(identifier)
        self.sealed.append((pseudonym, self._seal.close(pseudonym, _identity(patient))))
        if patient.birth_date is None:
            raise Unusable("missing_birth_date", "the patient has no date of birth, without which OMOP keeps no person")
        born = self._clock.past(patient.birth_date).moved(days).day
        died = self._clock.past(patient.deceased_date_time).moved(days) if patient.deceased_date_time else None
        gender = patient.gender if patient.gender in ("male", "female", "other", "unknown") else None
        month = born.month if len(patient.birth_date) > 4 else None
        self._add["person"]((person, GENDERS.get(gender or "", 0), born.year, month, pseudonym, gender))
        if died:
            self._add["death"]((person, *died, EHR))
        self._add["person_link"]((person, person))
        for alias in {name for given in patient.identifier for name in _aliases(given)}:
            self._add["person_link"]((self._pseudonymiser.person_key(alias), person))


def _identity(patient: Patient) -> Identity:
    return Identity(
        identifiers=[f"{given.system or ''}|{given.value}" for given in patient.identifier if given.value],
        names=patient.name,
        birth_date=patient.birth_date,
        telecom=patient.telecom,
        addresses=patient.address,
    )


def _aliases(identifier: Identifier) -> list[str]:
    """What else calls the person: `system|value`, and the bare value of a hospital number or the national one."""
    if not identifier.value:
        return []
    types = {coding.code for coding in identifier.type.coding} if identifier.type else set()
    bare = types & HOSPITAL_NUMBERS or identifier.system in INS_SYSTEMS
    whole = [f"{identifier.system}|{identifier.value}"] if identifier.system else []
    return [*whole, identifier.value] if bare else whole
