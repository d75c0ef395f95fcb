"""OpenID Connect against a real provider process: the whole way there and back, and everything that must not hold."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import httpx2
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.testclient import TestClient
from tests.web.openid_provider import RETURN_TO, running_provider, sign_in_there, why_not
from tests.web.people import TEST, Clock, make_account

from cognoscope.core.actor import Role
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home, OpenIDSettings
from cognoscope.web.app import create_app
from cognoscope.web.openid import Attempt, OpenID
from cognoscope.web.refusal import Refusal
from cognoscope.web.services import Services

# One process alone installs the provider's packages: beside it another saw half of them and started the provider.
pytestmark = pytest.mark.xdist_group("openid")
ROLES = {"urgences-medecins": "clinician", "lits": "bed_manager", "direction": "manager"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider's issuer."""
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    with running_provider() as started:
        yield started


@pytest.fixture
def clock() -> Clock:
    """The real time: the provider looks at it too."""
    moved = Clock()
    moved.at = datetime.now(UTC)
    return moved


def settings(issuer: str, folder: Path, client: str = "cognoscope", **changes: Any) -> OpenIDSettings:
    """Settings for one of the provider's clients."""
    secret = folder / f"{client}.secret"
    secret.write_text(f"secret of {client} & co\n")
    return OpenIDSettings(
        issuer=issuer, client_id=client, client_secret_file=str(secret), **{"roles": ROLES, **changes}
    )


@pytest.fixture
def provider(issuer: str, tmp_path: Path) -> OpenID:
    """Our side of the conversation."""
    return OpenID(settings(issuer, tmp_path))


def write_settings(home: Home, given: OpenIDSettings) -> None:
    """The `settings.toml` of an installation that knows the provider."""
    flat = {key: value for key, value in given.plain().items() if key != "roles"}
    lines = ["[openid]", *(f"{key} = {json.dumps(value)}" for key, value in flat.items())]
    lines += ["[openid.roles]", *(f"{json.dumps(group)} = {json.dumps(role)}" for group, role in given.roles.items())]
    home.settings_file.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def web(home: Home, issuer: str, clock: Clock, tmp_path: Path) -> Iterator[FastAPI]:
    """The application of an installation that knows the provider."""
    write_settings(home, settings(issuer, tmp_path))
    app = create_app(home, applications=(), clock=clock)
    yield app
    app.state.services.close()


def enter(client: TestClient, login: str | None, start: str = "/sign-in/openid") -> httpx2.Response:
    """The whole way: our page, the provider, back to us."""
    there = client.get(start)
    assert there.status_code == 303, there.text
    return client.get("/sign-in/openid/return", params=sign_in_there(there.headers["location"], login))


def test_the_whole_way_makes_an_account_and_opens_a_session(
    services: Services, browser: Callable[[], TestClient]
) -> None:
    client = browser()
    assert "Compte de l'établissement" in client.get("/sign-in").text
    answer = enter(client, "claire")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Claire Martin" in client.get("/profile").text
    made = services.accounts.get("claire")
    assert made is not None
    assert (made.roles, made.has_password) == ((Role.CLINICIAN,), False)
    entry = services.ledger.entries(event="AccountChanged")[-1]
    assert (entry.actor.id, entry.actor.kind) == ("openid", "program")
    enter(browser(), "claire")
    assert len(services.accounts.all()) == 1, "the second time it is the same account"


def test_pkce_state_and_nonce_are_sent_and_new_each_time(provider: OpenID) -> None:
    seen = [dict(parse_qsl(urlsplit(provider.start(RETURN_TO, None)[0]).query)) for _ in range(2)]
    for query in seen:
        assert query["code_challenge_method"] == "S256"
        assert query["response_type"] == "code"
        assert min(len(query[key]) for key in ("state", "nonce", "code_challenge")) >= 32
    assert all(seen[0][key] != seen[1][key] for key in ("state", "nonce", "code_challenge"))


def test_the_page_asked_for_comes_after_and_never_one_elsewhere(browser: Callable[[], TestClient]) -> None:
    assert enter(browser(), "claire", "/sign-in/openid?next=/applications").headers["location"] == "/applications"
    assert enter(browser(), "claire", "/sign-in/openid?next=//evil.example").headers["location"] == "/"


def test_roles_follow_the_groups_at_each_sign_in(services: Services, browser: Callable[[], TestClient]) -> None:
    enter(browser(), "marc")
    services.accounts.set_roles("marc", [Role.PHARMACIST], TEST, services.clock())
    enter(browser(), "marc")
    found = services.accounts.get("marc")
    assert found is not None
    assert found.roles == (Role.BED_MANAGER, Role.MANAGER)


def test_without_a_group_that_has_a_role_nobody_enters(services: Services, browser: Callable[[], TestClient]) -> None:
    client = browser()
    answer = enter(client, "visitor")
    assert answer.status_code == 403
    assert "n&#39;ouvre aucun rôle ici" in answer.text
    assert services.accounts.all() == []
    assert client.get("/profile").status_code == 303


def test_a_local_account_of_the_same_name_is_not_taken_over(
    services: Services, browser: Callable[[], TestClient]
) -> None:
    make_account(services, "claire", Role.ADMINISTRATOR)
    enter(browser(), "claire")
    names = [account.name for account in services.accounts.all()]
    assert len(names) == 2
    assert names[1].startswith("claire-")
    local = services.accounts.get("claire")
    assert local is not None
    assert local.roles == (Role.ADMINISTRATOR,)


