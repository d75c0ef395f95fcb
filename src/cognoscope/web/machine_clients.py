"""Programs that may call our services: each change of the list and its ledger entry become durable together.

A program is registered with its public keys in a file (RFC 7517), never with an address to fetch them from: a
hospital's server need not reach the internet. The ledger holds the registration as `AccountChanged` of the account
`client:NAME`: a program's account is made, and disabled, as a person's is.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from sqlalchemy import delete, insert, select

from cognoscope.core.actor import Actor, Role
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import AccountChanged
from cognoscope.core.ledger import Ledger, Transaction
from cognoscope.web.machine_tables import machine_client

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
ACCOUNT = "client:"
MOST_BYTES = 100_000
LEAST_RSA_BITS = 2048
ROLES = (Role.CLINICIAN, Role.PHARMACIST)
"""In which role the people behind a program act."""


@dataclass(frozen=True)
class MachineClient:
    """A registered program. `issuer` is the `iss` of its tokens, `keys` verify them (`jwks` is how they are kept);
    `origins` are those of its pages that call us from a browser; `role` is the one in which the people it names decide.
    """

    name: str
    issuer: str
    role: Role
    origins: tuple[str, ...]
    keys: KeySet
    jwks: str


class MachineClients:
    """The registered programs of one installation."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def all(self) -> list[MachineClient]:
        """Every program by name."""
        with self.ledger.engine.connect() as connection:
            rows = connection.execute(select(machine_client).order_by(machine_client.c.name)).all()
        return [
            MachineClient(
                name=row.name,
                issuer=row.issuer,
                role=Role(row.role),
                origins=tuple(json.loads(row.origins)),
                keys=KeySet.import_key_set(json.loads(row.jwks)),
                jwks=row.jwks,
            )
            for row in rows
        ]

    def add(
        self,
        name: str,
        issuer: str,
        jwks: Path,
        actor: Actor,
        at: datetime,
        *,
        origins: Iterable[str] = (),
        role: Role = Role.CLINICIAN,
    ) -> MachineClient:
        """Register a program.

        Raises:
            InvalidInput: the name, issuer, keys or an origin cannot be used, or one of the first two is taken.
        """
        if not NAME.fullmatch(name):
            raise InvalidInput(f"The name {name!r} cannot be used: lower-case letters, digits and dashes, at most 60.")
        if role not in ROLES:
            raise InvalidInput(f"Prescription software acts for a {' or a '.join(ROLES)}, not for a {role}.")
        issuer = _issuer(issuer)
        keys = read_keys(jwks)
        kept = tuple(dict.fromkeys(_origin(origin) for origin in origins))
        public = json.dumps(keys.as_dict(private=False))
        values = {
            "name": name,
            "issuer": issuer,
            "role": role.value,
            "origins": json.dumps(kept),
            "jwks": public,
            "created_at": int(at.timestamp()),
        }
        prints = ", ".join(str(key.thumbprint()) for key in keys.keys)

        def act(transaction: Transaction) -> None:
            taken = transaction.connection.execute(
                select(machine_client.c.name, machine_client.c.issuer).where(
                    (machine_client.c.name == name) | (machine_client.c.issuer == issuer)
                )
            ).first()
            if taken is not None:
                raise InvalidInput(
                    f"The client {taken.name} with the issuer {taken.issuer} is registered already: remove it first."
                )
            transaction.connection.execute(insert(machine_client).values(values))
            detail = f"issuer {issuer}; role {role}; keys {prints}"
            transaction.append(AccountChanged(account=ACCOUNT + name, change="created", detail=detail), actor, at)

        self.ledger.write(act)
        return MachineClient(name, issuer, role, kept, keys, public)

    def remove(self, name: str, actor: Actor, at: datetime) -> None:
        """Take a program off the list; its next call is refused.

        Raises:
            InvalidInput: there is none of that name.
        """

        def act(transaction: Transaction) -> None:
            gone = transaction.connection.execute(delete(machine_client).where(machine_client.c.name == name))
            if not gone.rowcount:
                raise InvalidInput(f"There is no client {name}: `cognoscope client list` shows those there are.")
            transaction.append(AccountChanged(account=ACCOUNT + name, change="disabled"), actor, at)

        self.ledger.write(act)


def read_keys(path: Path) -> KeySet:
    """The public keys in a JWK Set file (RFC 7517 section 5): elliptic curve P-384, or RSA of at least 2048 bits.

    Raises:
        InvalidInput: the file is no such set, or holds a private or a shared key.
    """
    try:
        content = path.read_bytes()[: MOST_BYTES + 1]
    except OSError as error:
        raise InvalidInput(f"The key file {path} cannot be read: {error.strerror}.") from error
    try:
        entries: Any = json.loads(content)["keys"] if len(content) <= MOST_BYTES else []
        usable = isinstance(entries, list) and entries and all(isinstance(entry, dict) for entry in entries)
        if not usable:
            raise ValueError("no keys")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidInput(
            f"{path} is not a JSON Web Key Set: it must hold an object with a list of `keys`."
        ) from error
    if any(name in entry for entry in entries for name in ("d", "p", "q", "k")):
        raise InvalidInput(
            f"{path} holds a private key: it must never leave the client. Ask for the public set and a new key."
        )
    names = [entry.get("kid") for entry in entries]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) != len(names):
        raise InvalidInput(f"Each key in {path} needs a `kid` of its own: ask the client's maker for one.")
    try:
        keys = KeySet.import_key_set({"keys": entries})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise InvalidInput(f"A key in {path} cannot be read: ask the client's maker for a correct set.") from error
    for key in keys.keys:
        elliptic = isinstance(key, ECKey) and key.curve_name == "P-384"
        rsa = isinstance(key, RSAKey) and key.public_key.key_size >= LEAST_RSA_BITS
        if not elliptic and not rsa:
            raise InvalidInput(
                f"The key {key.kid} in {path} cannot be used: ES384 needs the curve P-384, "
                f"RS384 an RSA key of at least {LEAST_RSA_BITS} bits."
            )
    return keys


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http", "urn") or not (parts.netloc or parts.path) or len(text) > 512:
        raise InvalidInput(f"The issuer {text!r} is not a URI such as https://prescription.hospital.example/.")
    return text


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.path.strip("/") or parts.query:
        raise InvalidInput(f"The origin {text!r} is not one: write https://host or https://host:port, without a path.")
    return f"{parts.scheme}://{parts.netloc}".lower()
