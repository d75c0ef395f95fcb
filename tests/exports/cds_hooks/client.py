"""Prescription software of an invented hospital: its keys, its tokens, its calls."""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.testclient import TestClient
from tests.web.people import TEST

from cognoscope.core.actor import Role
from cognoscope.web.machine_clients import MachineClient, MachineClients
from cognoscope.web.services import Services

ISSUER = "https://prescription.hopital.example/"
BASE = "http://testserver"
ELLIPTIC = ECKey.generate_key("P-384", {"kid": "one", "use": "sig"})
RSA = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})


def write_keys(folder: Path, *keys: ECKey | RSAKey) -> Path:
    """A JWK Set file of public keys."""
    path = folder / "jwks.json"
    path.write_text(json.dumps(KeySet(list(keys or (ELLIPTIC, RSA))).as_dict(private=False)))
    return path


def register(services: Services, folder: Path, **more: Any) -> MachineClient:
    """The software, registered."""
    given = {"name": "prescriptions", "issuer": ISSUER, **more}
    clients = MachineClients(services.ledger)
    return clients.add(jwks=write_keys(folder), actor=TEST, at=services.clock(), **given)


def token(
    services: Services,
    url: str,
    *,
    key: Any = ELLIPTIC,
    algorithm: str = "ES384",
    header: dict[str, Any] | None = None,
    **claims: Any,
) -> str:
    """A token for an address; a claim given as None is left out."""
    at = services.clock()
    given = {
        "iss": ISSUER,
        "aud": url,
        "iat": int(at.timestamp()),
        "exp": int((at + timedelta(minutes=5)).timestamp()),
        "jti": str(uuid.uuid4()),
        **claims,
    }
    said = {name: value for name, value in given.items() if value is not None}
    head = {"alg": algorithm, "kid": key.kid, "typ": "JWT", **(header or {})}
    return jwt.encode(head, said, key, algorithms=[algorithm])


class Software:
    """Calls as the registered software does: every request with a token of its own."""

    def __init__(self, browser: TestClient, services: Services) -> None:
        self.browser = browser
        self.services = services

    def headers(self, path: str, **claims: Any) -> dict[str, str]:
        """The header that signs a request to that path."""
        return {"Authorization": f"Bearer {token(self.services, BASE + path, **claims)}"}

    def discover(self) -> httpx2.Response:
        """Ask which services there are."""
        return self.browser.get("/cds-services", headers=self.headers("/cds-services"))

    def call(self, service: str, body: dict[str, Any] | bytes, **headers: str) -> httpx2.Response:
        """Call a service."""
        path = f"/cds-services/{service}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **self.headers(path), **headers}
        return self.browser.post(path, content=content, headers=sent)

    def feedback(self, service: str, *entries: dict[str, Any]) -> httpx2.Response:
        """Tell what people did with cards."""
        path = f"/cds-services/{service}/feedback"
        return self.browser.post(path, json={"feedback": list(entries)}, headers=self.headers(path))


__all__ = ["BASE", "ELLIPTIC", "ISSUER", "RSA", "Role", "Software", "register", "token", "write_keys"]
