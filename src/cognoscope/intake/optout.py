"""Persons who refused the reuse of their data: the register holds pseudonyms and nothing else."""

from datetime import datetime
from pathlib import Path

from cognoscope.core.actor import Actor
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import OptOutChanged
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.manifest import replace
from cognoscope.intake.pseudonyms import person_id
from cognoscope.intake.writelock import exclusive

HEADER = "# Pseudonyms of persons who refused the reuse of their data, one a line.\n"


def register_file(home: Home) -> Path:
    """The register: a text file in the installation's folder."""
    return home.path / "optout.txt"


def opted_out(home: Home) -> frozenset[str]:
    """Pseudonyms in the register.

    Raises:
        InvalidInput: the register holds something that is not a pseudonym; nothing is read past a damaged register.
    """
    path = register_file(home)
    if not path.exists():
        return frozenset()
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The opt-out register {path} is damaged: restore it from a backup.") from error
    persons = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    for number, person in enumerate(persons, start=1):
        try:
            person_id(person)
        except InvalidInput as error:
            raise InvalidInput(f"The opt-out register {path} is damaged at entry {number}: restore it.") from error
    return frozenset(persons)


def change(home: Home, person: str, *, refuses: bool, ledger: Ledger, actor: Actor, at: datetime) -> bool:
    """Enter or strike a pseudonym, and record it; returns whether the register changed.

    The register is written before the ledger: a refusal must hold even if the second step fails.
    """
    person_id(person)
    path = register_file(home)
    with exclusive(path.with_suffix(".lock"), "the opt-out register", lambda _: None, patience=10):
        before = opted_out(home)
        after = before | {person} if refuses else before - {person}
        if after == before:
            return False
        replace(path, (HEADER + "".join(f"{entry}\n" for entry in sorted(after))).encode("ascii"))
        ledger.append(OptOutChanged(person=f"person:{person}", opted_out=refuses), actor, at)
    return True
