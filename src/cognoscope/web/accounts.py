"""Accounts and their roles; each change and its ledger entry become durable together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from cognoscope.core.actor import Actor, Role
from cognoscope.core.events import AccountChanged
from cognoscope.core.ledger import Ledger, Transaction
from cognoscope.web import passwords
from cognoscope.web.refusal import Refusal
from cognoscope.web.tables import account, account_role, web_session

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,79}")
Change = Literal["created", "roles_set", "password_set", "disabled", "enabled"]


@dataclass(frozen=True)
class Account:
    """One account as the administrator sees it. Without a password, its owner enters by OpenID Connect."""

    name: str
    display_name: str
    roles: tuple[Role, ...]
    disabled: bool
    must_change: bool
    has_password: bool


class Accounts:
    """The accounts of one installation."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def all(self) -> list[Account]:
        """Every account by name, disabled ones included."""
        return self._read()

    def get(self, name: str) -> Account | None:
        """The account of that name, or None."""
        return next(iter(self._read(account.c.name == name)), None)

    def by_openid(self, subject: str) -> Account | None:
        """The account that an OpenID Connect provider's subject entered with before, or None."""
        return next(iter(self._read(account.c.openid_subject == subject)), None)

    def create(
        self,
        name: str,
        display_name: str,
        roles: Iterable[Role],
        actor: Actor,
        at: datetime,
        *,
        password: str | None = None,
        openid_subject: str | None = None,
    ) -> None:
        """Make an account; a password given here was chosen by somebody else and must be changed at first sign-in.

        Raises:
            Refusal: the name is taken or not usable, no role is given, or the password is weak.
        """
        held = _some(roles)
        if not NAME.fullmatch(name):
            raise Refusal(
                f"Le nom de compte « {name} » n'est pas utilisable : lettres minuscules, chiffres, points, tirets.",
                f"The account name '{name}' cannot be used: lower-case letters, digits, dots and dashes only.",
            )
        if self.get(name) is not None:
            raise Refusal(f"Le compte {name} existe déjà.", f"The account {name} exists already.")
        if password is not None:
            _check_password(password, name)
        values = {
            "name": name,
            "display_name": display_name.strip()[:120] or name,
            "password_hash": passwords.hash_password(password) if password is not None else None,
            "must_change": password is not None,
            "disabled": False,
            "openid_subject": openid_subject,
            "created_at": int(at.timestamp()),
        }

        def act(transaction: Transaction) -> None:
            transaction.connection.execute(insert(account).values(values))
            _set_roles(transaction.connection, name, held)
            transaction.append(_event(name, "created", held), actor, at)

        self.ledger.write(act)

    def set_roles(self, name: str, roles: Iterable[Role], actor: Actor, at: datetime) -> None:
        """Replace the roles of an account; its open sessions act in a role it still holds from the next page on.

        Raises:
            Refusal: no such account, no role given, or nobody would be left to administer.
        """
        held = _some(roles)
        self._existing(name)

        def act(transaction: Transaction) -> None:
            before = _administrators(transaction.connection)
            _set_roles(transaction.connection, name, held)
            _keep_an_administrator(transaction.connection, before)
            transaction.append(_event(name, "roles_set", held), actor, at)

        self.ledger.write(act)

    def set_password(self, name: str, password: str, actor: Actor, at: datetime, *, must_change: bool) -> None:
        """Replace the password and end the account's sessions.

        Raises:
            Refusal: no such account, or the password is weak.
        """
        self._existing(name)
        _check_password(password, name)
        values = {"password_hash": passwords.hash_password(password), "must_change": must_change}
        self._update(name, "password_set", actor, at, values)

    def disable(self, name: str, actor: Actor, at: datetime) -> None:
        """Close an account at once: its sessions end with it. It is never deleted, the ledger cites it.

        Raises:
            Refusal: no such account, or nobody would be left to administer.
        """
        self._existing(name)
        self._update(name, "disabled", actor, at, {"disabled": True})

    def enable(self, name: str, actor: Actor, at: datetime) -> None:
        """Open a disabled account again.

        Raises:
            Refusal: no such account.
        """
        self._existing(name)
        self._update(name, "enabled", actor, at, {"disabled": False})

    def verify(self, name: str, password: str) -> Account | None:
        """The account if the password is its own and it may enter; as slow for a name that does not exist."""
        with self.ledger.engine.connect() as connection:
            stored = connection.scalar(
                select(account.c.password_hash).where(account.c.name == name, account.c.disabled.is_(False))
            )
        return self.get(name) if passwords.matches(stored, password) else None

    def _existing(self, name: str) -> Account:
        found = self.get(name)
        if found is None:
            raise Refusal(f"Il n'y a pas de compte {name}.", f"There is no account {name}.")
        return found

    def _read(self, *conditions: object) -> list[Account]:
        query = (
            select(account, account_role.c.role)
            .outerjoin(account_role, account_role.c.account == account.c.name)
            .where(*conditions)  # type: ignore[arg-type]
            .order_by(account.c.name, account_role.c.role)
        )
        found: dict[str, Account] = {}
        with self.ledger.engine.connect() as connection:
            for row in connection.execute(query):
                before = found[row.name].roles if row.name in found else ()
                found[row.name] = Account(
                    name=row.name,
                    display_name=row.display_name,
                    roles=(*before, Role(row.role)) if row.role else before,
                    disabled=row.disabled,
                    must_change=row.must_change,
                    has_password=row.password_hash is not None,
                )
        return list(found.values())

    def _update(self, name: str, change: Change, actor: Actor, at: datetime, values: dict[str, object]) -> None:
        def act(transaction: Transaction) -> None:
            before = _administrators(transaction.connection)
            transaction.connection.execute(update(account).where(account.c.name == name).values(values))
            transaction.connection.execute(delete(web_session).where(web_session.c.account == name))
            _keep_an_administrator(transaction.connection, before)
            transaction.append(_event(name, change), actor, at)

        self.ledger.write(act)


def _some(roles: Iterable[Role]) -> tuple[Role, ...]:
    held = tuple(sorted(set(roles)))
    if not held:
        raise Refusal("Un compte a au moins un rôle.", "An account has at least one role.")
    return held


def _check_password(password: str, name: str) -> None:
    objection = passwords.objection(password, name)
    if objection is not None:
        raise Refusal(objection.fr, objection.en)


def _set_roles(connection: Connection, name: str, roles: tuple[Role, ...]) -> None:
    connection.execute(delete(account_role).where(account_role.c.account == name))
    connection.execute(insert(account_role), [{"account": name, "role": role.value} for role in roles])


def _administrators(connection: Connection) -> int:
    query = select(func.count()).select_from(account).join(account_role, account_role.c.account == account.c.name)
    return connection.scalars(
        query.where(account_role.c.role == Role.ADMINISTRATOR.value, account.c.disabled.is_(False))
    ).one()


def _keep_an_administrator(connection: Connection, before: int) -> None:
    """Refuse what would lock everybody out; an installation without an administrator has nothing to lose."""
    if before and not _administrators(connection):
        raise Refusal(
            "C'est le dernier administrateur : nommez-en d'abord un autre.",
            "This is the last administrator: appoint another one first.",
        )


def _event(name: str, change: Change, roles: tuple[Role, ...] = ()) -> AccountChanged:
    return AccountChanged(account=name, change=change, detail=", ".join(roles))
