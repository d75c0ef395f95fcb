"""Whom a document is about: one pseudonym whatever the source calls the person, and what the vault knows of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from cognoscope.intake.identities import Identity
from cognoscope.intake.parquet import configuration, read
from cognoscope.intake.pseudonyms import Pseudonymiser, person_id
from cognoscope.intake.vault import Vault
from cognoscope.intake.warehouse import Warehouse


@dataclass(frozen=True)
class Patient:
    """A person: pseudonym, key in the warehouse, days to add to their dates, and what is known for masking."""

    pseudonym: str
    person_id: int
    days: int
    known: Identity


class Patients:
    """Looks persons up, many at a time."""

    def __init__(self, warehouse: Warehouse, pseudonymiser: Pseudonymiser, vault: Vault) -> None:
        self._folder = warehouse.folder
        committed = warehouse.manifest()
        self._links, self._persons = committed.files("person_link"), committed.files("person")
        self._pseudonymiser = pseudonymiser
        self._vault = vault

    def named(self, identifiers: Iterable[str]) -> dict[str, Patient]:
        """The persons whom the source calls so.

        An identifier that the FHIR intake knows as another name of a person leads to that person's own pseudonym, so
        that dates move with the person's other dates and the vault's identity is found.
        """
        own = {identifier: self._pseudonymiser.person(identifier) for identifier in identifiers}
        linked = self._linked({person_id(pseudonym) for pseudonym in own.values()})
        final = {identifier: linked.get(person_id(pseudonym), pseudonym) for identifier, pseudonym in own.items()}
        return dict(zip(final, self.known(list(final.values())), strict=True))

    def known(self, pseudonyms: list[str]) -> list[Patient]:
        """The persons of these pseudonyms, in the same order."""
        identities = self._vault.recall(pseudonyms)
        days = self._pseudonymiser.shift_days
        return [Patient(each, person_id(each), days(each), identities.get(each, Identity())) for each in pseudonyms]

    def _linked(self, persons: set[int]) -> dict[int, str]:
        """The pseudonym behind each key that is another name of somebody; one that two persons claim is nobody's."""
        if not self._links or not self._persons or not persons:
            return {}
        sql = f"""
            WITH link AS (
                SELECT alias_person_id AS alias, min(person_id) AS person_id FROM {read(self._folder, self._links)}
                WHERE alias_person_id IN (SELECT unnest(?)) GROUP BY alias_person_id
                HAVING count(DISTINCT person_id) = 1 AND min(person_id) <> alias_person_id
            )
            SELECT alias, any_value(person_source_value) FROM link
            JOIN {read(self._folder, self._persons)} USING (person_id)
            WHERE person_source_value IS NOT NULL GROUP BY alias
        """  # noqa: S608 - made of the paths of the warehouse's own parts
        with duckdb.connect(config=configuration(self._folder)) as database:
            return dict(database.execute(sql, [sorted(persons)]).fetchall())


def also_known(known: Identity, rest: dict[str, str], identifiers: Iterable[str]) -> Identity:
    """What the vault knows, and what the list of documents says beside it.

    Args:
        known: from the vault.
        rest: `family`, `given` and `birth_date` as the list writes them.
        identifiers: numbers that stand in the list: the person's, the stay's.
    """
    names = [*known.names]
    if rest.get("family") or rest.get("given"):
        names.append({"family": rest.get("family", ""), "given": rest.get("given", "").replace(",", " ").split()})
    numbers = [f"|{each}" for each in identifiers if each and f"|{each}" not in known.identifiers]
    return Identity(
        identifiers=[*known.identifiers, *numbers],
        names=names,
        birth_date=known.birth_date or rest.get("birth_date"),
        telecom=known.telecom,
        addresses=known.addresses,
    )
