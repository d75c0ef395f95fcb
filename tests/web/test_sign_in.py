"""Signing in and out: who gets in, for how long, and what guessing leads to."""

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web.people import PASSWORD, TEST, Clock, make_account, post, sign_in, token

from cognoscope.core.actor import Role
from cognoscope.core.errors import InvalidInput
from cognoscope.core.signing_key import read_or_make_key
from cognoscope.web.rate_limit import PER_ACCOUNT, PER_ADDRESS
from cognoscope.web.security import safe_path
from cognoscope.web.services import Services
from cognoscope.web.session import ABSOLUTE_SECONDS, IDLE_SECONDS, SESSION_COOKIE

Browser = Callable[[], TestClient]
Enter = Callable[..., TestClient]


def test_right_password_leads_to_the_first_place_of_the_role(services: Services, browser: Browser) -> None:
    make_account(services, "alice", Role.ADMINISTRATOR)
    answer = sign_in(browser(), "alice")
    assert (answer.status_code, answer.headers["location"]) == (303, "/applications")


def test_the_name_may_be_typed_in_capitals_and_with_spaces(services: Services, browser: Browser) -> None:
    make_account(services, "alice", Role.ADMINISTRATOR)
    assert sign_in(browser(), "  ALICE ").status_code == 303


def test_the_page_asked_for_comes_after_signing_in(services: Services, browser: Browser) -> None:
    make_account(services, "alice", Role.ADMINISTRATOR)
    client = browser()
    asked = client.get("/accounts?a=1")
    assert asked.headers["location"] == "/sign-in?next=%2Faccounts%3Fa%3D1"
    assert 'name="next" value="/accounts?a=1"' in client.get(asked.headers["location"]).text
    assert sign_in(client, "alice", next="/accounts?a=1").headers["location"] == "/accounts?a=1"


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/a\r\nSet-Cookie: x=1", "", "javascript:x", None],
)
def test_no_address_elsewhere_is_followed(path: str | None) -> None:
    assert safe_path(path) is None


def test_after_signing_in_an_address_elsewhere_is_ignored(services: Services, browser: Browser) -> None:
    make_account(services, "alice", Role.ADMINISTRATOR)
    assert sign_in(browser(), "alice", next="//evil.example/").headers["location"] == "/applications"


