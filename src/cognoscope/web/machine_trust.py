"""Who signed this request: the JSON Web Token of a registered program, checked as CDS Hooks 2.0 asks.

Reference: CDS Hooks 2.0, "Security and Safety", "Trusting CDS Clients" and "JWT Signing Algorithm": every request holds
a token of its own, signed with a private key, whose `aud` is the address called. Keys come from the registration; the
header `jku` is not followed.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws, jwt
from joserfc.errors import JoseError
from sqlalchemy import text

from cognoscope.core.actor import Actor, Role, program
from cognoscope.core.errors import NotAllowed
from cognoscope.core.transaction import Transaction
from cognoscope.web.machine_clients import MachineClient, MachineClients

ALGORITHMS = ["ES384", "RS384"]
"""The two that the specification recommends."""

LONGEST_SECONDS = 3600
"""For how long a token may stand: it is remembered as used until it ends."""

LEEWAY_SECONDS = 60
MOST_CHARACTERS = 8000
PURGE_SECONDS = 60
_STANDS = text("SELECT 1 FROM machine_client WHERE name = :name AND jwks = :jwks")
_USE = text("INSERT INTO machine_nonce (id_hash, expires_at) VALUES (:id_hash, :expires_at) ON CONFLICT DO NOTHING")
_PURGE = text("DELETE FROM machine_nonce WHERE expires_at < :now")


class NotTrusted(NotAllowed):
    """The request does not prove that a registered program sent it."""


@dataclass(frozen=True)
class Caller:
    """The program behind one request."""

    client: MachineClient
    nonce: str
    checked_at: int
    expires_at: int
    trust: "MachineTrust"

    @property
    def name(self) -> str:
        """The name it is registered under."""
        return self.client.name

    @property
    def issuer(self) -> str:
        """The `iss` of its tokens: user identifiers are its own."""
        return self.client.issuer

    @property
    def role(self) -> Role:
        """In which role the people behind it decide."""
        return self.client.role

    @property
    def origins(self) -> tuple[str, ...]:
        """The web origins it may call from."""
        return self.client.origins

    @property
    def actor(self) -> Actor:
        """What the ledger says did it."""
        return program(f"client.{self.client.name}")

    def use(self, transaction: Transaction) -> None:
        """Use the token up, together with what the request records: it passes once, and while the client is registered.

        Raises:
            NotTrusted: it was used before, or the client was removed meanwhile.
        """
        self.trust.use(transaction, self)


class MachineTrust:
    """Checks tokens. Clients are read again when one is not known; that it still stands is asked with each use."""

    def __init__(self, clients: MachineClients) -> None:
        self._clients = clients
        self._known: dict[str, MachineClient] = {}
        self._purged_at = 0

    def check(self, authorization: str | None, audiences: Collection[str], at: datetime) -> Caller:
        """The program that signed the request.

        authorization: the header of that name. audiences: the addresses that may stand in `aud`.

        Raises:
            NotTrusted: says what is wrong, without repeating anything of the token.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotTrusted("Each request needs the header `Authorization: Bearer` with a signed token of its own.")
        client = self._client(token.strip())
        try:
            claims = jwt.decode(token.strip(), client.keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotTrusted(
                f"The token's signature does not hold: it must be made with {' or '.join(ALGORITHMS)} and a key that "
                "the client registered."
            ) from error
        expires_at = _check_times(claims, int(at.timestamp()))
        named = claims.get("aud")
        named = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        if not {_address(one) for one in named if isinstance(one, str)} & {_address(one) for one in audiences}:
            raise NotTrusted("The token's `aud` is not the address called: make a token for this very address.")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not jti:
            raise NotTrusted("The token has no `jti`: each needs one of its own.")
        nonce = hashlib.sha256(f"{client.issuer}\0{jti}".encode()).hexdigest()
        return Caller(client, nonce, int(at.timestamp()), expires_at, self)

    def use(self, transaction: Transaction, caller: Caller) -> None:
        """See `Caller.use`."""
        connection, client = transaction.connection, caller.client
        stands = connection.execute(_STANDS, {"name": client.name, "jwks": client.jwks}).first()
        if stands is None:
            self._known.pop(client.issuer, None)
            raise NotTrusted("The client is no longer registered here.")
        used = connection.execute(_USE, {"id_hash": caller.nonce, "expires_at": caller.expires_at + LEEWAY_SECONDS})
        if not used.rowcount:
            raise NotTrusted("This token was used before: each request needs one of its own.")
        if caller.checked_at > self._purged_at + PURGE_SECONDS:
            self._purged_at = caller.checked_at
            connection.execute(_PURGE, {"now": caller.checked_at})

    def origins(self) -> frozenset[str]:
        """Every origin that some registered program calls from."""
        return frozenset(origin for client in self._read() for origin in client.origins)

    def _read(self) -> list[MachineClient]:
        clients = self._clients.all()
        self._known = {client.issuer: client for client in clients}
        return clients

    def _client(self, token: str) -> MachineClient:
        try:
            if len(token) > MOST_CHARACTERS:
                raise ValueError
            parts = jws.extract_compact(token.encode("ascii"))
            header, payload = parts.headers(), json.loads(parts.payload)
            kid, issuer = header.get("kid"), payload.get("iss")
        except (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            raise NotTrusted("What follows `Bearer` is not a JSON Web Token.") from error
        if not isinstance(issuer, str) or not isinstance(kid, str):
            raise NotTrusted("The token needs `iss` among its claims and `kid` in its header.")
        for known in (self._known, None):
            if known is None:
                self._read()
            client = self._known.get(issuer)
            if client is not None and any(key.kid == kid for key in client.keys.keys):
                return client
        if client is None:
            raise NotTrusted("The token's `iss` is no registered client's: `cognoscope client add` registers one.")
        raise NotTrusted("The token's `kid` is not that of a key the client registered.")


def _check_times(claims: dict[str, Any], now: int) -> int:
    """The end of a token's life, in seconds since 1970."""
    times = [claims.get(name) for name in ("iat", "exp")]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and abs(one) < 1e12 for one in times):
        raise NotTrusted("The token needs `iat` and `exp`, in seconds since 1970.")
    issued, expires = (int(one) for one in times if one is not None)
    if expires < now - LEEWAY_SECONDS:
        raise NotTrusted("The token has expired: make one for each request, and compare the two clocks.")
    if issued > now + LEEWAY_SECONDS:
        raise NotTrusted("The token is dated in the future: compare the two clocks.")
    if expires - issued > LONGEST_SECONDS or expires > now + LONGEST_SECONDS + LEEWAY_SECONDS:
        raise NotTrusted(f"The token stands for too long: at most {LONGEST_SECONDS // 60} minutes.")
    return expires


def _address(url: str) -> tuple[str, str, int | None, str]:
    """What makes two addresses the same one: scheme, host, port and path."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
        return parts.scheme, (parts.hostname or "").lower(), port, parts.path.rstrip("/")
    except ValueError:
        return "", "", None, url
