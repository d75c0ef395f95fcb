"""Guessing passwords is slowed down, by account and by address, for all workers alike."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select

from cognoscope.web.tables import sign_in_failure


@dataclass(frozen=True)
class Limit:
    """At most `failures` within `window`."""

    failures: int
    window: timedelta


PER_ACCOUNT = Limit(5, timedelta(minutes=15))
PER_ADDRESS = Limit(30, timedelta(minutes=15))
"""Higher: a hospital's workstations often share one address."""


class RateLimit:
    """Failed sign-ins, counted in the database; accounts and addresses are kept hashed and for one window only."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(sqlite_begin="IMMEDIATE")

    def blocked_until(self, name: str, address: str, at: datetime) -> datetime | None:
        """When this account or address may try again, or None when it may now."""
        waits = [self._wait(key, limit, at) for key, limit in _keys(name, address)]
        return max((wait for wait in waits if wait is not None), default=None)

    def failed(self, name: str, address: str, at: datetime) -> None:
        """Count a failed sign-in, and forget those that no longer count."""
        oldest = int((at - max(PER_ACCOUNT.window, PER_ADDRESS.window)).timestamp())
        with self._writer.begin() as connection:
            connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at < oldest))
            connection.execute(
                insert(sign_in_failure),
                [{"key_hash": key, "at": int(at.timestamp())} for key, _ in _keys(name, address)],
            )

    def succeeded(self, name: str) -> None:
        """Forget the failures of an account whose owner signed in; those of the address stand."""
        with self._writer.begin() as connection:
            connection.execute(delete(sign_in_failure).where(sign_in_failure.c.key_hash == _hashed("account", name)))

    def _wait(self, key: str, limit: Limit, at: datetime) -> datetime | None:
        since = int((at - limit.window).timestamp())
        counted = select(sign_in_failure.c.at).where(sign_in_failure.c.key_hash == key, sign_in_failure.c.at > since)
        recent = counted.order_by(sign_in_failure.c.at.desc()).limit(limit.failures).subquery()
        with self.engine.connect() as connection:
            number, first = connection.execute(select(func.count(), func.min(recent.c.at))).one()
        if number < limit.failures:
            return None
        return datetime.fromtimestamp(first, at.tzinfo) + limit.window


def _keys(name: str, address: str) -> list[tuple[str, Limit]]:
    return [(_hashed("account", name), PER_ACCOUNT), (_hashed("address", address), PER_ADDRESS)]


def _hashed(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value.casefold()}".encode()).hexdigest()
