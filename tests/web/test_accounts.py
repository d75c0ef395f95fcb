"""Accounts: what may be changed, what the ledger keeps of it, and the page and verbs that do it."""

import html
import re
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from starlette.testclient import TestClient
from tests.web.people import PASSWORD, TEST, make_account, post, sign_in
from typer.testing import CliRunner

from cognoscope.cli.main import app as cli
from cognoscope.core.actor import Role
from cognoscope.core.events import AccountChanged
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.web import passwords
from cognoscope.web.refusal import Refusal
from cognoscope.web.services import Services

Enter = Callable[..., TestClient]


def changes(services: Services) -> list[tuple[str, str, str]]:
    """What the ledger says of accounts."""
    events = [entry.event for entry in services.ledger.entries(event="AccountChanged")]
    return [(event.account, event.change, event.detail) for event in events if isinstance(event, AccountChanged)]


def test_every_change_is_in_the_ledger_and_no_password_is(services: Services) -> None:
    accounts, at = services.accounts, services.clock()
    accounts.create("alice", "Alice", [Role.CLINICIAN, Role.CODER], TEST, at, password=PASSWORD)
    accounts.set_roles("alice", [Role.CODER], TEST, at)
    accounts.set_password("alice", "another long phrase", TEST, at, must_change=False)
    accounts.disable("alice", TEST, at)
    accounts.enable("alice", TEST, at)
    assert changes(services) == [
        ("alice", "created", "clinician, coder"),
        ("alice", "roles_set", "coder"),
        ("alice", "password_set", ""),
        ("alice", "disabled", ""),
        ("alice", "enabled", ""),
    ]
    assert services.ledger.verify().intact
    assert all(PASSWORD not in entry.event.canonical().decode() for entry in services.ledger.entries())


def test_a_refused_change_leaves_account_and_ledger_as_they_were(services: Services) -> None:
    make_account(services, "boss", Role.ADMINISTRATOR)
    before = services.ledger.head()
    for act in (
        lambda: services.accounts.disable("boss", TEST, services.clock()),
        lambda: services.accounts.set_roles("boss", [Role.CLINICIAN], TEST, services.clock()),
    ):
        with pytest.raises(Refusal, match="last administrator"):
            act()
    found = services.accounts.get("boss")
    assert found is not None
    assert (found.disabled, found.roles) == (False, (Role.ADMINISTRATOR,))
    assert services.ledger.head() == before


def test_with_another_administrator_the_first_may_go(services: Services) -> None:
    make_account(services, "boss", Role.ADMINISTRATOR)
    make_account(services, "deputy", Role.ADMINISTRATOR)
    services.accounts.disable("boss", TEST, services.clock())
    with pytest.raises(Refusal, match="last administrator"):
        services.accounts.disable("deputy", TEST, services.clock())


@pytest.mark.parametrize("name", ["", "Alice", "al ice", "-alice", "a" * 81, "élise", "a/b", "<script>"])
def test_an_unusable_name_is_refused(services: Services, name: str) -> None:
    with pytest.raises(Refusal, match="cannot be used"):
        services.accounts.create(name, "A", [Role.CODER], TEST, services.clock())


def test_a_name_is_taken_once_and_an_account_has_a_role(services: Services) -> None:
    make_account(services, "alice", Role.CODER)
    with pytest.raises(Refusal, match="exists already"):
        services.accounts.create("alice", "A", [Role.CODER], TEST, services.clock())
    with pytest.raises(Refusal, match="at least one role"):
        services.accounts.create("bob", "B", [], TEST, services.clock())
    with pytest.raises(Refusal, match="no account"):
        services.accounts.disable("bob", TEST, services.clock())


def test_passwords_are_hashed_with_argon2id_at_the_libraries_strength(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher())
    parameters = extract_parameters(passwords.hash_password(PASSWORD))
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024, "OWASP's least for argon2id with two passes"
    assert parameters.time_cost >= 2


def test_a_generated_password_is_long_different_each_time_and_meets_the_rules() -> None:
    made = {passwords.generate() for _ in range(50)}
    assert len(made) == 50
    assert all(passwords.objection(password, "alice") is None for password in made)


def test_an_account_without_a_password_opens_with_none(services: Services) -> None:
    services.accounts.create("alice", "Alice", [Role.CODER], TEST, services.clock(), openid_subject="https://i|1")
    assert services.accounts.verify("alice", "") is None
    assert services.accounts.verify("alice", "None") is None


