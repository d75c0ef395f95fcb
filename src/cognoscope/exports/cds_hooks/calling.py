"""Who calls and what a call needs of the installation, as the web hands it in: this package knows no sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from cognoscope.core.actor import Actor, Role, person
from cognoscope.core.application import Application
from cognoscope.core.ledger import Ledger
from cognoscope.core.transaction import Transaction
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.intake.pseudonyms import Pseudonymiser


class Caller(Protocol):
    """A registered program that signed the request."""

    @property
    def name(self) -> str:
        """The name it is registered under."""

    @property
    def issuer(self) -> str:
        """What it signs as; the identifiers of its users are its own."""

    @property
    def role(self) -> Role:
        """In which role its users decide."""

    @property
    def origins(self) -> tuple[str, ...]:
        """The web origins it may call from."""

    @property
    def actor(self) -> Actor:
        """What the ledger says did it."""

    def use(self, transaction: Transaction) -> None:
        """Use its token up with what the request records."""


@dataclass(frozen=True)
class Installation:
    """What every call needs; made once a process. `applications` by name."""

    ledger: Ledger
    applications: Mapping[str, Application]
    knowledge: Knowledge
    pseudonymiser: Pseudonymiser
    zone: ZoneInfo
    language: str


@dataclass(frozen=True)
class Circumstances:
    """What is special about one call: its instant, the address of this server, the language of the cards."""

    installation: Installation
    caller: Caller
    at: datetime
    base: str
    language: str = field(default="fr")

    def reader(self, user: str) -> Actor:
        """The person behind a program's user identifier, under a pseudonym that only this hospital's key gives."""
        key = self.installation.pseudonymiser.key63("practitioner", f"{self.caller.issuer}|{user}")
        return person(f"practitioner-{key:016x}", self.caller.role)
