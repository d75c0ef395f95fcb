"""The identity vault: who is behind a pseudonym, encrypted, opened by one role only, each opening on record.

Only the data protection officer may open it. A clinician knows the patient by other means; whoever must call a person
back asks the officer, who gives a purpose. The opening is in the ledger before the identity is given out.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from cognoscope.core.actor import Actor, Role
from cognoscope.core.errors import InvalidInput, NotAllowed
from cognoscope.core.events import VaultOpened
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys
from cognoscope.intake.identities import Identity, Seal
from cognoscope.intake.pseudonyms import person_id

OPENED_BY = Role.DATA_PROTECTION_OFFICER
RECALLED_AT_ONCE = 500
SCHEMA = """
CREATE TABLE IF NOT EXISTS identity (pseudonym TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vault_key (fingerprint TEXT NOT NULL);
"""


class Vault:
    """Puts sealed identities in, and gives one out to whoever is entitled to it."""

    def __init__(self, home: Home) -> None:
        self._path = home.vault_file
        self._key_file = home.vault_key_file
        self.key = keys.read(home.vault_key_file)

    def prepare(self) -> None:
        """Make the vault's file where there is none.

        Raises:
            InvalidInput: the vault there was sealed with another key, or is no vault.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.touch(mode=0o600, exist_ok=True)
        with self._database() as database:
            database.executescript(SCHEMA)
            known = database.execute("SELECT fingerprint FROM vault_key").fetchone()
            if known is None:
                database.execute("INSERT INTO vault_key VALUES (?)", (keys.fingerprint(self.key),))
            elif known[0] != keys.fingerprint(self.key):
                raise InvalidInput(
                    f"The key {self._key_file} is not the one that {self._path} was sealed with: put the right one "
                    "back from a copy."
                )

    def keep(self, sealed: Iterable[tuple[str, bytes]]) -> None:
        """Put identities in, each in the place of an older one of the same pseudonym; durable on return."""
        with self._database() as database:
            database.executemany("INSERT OR REPLACE INTO identity VALUES (?, ?)", sealed)

    def count(self) -> int:
        """How many identities are inside."""
        with self._database() as database:
            return int(database.execute("SELECT count(*) FROM identity").fetchone()[0])

    def recall(self, pseudonyms: Iterable[str]) -> dict[str, Identity]:
        """The identities behind some pseudonyms, for masking them in texts; those not inside are left out.

        No officer is asked and no opening recorded, because nothing leaves intake: the program that sealed these
        identities looks for them in a report of the same person, to take them out, and keeps no copy. The ingest
        itself is on record. No other package may call this, which `tests/intake/documents` checks.

        Raises:
            InvalidInput: a record was changed from outside.
        """
        wanted, seal = sorted(set(pseudonyms)), Seal(self.key)
        found: dict[str, Identity] = {}
        with self._database() as database:
            for start in range(0, len(wanted), RECALLED_AT_ONCE):
                some = wanted[start : start + RECALLED_AT_ONCE]
                marks = ",".join("?" * len(some))
                sql = f"SELECT pseudonym, sealed FROM identity WHERE pseudonym IN ({marks})"  # noqa: S608 - marks only
                for pseudonym, sealed in database.execute(sql, some):
                    identity = seal.open(pseudonym, sealed)
                    if identity is None:
                        raise InvalidInput(_changed(pseudonym))
                    found[pseudonym] = identity
        return found

    def open(self, pseudonym: str, *, actor: Actor, purpose: str, ledger: Ledger, at: datetime) -> Identity | None:
        """The identity behind a pseudonym, or None; recorded first, found or not.

        Raises:
            NotAllowed: the actor does not act as data protection officer.
            InvalidInput: no purpose, not a pseudonym, or a damaged record.
        """
        if actor.role is not OPENED_BY:
            raise NotAllowed("Only the data protection officer may open the identity vault.")
        if not purpose.strip():
            raise InvalidInput("Say for what purpose the vault is to be opened: it is kept in the ledger.")
        person_id(pseudonym)
        self.prepare()
        with self._database() as database:
            row = database.execute("SELECT sealed FROM identity WHERE pseudonym = ?", (pseudonym,)).fetchone()
        opening = VaultOpened(person=f"person:{pseudonym}", purpose=purpose.strip(), found=row is not None)
        ledger.append(opening, actor, at)
        if row is None:
            return None
        identity = Seal(self.key).open(pseudonym, row[0])
        if identity is None:
            raise InvalidInput(_changed(pseudonym))
        return identity

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
                yield database
        except sqlite3.Error as error:
            raise InvalidInput(
                f"The vault {self._path} cannot be used ({error}): see its disk, or restore it."
            ) from error


def _changed(pseudonym: str) -> str:
    return f"The vault's record of {pseudonym} was changed from outside: restore the vault."