def test_the_administrator_makes_an_account_whose_password_is_shown_once(
    services: Services, person: Enter, browser: Callable[[], TestClient]
) -> None:
    admin = person("boss", Role.ADMINISTRATOR)
    answer = post(admin, "/accounts", name=" Bob ", display_name="Bob", roles=["clinician", "coder"])
    shown = re.search(r'<code class="secret">([^<]+)</code>', answer.text)
    assert shown
    assert shown.group(1) not in admin.get("/accounts").text
    made = services.accounts.get("bob")
    assert made is not None
    assert (made.roles, made.must_change) == ((Role.CLINICIAN, Role.CODER), True)
    entry = services.ledger.entries(event="AccountChanged", newest_first=True)[0]
    assert (entry.actor.id, entry.actor.role) == ("boss", Role.ADMINISTRATOR)
    client = browser()
    assert sign_in(client, "bob", shown.group(1)).status_code == 303
    assert client.get("/applications").headers["location"] == "/profile"


def test_the_administrator_changes_roles_password_and_state(services: Services, person: Enter) -> None:
    admin = person("boss", Role.ADMINISTRATOR)
    make_account(services, "bob", Role.CLINICIAN)
    assert post(admin, "/accounts/roles", name="bob", roles=["pharmacist"]).status_code == 303
    assert "Les rôles de bob sont enregistrés." in admin.get("/accounts").text
    assert "enregistrés" not in admin.get("/accounts").text, "a notice is shown once"
    assert post(admin, "/accounts/password", name="bob").status_code == 200
    assert post(admin, "/accounts/disable", name="bob").status_code == 303
    found = services.accounts.get("bob")
    assert found is not None
    assert (found.roles, found.must_change, found.disabled) == ((Role.PHARMACIST,), True, True)
    assert post(admin, "/accounts/enable", name="bob").status_code == 303


def test_what_cannot_be_done_is_said_in_the_language_of_the_page(person: Enter) -> None:
    admin = person("boss", Role.ADMINISTRATOR)
    french = post(admin, "/accounts/disable", name="boss")
    assert french.status_code == 409
    assert "dernier administrateur" in french.text
    english = post(admin, "/accounts/disable?lang=en", name="boss")
    assert "This is the last administrator" in english.text
    missing = post(admin, "/accounts", name="x", display_name="X")
    assert (missing.status_code, "<h1>" in missing.text) == (422, True)


def test_the_access_page_filters_and_says_that_it_is_logged(services: Services, person: Enter) -> None:
    officer = person("dpo", Role.DATA_PROTECTION_OFFICER)
    at = services.clock()
    services.access_log.record(TEST, "proposal", "unit:north", at)
    text = officer.get("/access").text
    assert "unit:north" in text
    assert "Votre consultation de cette page est enregistrée." in text
    assert "21/11/2026 10:00" in text, "in the hospital's zone"
    assert "unit:north" not in officer.get("/access?actor=nobody").text
    assert "unit:north" in officer.get("/access?day=2026-11-21&subject=unit:north").text
    assert "Aucune consultation" in officer.get("/access?day=2026-11-20").text
    assert officer.get("/access?day=yesterday").status_code == 200
    looks = services.access_log.entries(what="access-log")
    assert len(looks) == 5
    assert looks[0].actor.role is Role.DATA_PROTECTION_OFFICER


def test_the_verbs_of_the_command_line(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
    runner = CliRunner()

    def say(*words: str) -> str:
        result = runner.invoke(cli, ["account", *words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return html.unescape(result.output)

    first = say("add", "Alice", "--role", "administrator", "--display-name", "Alice A.").split()[-1]
    assert "to be changed at first sign-in" in say("password", "alice")
    say("add", "bob", "--role", "coder", "--role", "manager")
    assert "bob now acts as: clinician" in say("roles", "bob", "--role", "clinician")
    say("disable", "bob")
    assert re.search(r"bob +disabled +clinician", say("list"))
    assert "open again" in say("enable", "bob")
    with pytest.raises(Refusal, match="last administrator"):
        say("disable", "alice")
    with Ledger.open(home.ledger_url) as ledger:
        entries = ledger.entries()
    assert len(entries) == 6
    assert {entry.actor.id for entry in entries} == {"command-line"}
    assert all(first not in entry.event.canonical().decode() for entry in entries)


def test_the_database_has_the_tables_the_code_describes(services: Services) -> None:
    from sqlalchemy import inspect

    from cognoscope.web.tables import METADATA

    found = inspect(services.ledger.engine)
    for table in METADATA.tables.values():
        columns = {column["name"]: column for column in found.get_columns(table.name)}
        assert set(columns) == {column.name for column in table.columns}
        assert {name for name, column in columns.items() if not column["nullable"]} == {
            column.name for column in table.columns if not column.nullable
        }
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}
