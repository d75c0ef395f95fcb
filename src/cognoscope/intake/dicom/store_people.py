"""Who a DICOM header names goes to the vault, sealed, unless the vault knows that person already."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognoscope.core.home import Home
from cognoscope.intake.identities import Identity, Seal
from cognoscope.intake.vault import Vault

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


def keep_people(home: Home, headers: Mapping[str, "Dataset"]) -> None:
    """Put the patients of these headers (by pseudonym) into the vault where they are not inside yet."""
    if not headers:
        return
    vault = Vault(home)
    vault.prepare()
    known = vault.recall(headers)
    seal = Seal(vault.key)
    new = {person: identity_of(header) for person, header in headers.items() if person not in known}
    if new:
        vault.keep((person, seal.close(person, identity)) for person, identity in new.items())


def identity_of(header: "Dataset") -> Identity:
    """Name, hospital number and date of birth as the header has them (PS3.3 C.7.1.1)."""
    number, born = _text(header, "PatientID"), _text(header, "PatientBirthDate")
    family, *given = _text(header, "PatientName").split("=")[0].split("^")
    name: dict[str, Any] = {"family": family.strip(), "given": [each.strip() for each in given if each.strip()]}
    whole = len(born) == 8 and born.isdigit()
    return Identity(
        identifiers=[f"|{number}"] if number else [],
        names=[{key: value for key, value in name.items() if value}] if family or given else [],
        birth_date=f"{born[:4]}-{born[4:6]}-{born[6:]}" if whole else None,
    )


def _text(header: "Dataset", keyword: str) -> str:
    return str(header.get(keyword) or "").strip(" \0")
