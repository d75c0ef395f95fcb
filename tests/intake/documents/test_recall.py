import re
from pathlib import Path

import pytest

import cognoscope
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.identities import Identity, Seal
from cognoscope.intake.vault import Vault


def test_identities_are_recalled_many_at_a_time(home: Home) -> None:
    keys.create(home)
    vault = Vault(home)
    vault.prepare()
    people = {f"{number:032x}": Identity(names=[{"family": f"Nom{number}"}]) for number in range(1200)}
    seal = Seal(vault.key)
    vault.keep([(pseudonym, seal.close(pseudonym, identity)) for pseudonym, identity in people.items()])
    assert vault.recall([*people, "f" * 32, next(iter(people))]) == people
    assert vault.recall([]) == {}
    vault.keep([("e" * 32, b"changed" * 9)])
    with pytest.raises(InvalidInput, match="changed from outside"):
        vault.recall(["e" * 32])


def test_only_intake_recalls() -> None:
    package = Path(cognoscope.__file__).parent
    # An application's own `recall` is of the ledger, and has nothing to do with the vault's.
    callers = {
        path for path in package.rglob("*.py") if re.search(r"(?<!application)\.recall\(", path.read_text("utf-8"))
    }
    assert callers and all("intake" in path.relative_to(package).parts for path in callers)
