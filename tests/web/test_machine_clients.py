"""Programs are registered by their public keys, and each request proves who sent it, once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from sqlalchemy import inspect
from starlette.testclient import TestClient
from tests.exports.cds_hooks.client import BASE, ELLIPTIC, ISSUER, RSA, Software, register, token, write_keys
from tests.web.people import TEST, Clock

from cognoscope.core.actor import Role
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import AccountChanged
from cognoscope.core.home import Home
from cognoscope.exports.cds_hooks.tables import METADATA as CARDS
from cognoscope.intake import keys
from cognoscope.web.machine_clients import MachineClients, read_keys
from cognoscope.web.machine_tables import METADATA as MACHINE
from cognoscope.web.machine_trust import MachineTrust, NotTrusted
from cognoscope.web.pages.cds_hooks import SignedRequest
from cognoscope.web.permissions import Permission
from cognoscope.web.security import check_every_route, require
from cognoscope.web.services import Services

PATH = "/cds-services"
URL = BASE + PATH


@pytest.fixture
def software(home: Home, services: Services, browser: Callable[[], TestClient], tmp_path: Path) -> Software:
    """Registered prescription software."""
    keys.create(home)
    register(services, tmp_path)
    return Software(browser(), services)


def test_discovery_needs_a_registered_program(software: Software) -> None:
    assert software.browser.get(PATH).status_code == 401
    answer = software.discover()
    assert answer.status_code == 200
    assert {each["hook"] for each in answer.json()["services"]} == {"order-select", "order-sign", "patient-view"}


def test_a_refusal_is_a_sentence_in_json(software: Software) -> None:
    answer = software.browser.get(PATH)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "Authorization" in answer.json()["message"]


def test_a_token_passes_once(software: Software) -> None:
    headers = software.headers(PATH)
    assert software.browser.get(PATH, headers=headers).status_code == 200
    again = software.browser.get(PATH, headers=headers)
    assert again.status_code == 401
    assert "used before" in again.json()["message"]


def test_a_token_passes_once_whichever_worker_sees_it(software: Software, services: Services) -> None:
    signed = token(services, URL)
    for place in range(2):
        trust = MachineTrust(MachineClients(services.ledger))
        caller = trust.check(f"Bearer {signed}", {URL}, services.clock())
        if place:
            with pytest.raises(NotTrusted, match="used before"):
                services.ledger.write(caller.use)
        else:
            services.ledger.write(caller.use)


def test_rsa_keys_sign_too(software: Software) -> None:
    headers = software.headers(PATH, key=RSA, algorithm="RS384")
    assert software.browser.get(PATH, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"aud": "https://elsewhere.example/cds-services"}, "`aud`"),
        ({"aud": None}, "`aud`"),
        ({"aud": URL + "/cognoscope-order-sign"}, "`aud`"),
        ({"iss": "https://unknown.example/"}, "`iss`"),
        ({"iss": 7}, "`iss`"),
        ({"jti": None}, "`jti`"),
        ({"jti": ""}, "`jti`"),
        ({"iat": None}, "`iat`"),
        ({"exp": "tomorrow"}, "`exp`"),
        ({"exp": 1}, "expired"),
        ({"iat": 4_000_000_000, "exp": 4_000_000_100}, "future"),
        ({"exp": 4_000_000_000}, "too long"),
        ({"header": {"kid": "three"}}, "`kid`"),
        ({"key": ECKey.generate_key("P-384", {"kid": "one"})}, "signature"),
    ],
)
def test_a_token_that_does_not_hold_is_refused(software: Software, claims: dict[str, Any], sentence: str) -> None:
    answer = software.browser.get(PATH, headers=software.headers(PATH, **claims))
    assert answer.status_code == 401
    assert sentence in answer.json()["message"]


def test_weak_and_shared_signatures_are_refused(software: Software, services: Services) -> None:
    shared = OctKey.import_key(json.dumps(ELLIPTIC.as_dict(private=False)), {"kid": "one"})
    for signed in (
        token(services, URL, key=shared, algorithm="HS256"),
        token(services, URL, key=RSA, algorithm="RS256"),
        token(services, URL).rpartition(".")[0] + ".",
    ):
        answer = software.browser.get(PATH, headers={"Authorization": f"Bearer {signed}"})
        assert answer.status_code == 401, signed


def test_aud_may_be_a_list_and_is_the_same_address_however_it_is_written(software: Software) -> None:
    for audience in ([URL, "https://elsewhere.example"], "http://TESTSERVER:80/cds-services/"):
        assert software.browser.get(PATH, headers=software.headers(PATH, aud=audience)).status_code == 200


@given(st.text(max_size=60))
def test_no_header_whatever_makes_it_stumble(text: str) -> None:
    trust = MachineTrust(MachineClients.__new__(MachineClients))
    for header in (text, f"Bearer {text}", f"Bearer {text}.{text}.{text}"):
        with pytest.raises((NotTrusted, AttributeError)) as caught:
            trust.check(header, {URL}, Clock()())
        assert isinstance(caught.value, NotTrusted) or "ledger" in str(caught.value)


def test_a_removed_client_is_refused_at_its_next_call(software: Software, services: Services) -> None:
    assert software.discover().status_code == 200
    MachineClients(services.ledger).remove("prescriptions", TEST, services.clock())
    assert software.discover().status_code == 401


def test_a_client_with_new_keys_is_known_at_once(software: Software, services: Services, tmp_path: Path) -> None:
    assert software.discover().status_code == 200
    clients = MachineClients(services.ledger)
    clients.remove("prescriptions", TEST, services.clock())
    fresh = ECKey.generate_key("P-384", {"kid": "fresh"})
    clients.add("prescriptions", ISSUER, write_keys(tmp_path, fresh), TEST, services.clock())
    assert software.discover().status_code == 401
    assert software.browser.get(PATH, headers=software.headers(PATH, key=fresh)).status_code == 200


def test_changes_of_the_list_are_in_the_ledger(services: Services, tmp_path: Path) -> None:
    register(services, tmp_path, role=Role.PHARMACIST)
    MachineClients(services.ledger).remove("prescriptions", TEST, services.clock())
    made, gone = (entry.event for entry in services.ledger.entries(event="AccountChanged"))
    assert isinstance(made, AccountChanged)
    assert (made.account, made.change) == ("client:prescriptions", "created")
    assert ISSUER in made.detail
    assert "pharmacist" in made.detail
    assert isinstance(gone, AccountChanged)
    assert gone.change == "disabled"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": "Big Name"}, "lower-case"),
        ({"issuer": "no uri"}, "not a URI"),
        ({"origins": ["https://host/path"]}, "origin"),
        ({"role": Role.PATIENT}, "acts for"),
    ],
)
def test_what_cannot_be_registered(services: Services, tmp_path: Path, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        register(services, tmp_path, **more)
    assert MachineClients(services.ledger).all() == []


def test_a_name_and_an_issuer_are_registered_once(services: Services, tmp_path: Path) -> None:
    register(services, tmp_path)
    for more in ({"issuer": "https://other.example/"}, {"name": "other"}):
        with pytest.raises(InvalidInput, match="registered already"):
            register(services, tmp_path, **more)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "not a JSON Web Key Set"),
        ("[]", "not a JSON Web Key Set"),
        ('{"keys": []}', "not a JSON Web Key Set"),
        ('{"keys": [1]}', "not a JSON Web Key Set"),
        ('{"keys": [{"kty": "oct", "kid": "a", "k": "AAAA"}]}', "private"),
        ('{"keys": [{"kty": "EC", "kid": "a"}]}', "cannot be read"),
        (json.dumps({"keys": [ELLIPTIC.as_dict(private=True)]}), "private"),
        (json.dumps({"keys": [ELLIPTIC.as_dict(private=False)] * 2}), "kid"),
        (json.dumps(KeySet([ECKey.generate_key("P-256", {"kid": "a"})]).as_dict(private=False)), "P-384"),
    ],
    # Keys are drawn anew in each process, which all must know the tests by the same names.
    ids=["empty", "list", "no-key", "number", "symmetric", "unreadable", "private", "twice", "other-curve"],
)
def test_key_files_that_cannot_be_used(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(InvalidInput, match=sentence):
        read_keys(path)


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_a_short_rsa_key(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="2048"):
        read_keys(write_keys(tmp_path, RSAKey.generate_key(1024, {"kid": "a"})))


def test_a_missing_key_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_keys(tmp_path / "nothing.json")


def test_browsers_may_call_from_registered_origins_only(
    home: Home, services: Services, browser: Callable[[], TestClient], tmp_path: Path
) -> None:
    keys.create(home)
    register(services, tmp_path, origins=["https://ehr.example"])
    software = Software(browser(), services)
    asked = {"Origin": "https://ehr.example", "Access-Control-Request-Method": "POST"}
    for path in (PATH, f"{PATH}/cognoscope-order-sign"):
        preflight = software.browser.options(path, headers=asked)
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == "https://ehr.example"
        assert "access-control-allow-credentials" not in preflight.headers
        assert software.browser.options(path, headers={"Origin": "https://evil.example"}).status_code == 403
    known = software.browser.get(PATH, headers={**software.headers(PATH), "Origin": "https://ehr.example"})
    assert (known.status_code, known.headers["access-control-allow-origin"]) == (200, "https://ehr.example")
    other = software.browser.get(PATH, headers={**software.headers(PATH), "Origin": "https://evil.example"})
    assert other.status_code == 403
    assert "access-control-allow-origin" not in other.headers


def test_a_session_opens_nothing_that_is_for_programs(
    home: Home, services: Services, person: Callable[..., TestClient]
) -> None:
    keys.create(home)
    doctor = person("doctor", Role.CLINICIAN)
    assert doctor.get(PATH).status_code == 401
    assert doctor.post(f"{PATH}/cognoscope-order-sign", json={}).status_code == 401


def test_a_route_for_programs_asks_for_no_persons_permission() -> None:
    app, router = FastAPI(openapi_url=None), APIRouter()
    router.get("/both", dependencies=[Depends(SignedRequest()), Depends(require(Permission.READ_INBOX))])(lambda: None)
    app.include_router(router)
    with pytest.raises(RuntimeError, match="for programs"):
        check_every_route(app)


def test_the_database_has_the_tables_the_code_describes(services: Services) -> None:
    found = inspect(services.ledger.engine)
    for table in (*MACHINE.tables.values(), *CARDS.tables.values()):
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}
