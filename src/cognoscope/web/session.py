"""Sessions: a signed random name in the cookie, everything else on the server, so that a session can be ended there."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from itsdangerous import BadSignature, Signer
from sqlalchemy import Engine, Row, delete, insert, select, update

from cognoscope.core.actor import Actor, Role, person
from cognoscope.web.tables import account, account_role, web_session
from cognoscope.web.unchanged import Unchanged

SESSION_COOKIE = "cognoscope_session"
IDLE_SECONDS = 60 * 60
ABSOLUTE_SECONDS = 12 * 60 * 60
_SEEN_EVERY = 60
"""A session's last use is written at most once a minute: reading a page must not cost a write."""


@dataclass(frozen=True)
class Person:
    """Somebody signed in, acting in one of their roles."""

    account: str
    display_name: str
    roles: tuple[Role, ...]
    role: Role
    must_change_password: bool

    @property
    def actor(self) -> Actor:
        """The actor to write beside what they do."""
        return person(self.account, self.role)


class Sessions:
    """The sessions of one installation."""

    def __init__(self, engine: Engine, key: bytes, unchanged: Unchanged) -> None:
        self.engine = engine
        self.key = key
        self._unchanged = unchanged
        self._signer = Signer(key, salt="session", digest_method=hashlib.sha256)

    def start(self, name: str, role: Role, at: datetime) -> str:
        """Open a session and return its name; old ones of the installation that ran out are removed."""
        session_id = secrets.token_urlsafe(32)
        now = int(at.timestamp())
        with self.engine.begin() as connection:
            connection.execute(delete(web_session).where(_ran_out(now)))
            connection.execute(
                insert(web_session).values(
                    id_hash=_hashed(session_id), account=name, role=role.value, created_at=now, seen_at=now
                )
            )
        return session_id

    def find(self, session_id: str, at: datetime) -> Person | None:
        """Who is signed in under this name, or None when it ended, ran out, or the account may no longer enter."""
        hashed = _hashed(session_id)
        rows = self._unchanged.get(("session", hashed), lambda: self._read(hashed))
        found = _person(rows, int(at.timestamp()))
        if found is not None and _long_unseen(rows, int(at.timestamp())):
            self._change(session_id, seen_at=int(at.timestamp()))
        return found

    def known(self, session_id: str, at: datetime) -> Person | None:
        """As `find`, without waiting for the database: None also when it was written to since the session was read."""
        rows = self._unchanged.peek(("session", _hashed(session_id)))
        now = int(at.timestamp())
        return _person(rows, now) if rows and not _long_unseen(rows, now) else None

    def _read(self, hashed: str) -> Sequence[Row[Any]]:
        session = web_session.c
        query = (
            select(session.role, session.seen_at, session.created_at, account, account_role.c.role.label("held"))
            .join(account, account.c.name == session.account)
            .join(account_role, account_role.c.account == account.c.name)
            .where(session.id_hash == hashed, account.c.disabled.is_(False))
        )
        with self.engine.connect() as connection:
            return connection.execute(query).all()

    def choose_role(self, session_id: str, role: Role) -> None:
        """Act in another role from now on."""
        self._change(session_id, role=role.value)

    def end(self, session_id: str) -> None:
        """Sign out."""
        with self.engine.begin() as connection:
            connection.execute(delete(web_session).where(web_session.c.id_hash == _hashed(session_id)))

    def _change(self, session_id: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(update(web_session).where(web_session.c.id_hash == _hashed(session_id)).values(values))

    def read_cookie(self, request: Request) -> str | None:
        """The session's name from the cookie, None when there is none or it was not signed here."""
        try:
            return self._signer.unsign(request.cookies.get(SESSION_COOKIE, "")).decode()
        except BadSignature:
            return None

    def set_cookie(self, request: Request, response: Response, session_id: str) -> None:
        """Hand the session's name to the browser."""
        response.set_cookie(
            SESSION_COOKIE,
            self._signer.sign(session_id).decode(),
            max_age=ABSOLUTE_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )


def _hashed(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()


def _person(rows: Sequence[Row[Any]], now: int) -> Person | None:
    """The person of a session's rows, one for each role held; None when there are none or the session ran out."""
    if not rows or rows[0].seen_at <= now - IDLE_SECONDS or rows[0].created_at <= now - ABSOLUTE_SECONDS:
        return None
    first = rows[0]
    roles = tuple(sorted(Role(row.held) for row in rows))
    return Person(
        account=first.name,
        display_name=first.display_name,
        roles=roles,
        role=Role(first.role) if Role(first.role) in roles else roles[0],
        must_change_password=first.must_change,
    )


def _long_unseen(rows: Sequence[Row[Any]], now: int) -> bool:
    return bool(rows[0].seen_at <= now - _SEEN_EVERY)


def _ran_out(now: int):  # type: ignore[no-untyped-def]
    return (web_session.c.seen_at <= now - IDLE_SECONDS) | (web_session.c.created_at <= now - ABSOLUTE_SECONDS)