def test_wrong_password_unknown_and_disabled_accounts_get_one_answer(services: Services, browser: Browser) -> None:
    make_account(services, "alice", Role.CLINICIAN)
    make_account(services, "gone", Role.CLINICIAN)
    services.accounts.disable("gone", TEST, services.clock())
    answers = [
        sign_in(browser(), "alice", "not the password"),
        sign_in(browser(), "nobody", "not the password"),
        sign_in(browser(), "gone", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {401}
    texts = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(texts) == 1
    assert "Nom de compte ou mot de passe incorrect." in texts.pop()


def test_an_unknown_account_costs_a_hash_as_a_known_one_does(
    services: Services, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Timing is not asserted: that the same work is done is."""
    from cognoscope.web import passwords

    make_account(services, "alice", Role.CLINICIAN)
    verified: list[str] = []
    real = passwords._HASHER

    class Counting:
        def hash(self, password: str) -> str:
            return real.hash(password)

        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored)
            return real.verify(stored, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    for name in ("alice", "nobody"):
        sign_in(browser(), name, "not the password")
    assert len(verified) == 2
    assert {stored.split("$")[1:4] == verified[0].split("$")[1:4] for stored in verified} == {True}


def test_the_session_gets_a_new_name_at_sign_in(services: Services, browser: Browser) -> None:
    make_account(services, "alice", Role.CLINICIAN)
    client = browser()
    client.get("/sign-in")
    before = client.cookies[SESSION_COOKIE]
    sign_in(client, "alice")
    assert client.cookies[SESSION_COOKIE] != before


def test_signing_in_again_ends_the_session_before(services: Services, person: Enter, browser: Browser) -> None:
    client = person("alice", Role.ADMINISTRATOR)
    old = client.cookies[SESSION_COOKIE]
    data = {"account": "alice", "password": PASSWORD, "csrf_token": token(client.get("/profile").text)}
    assert client.post("/sign-in", data=data).status_code == 303
    stale = browser()
    stale.cookies.set(SESSION_COOKIE, old)
    assert stale.get("/profile").status_code == 303


def test_cookie_attributes(services: Services, web: FastAPI) -> None:
    make_account(services, "alice", Role.CLINICIAN)
    plain = sign_in(TestClient(web, follow_redirects=False), "alice").headers["set-cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    assert "Secure" not in plain
    secure = sign_in(TestClient(web, "https://testserver", follow_redirects=False), "alice").headers["set-cookie"]
    assert "Secure" in secure


def test_signing_out_ends_the_session_on_the_server(person: Enter, browser: Browser) -> None:
    client = person("alice", Role.ADMINISTRATOR)
    name = client.cookies[SESSION_COOKIE]
    assert post(client, "/sign-out").headers["location"] == "/sign-in"
    thief = browser()
    thief.cookies.set(SESSION_COOKIE, name)
    assert thief.get("/accounts").status_code == 303


def test_a_cookie_that_was_not_signed_here_is_nobody(person: Enter, browser: Browser) -> None:
    client = person("alice", Role.ADMINISTRATOR)
    session_id, _, signature = client.cookies[SESSION_COOKIE].rpartition(".")
    forged = browser()
    forged.cookies.set(SESSION_COOKIE, f"{session_id}.{signature[:-2]}xx")
    assert forged.get("/accounts").headers["location"].startswith("/sign-in")


def test_the_database_holds_no_name_of_a_session(services: Services, person: Enter) -> None:
    client = person("alice", Role.CLINICIAN)
    session_id = client.cookies[SESSION_COOKIE].split(".")[0]
    assert session_id.encode() not in Path(services.ledger.engine.url.database or "").read_bytes()


def test_a_session_ends_when_idle(person: Enter, clock: Clock) -> None:
    client = person("alice", Role.ADMINISTRATOR)
    clock.forward(seconds=IDLE_SECONDS - 1)
    assert client.get("/accounts").status_code == 200
    clock.forward(seconds=IDLE_SECONDS - 1)
    assert client.get("/accounts").status_code == 200, "each page starts the wait again"
    clock.forward(seconds=IDLE_SECONDS)
    assert client.get("/accounts").status_code == 303


def test_a_session_ends_in_any_case(person: Enter, clock: Clock) -> None:
    client = person("alice", Role.ADMINISTRATOR)
    for _ in range(ABSOLUTE_SECONDS // (30 * 60) - 1):
        clock.forward(minutes=30)
        assert client.get("/accounts").status_code == 200
    clock.forward(minutes=30)
    assert client.get("/accounts").status_code == 303


def test_disabling_an_account_ends_its_sessions(services: Services, person: Enter) -> None:
    client = person("alice", Role.CLINICIAN)
    assert client.get("/profile").status_code == 200
    services.accounts.disable("alice", TEST, services.clock())
    assert client.get("/profile").status_code == 303


def test_a_role_taken_away_is_not_acted_in_any_more(services: Services, person: Enter) -> None:
    client = person("alice", Role.ADMINISTRATOR, Role.CLINICIAN)
    make_account(services, "boss", Role.ADMINISTRATOR)
    assert client.get("/accounts").status_code == 200
    services.accounts.set_roles("alice", [Role.CLINICIAN], TEST, services.clock())
    assert client.get("/accounts").status_code == 403


@pytest.mark.parametrize("fields", [{}, {"csrf_token": "made.up"}, {"csrf_token": ""}, {"csrf_token": "é.é"}])
def test_without_a_token_nothing_is_done(services: Services, person: Enter, fields: dict[str, str]) -> None:
    client = person("alice", Role.ADMINISTRATOR)
    answer = client.post("/accounts", data={"name": "eve", "display_name": "Eve", "roles": "manager", **fields})
    assert answer.status_code == 403
    assert "Ce formulaire a expiré" in answer.text
    assert services.accounts.get("eve") is None


def test_the_token_of_another_session_does_not_serve(person: Enter) -> None:
    alice, bob = person("alice", Role.ADMINISTRATOR), person("bob", Role.ADMINISTRATOR)
    stolen = token(bob.get("/profile").text)
    assert alice.post("/sign-out", data={"csrf_token": stolen}).status_code == 403


def test_a_request_by_htmx_carries_the_token_in_a_header(person: Enter) -> None:
    client = person("alice", Role.ADMINISTRATOR)
    found = re.search(r'"X-CSRF-Token": "([^"]+)"', client.get("/profile").text)
    assert found
    answer = client.post("/sign-out", headers={"X-CSRF-Token": found.group(1), "HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/sign-in")


def test_guessing_one_account_is_stopped_with_the_time_to_try_again(
    services: Services, browser: Browser, clock: Clock
) -> None:
    make_account(services, "alice", Role.CLINICIAN)
    for _ in range(PER_ACCOUNT.failures):
        assert sign_in(browser(), "alice", "a guess").status_code == 401
    blocked = sign_in(browser(), "alice", PASSWORD)
    assert blocked.status_code == 429
    assert "Trop d&#39;essais : réessayez après 10:15:00." in blocked.text
    assert blocked.headers["retry-after"] == "900"
    clock.forward(seconds=PER_ACCOUNT.window.total_seconds())
    assert sign_in(browser(), "alice", PASSWORD).status_code == 303


def test_success_forgets_the_failures_of_the_account(services: Services, browser: Browser) -> None:
    make_account(services, "alice", Role.CLINICIAN)
    for _ in range(2):
        for _ in range(PER_ACCOUNT.failures - 1):
            sign_in(browser(), "alice", "a guess")
        assert sign_in(browser(), "alice").status_code == 303


def test_guessing_many_accounts_from_one_address_is_stopped(services: Services, clock: Clock) -> None:
    for number in range(PER_ADDRESS.failures):
        assert services.rate_limit.blocked_until(f"name{number}", "192.0.2.1", clock()) is None
        services.rate_limit.failed(f"name{number}", "192.0.2.1", clock())
    assert services.rate_limit.blocked_until("another", "192.0.2.1", clock()) == clock() + PER_ADDRESS.window
    assert services.rate_limit.blocked_until("another", "192.0.2.2", clock()) is None


def test_a_password_given_by_another_must_be_changed_first(services: Services, browser: Browser) -> None:
    make_account(services, "alice", Role.ADMINISTRATOR, fresh=True)
    client = browser()
    sign_in(client, "alice")
    assert client.get("/accounts").headers["location"] == "/profile"
    answer = post(client, "/profile/password", current=PASSWORD, new="une autre phrase", again="une autre phrase")
    assert answer.status_code == 303
    assert client.get("/accounts").status_code == 200
    assert sign_in(browser(), "alice").status_code == 401
    assert sign_in(browser(), "alice", "une autre phrase").status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "sentence"),
    [
        ("wrong", "une autre phrase", "une autre phrase", "Le mot de passe actuel n&#39;est pas le bon."),
        (PASSWORD, "une autre phrase", "une autre phrasf", "Les deux saisies"),
        (PASSWORD, PASSWORD, PASSWORD, "le même que l&#39;ancien"),
        (PASSWORD, "court", "court", "au moins 12 caractères"),
        (PASSWORD, "Alice en vacances", "Alice en vacances", "le nom du compte"),
        (PASSWORD, "motdepasse123", "motdepasse123", "trop facile"),
        (PASSWORD, "ababababababab", "ababababababab", "trop facile"),
    ],
)
def test_a_new_password_is_refused_with_a_sentence(
    person: Enter, current: str, new: str, again: str, sentence: str
) -> None:
    client = person("alice", Role.CLINICIAN)
    answer = post(client, "/profile/password", current=current, new=new, again=again)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_current_password_cannot_be_guessed_from_a_session_left_open(person: Enter) -> None:
    client = person("alice", Role.CLINICIAN)
    for _ in range(PER_ACCOUNT.failures):
        post(client, "/profile/password", current="a guess", new="une autre phrase", again="une autre phrase")
    right = {"current": PASSWORD, "new": "une autre phrase", "again": "une autre phrase"}
    assert "Trop d&#39;essais" in post(client, "/profile/password", **right).text


def test_the_role_acted_in_is_chosen_among_ones_own(person: Enter) -> None:
    client = person("alice", Role.ADMINISTRATOR, Role.CLINICIAN)
    assert client.get("/accounts").status_code == 200
    assert post(client, "/profile/role", role="clinician").status_code == 303
    assert client.get("/accounts").status_code == 403
    assert post(client, "/profile/role", role="manager").status_code == 403
    assert post(client, "/profile/role", role="administrator").status_code == 303
    assert client.get("/accounts").status_code == 200


def test_the_session_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "session.key"
    key = read_or_make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_or_make_key(path) == key
    assert list(path.parent.iterdir()) == [path]
    path.chmod(0o644)
    with pytest.raises(InvalidInput, match="chmod 600"):
        read_or_make_key(path)


def test_a_session_key_that_is_too_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "session.key"
    path.touch(mode=0o600)
    path.write_text("short")
    with pytest.raises(InvalidInput, match="too short"):
        read_or_make_key(path)