def test_a_hostile_name_becomes_a_harmless_one(services: Services, browser: Callable[[], TestClient]) -> None:
    client = browser()
    enter(client, "hostile")
    assert services.accounts.all()[0].name.startswith("openid-")
    assert "<script>alert" not in client.get("/profile").text


def test_an_account_disabled_here_stays_out(services: Services, browser: Callable[[], TestClient]) -> None:
    enter(browser(), "claire")
    services.accounts.disable("claire", TEST, services.clock())
    answer = enter(browser(), "claire")
    assert (answer.status_code, "Ce compte est fermé" in answer.text) == (403, True)


def test_somebody_who_declines_is_told_so(browser: Callable[[], TestClient]) -> None:
    answer = enter(browser(), None)
    assert answer.status_code == 403
    assert "n&#39;a pas confirmé" in answer.text


def test_an_answer_to_another_browser_or_a_second_time_is_refused(browser: Callable[[], TestClient]) -> None:
    client, other = browser(), browser()
    query = sign_in_there(client.get("/sign-in/openid").headers["location"], "claire")
    assert other.get("/sign-in/openid/return", params=query).status_code == 403
    assert client.get("/sign-in/openid/return", params=query).status_code == 303
    assert client.get("/sign-in/openid/return", params=query).status_code == 403


def there_and_back(provider: OpenID, login: str = "claire") -> tuple[Mapping[str, str], Attempt]:
    """What comes back for an attempt."""
    address, attempt = provider.start(RETURN_TO, None)
    return sign_in_there(address, login), attempt


def refused(provider: OpenID, query: Mapping[str, str], attempt: Attempt, clock: Clock) -> str:
    """The sentence of the refusal."""
    with pytest.raises(Refusal) as raised:
        provider.finish(query, attempt, RETURN_TO, clock())
    return str(raised.value)


@pytest.mark.parametrize("field", ["state", "nonce", "verifier"])
def test_an_attempt_that_does_not_fit_is_refused(provider: OpenID, clock: Clock, field: str) -> None:
    query, attempt = there_and_back(provider)
    wrong = replace(attempt, **{field: "x" * 48})
    assert "could not be verified" in refused(provider, query, wrong, clock)


def test_a_made_up_code_is_refused(provider: OpenID, clock: Clock) -> None:
    query, attempt = there_and_back(provider)
    assert "could not be verified" in refused(provider, {**query, "code": "made up"}, attempt, clock)


def test_an_expired_token_is_refused(provider: OpenID, clock: Clock) -> None:
    query, attempt = there_and_back(provider)
    clock.at += timedelta(days=2)
    assert "could not be verified" in refused(provider, query, attempt, clock)


def tokens(provider: OpenID) -> tuple[str, dict[str, Any], Attempt]:
    """A real ID token, the provider's keys, and the attempt it answers."""
    query, attempt = there_and_back(provider)
    with httpx.Client() as client:
        discovered = provider._discover(client)
        answer = provider._exchange(client, discovered, query["code"], attempt.verifier, RETURN_TO)
        return answer["id_token"], client.get(discovered["jwks_uri"]).json(), attempt


def test_a_token_meant_for_another_client_is_refused(
    provider: OpenID, issuer: str, tmp_path: Path, clock: Clock
) -> None:
    token, keys, attempt = tokens(OpenID(settings(issuer, tmp_path, "another")))
    with pytest.raises(Refusal, match="could not be verified"):
        provider._verified(token, keys, attempt.nonce, clock())


def test_a_token_of_another_issuer_is_refused(provider: OpenID, tmp_path: Path, clock: Clock) -> None:
    token, keys, attempt = tokens(provider)
    other = OpenID(settings("http://127.0.0.1:9", tmp_path))
    with pytest.raises(Refusal, match="could not be verified"):
        other._verified(token, keys, attempt.nonce, clock())


def test_a_token_changed_unsigned_or_signed_with_the_secret_is_refused(provider: OpenID, clock: Clock) -> None:
    token, keys, attempt = tokens(provider)
    assert provider._verified(token, keys, attempt.nonce, clock())["sub"] == "claire"
    header, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    forged = [
        f"{header}.{part({**claims, 'sub': 'marc'})}.{signature}",
        f"{part({'alg': 'none'})}.{body}.",
        jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(b"secret of cognoscope & co, lengthened")),
        "not a token",
        "",
    ]
    for candidate in forged:
        with pytest.raises(Refusal, match="could not be verified"):
            provider._verified(candidate, keys, attempt.nonce, clock())


def test_a_provider_that_is_down_gives_a_sentence_and_local_accounts_still_enter(
    home: Home, tmp_path: Path, clock: Clock
) -> None:
    write_settings(home, settings("http://127.0.0.1:9", tmp_path))
    with TestClient(create_app(home, applications=(), clock=clock), follow_redirects=False) as client:
        answer = client.get("/sign-in/openid?lang=en")
    assert answer.status_code == 502
    assert "sign-in service does not answer" in answer.text
    assert 'name="password"' in answer.text


def test_without_a_provider_in_the_settings_its_addresses_do_not_exist(home: Home, clock: Clock) -> None:
    with TestClient(create_app(home, applications=(), clock=clock), follow_redirects=False) as client:
        assert client.get("/sign-in/openid").status_code == 404
        assert "établissement</a>" not in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"issuer": "http://idp.example"}, "must be an https address"),
        ({"roles": {"x": "emperor"}}, "unknown roles: emperor"),
        ({"client_secret_file": "/nowhere/secret"}, "cannot be read"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_start(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    given = {**settings("https://idp.example", tmp_path).plain(), **changes}
    with pytest.raises(InvalidInput, match=sentence):
        OpenID(OpenIDSettings.model_validate(given))
