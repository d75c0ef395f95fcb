from datetime import UTC, datetime

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.actor import Role, person, program
from cognoscope.core.errors import InvalidInput, NotAllowed
from cognoscope.core.events import VaultOpened
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys
from cognoscope.intake.identities import Identity, Seal
from cognoscope.intake.vault import OPENED_BY, Vault
from cognoscope.web.accounts import Accounts

PSEUDONYM, NOBODY = "0123456789abcdef" * 2, "f" * 32
AT = datetime(2026, 11, 21, tzinfo=UTC)
OFFICER = person("dpo", Role.DATA_PROTECTION_OFFICER)
IDENTITY = Identity(identifiers=["urn:oid:1.2.250.1.213.1.4.10|162126587913677"], names=[{"family": "SAYEH"}])


@pytest.fixture
def vault(home: Home) -> Vault:
    keys.create(home)
    made = Vault(home)
    made.prepare()
    made.keep([(PSEUDONYM, Seal(made.key).close(PSEUDONYM, IDENTITY))])
    return made


def test_the_officer_opens_it_and_each_opening_is_on_record(vault: Vault, ledger: Ledger) -> None:
    opened = vault.open(PSEUDONYM, actor=OFFICER, purpose=" recall ", ledger=ledger, at=AT)
    assert opened == IDENTITY
    assert vault.open(NOBODY, actor=OFFICER, purpose="recall", ledger=ledger, at=AT) is None
    assert [(entry.event, entry.actor) for entry in ledger.entries(event="VaultOpened")] == [
        (VaultOpened(person=f"person:{PSEUDONYM}", purpose="recall", found=True), OFFICER),
        (VaultOpened(person=f"person:{NOBODY}", purpose="recall", found=False), OFFICER),
    ]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DATA_PROTECTION_OFFICER])
def test_no_other_role_opens_it(vault: Vault, ledger: Ledger, role: Role) -> None:
    with pytest.raises(NotAllowed, match="Only the data protection officer"):
        vault.open(PSEUDONYM, actor=person("somebody", role), purpose="recall", ledger=ledger, at=AT)
    assert ledger.entries(event="VaultOpened") == []


def test_no_program_opens_it_and_no_purpose_is_no_opening(vault: Vault, ledger: Ledger) -> None:
    with pytest.raises(NotAllowed):
        vault.open(PSEUDONYM, actor=program("intake"), purpose="recall", ledger=ledger, at=AT)
    with pytest.raises(InvalidInput, match="for what purpose"):
        vault.open(PSEUDONYM, actor=OFFICER, purpose=" ", ledger=ledger, at=AT)
    with pytest.raises(InvalidInput, match="not a pseudonym"):
        vault.open("SAYEH", actor=OFFICER, purpose="recall", ledger=ledger, at=AT)


def test_nothing_is_given_out_when_the_ledger_cannot_record_it(vault: Vault, home: Home) -> None:
    class Broken:
        def append(self, *_: object) -> None:
            raise OSError("no ledger")

    with pytest.raises(OSError, match="no ledger"):
        vault.open(PSEUDONYM, actor=OFFICER, purpose="recall", ledger=Broken(), at=AT)  # type: ignore[arg-type]


def test_the_file_holds_only_ciphertext_for_its_owner(vault: Vault, home: Home) -> None:
    content = home.vault_file.read_bytes()
    assert b"SAYEH" not in content and b"162126587913677" not in content
    assert home.vault_file.stat().st_mode & 0o777 == 0o600
    assert vault.count() == 1


def test_another_key_is_noticed_before_anything_is_written(vault: Vault, home: Home) -> None:
    home.vault_key_file.write_text("00" * 32, encoding="ascii")
    with pytest.raises(InvalidInput, match=r"not the one that .* was sealed with"):
        Vault(home).prepare()


def test_a_record_moved_to_another_pseudonym_or_altered_does_not_open(vault: Vault, ledger: Ledger) -> None:
    sealed = Seal(vault.key).close(PSEUDONYM, IDENTITY)
    assert Seal(vault.key).open(NOBODY, sealed) is None
    assert Seal(bytes(32)).open(PSEUDONYM, sealed) is None
    vault.keep([(PSEUDONYM, sealed[:-1] + bytes([sealed[-1] ^ 1]))])
    with pytest.raises(InvalidInput, match="changed from outside"):
        vault.open(PSEUDONYM, actor=OFFICER, purpose="recall", ledger=ledger, at=AT)


def test_a_file_that_is_no_vault_is_named(home: Home) -> None:
    keys.create(home)
    home.vault_file.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(InvalidInput, match="cannot be used"):
        Vault(home).prepare()


def test_the_command_asks_for_the_officers_password(vault: Vault, home: Home, ledger: Ledger) -> None:
    accounts = Accounts(ledger)
    secret = "correct-horse-battery"
    for name, role in (("dpo", OPENED_BY), ("doctor", Role.CLINICIAN)):
        accounts.create(name, name, [role], program("test"), AT, password=secret)
    environment = {"COGNOSCOPE_HOME": str(home.path)}

    def ask(account: str, password: str) -> Result:
        command = ["vault", "open", PSEUDONYM, "--account", account, "--purpose", "recall"]
        return CliRunner().invoke(app, command, env=environment, input=f"{password}\n")

    for account, password in (("dpo", "wrong"), ("doctor", secret), ("nobody", secret)):
        refused = ask(account, password)
        assert isinstance(refused.exception, NotAllowed) and "SAYEH" not in refused.output
    assert ledger.entries(event="VaultOpened") == []
    opened = ask("dpo", secret)
    assert opened.exit_code == 0 and "SAYEH" in opened.output
    assert len(ledger.entries(event="VaultOpened")) == 1
