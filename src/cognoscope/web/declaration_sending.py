"""Sending a declaration: its identities are taken out, it is read, and both enter the ledger under a number."""

import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from cognoscope.apps.pharmacy.reactions.case import build_case
from cognoscope.core.application import Application
from cognoscope.core.errors import CognoscopeError, NotInstalled
from cognoscope.core.home import Home
from cognoscope.core.lifecycle import state_of
from cognoscope.core.running import run
from cognoscope.intake.deidentification.deidentifier import Deidentifier
from cognoscope.intake.identities import Identity
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.web.declaration_form import declaration_of
from cognoscope.web.i18n import N_
from cognoscope.web.services import Services
from cognoscope.web.session import Person

NAME = "pharmacy.reactions"
PER_HOUR = 10
WINDOW = timedelta(hours=1)
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without the signs that are read for one another on paper and over the telephone."""

IDENTITY = N_(
    "Votre texte n'est pas parti : quelque chose pourrait y désigner une personne (nom, adresse, numéro). "
    "Retirez-le, puis renvoyez. Rien n'a été gardé."
)
NOT_INSTALLED = N_(
    "Votre texte n'est pas parti : l'hôpital n'a pas encore installé ce qui retire les noms des textes. "
    "Rien n'a été gardé."
)
TOO_MANY = N_(
    "Vous avez envoyé beaucoup de déclarations en une heure. Attendez un peu, puis renvoyez. Rien n'a été gardé."
)
CLOSED = N_("Votre texte n'est pas parti : ce service n'est pas ouvert ici pour le moment. Rien n'a été gardé.")


class SendingRefused(CognoscopeError):
    """Nothing was kept; the message is a French source sentence for the sender."""


@dataclass
class Counter:
    """Declarations sent lately, by account, in this worker; an account that waits is forgotten."""

    sent: dict[str, deque[datetime]] = field(default_factory=dict)

    def full(self, account: str, at: datetime) -> bool:
        """Whether the account has to wait."""
        times = self.sent.get(account, deque())
        while times and times[0] <= at - WINDOW:
            times.popleft()
        if not times:
            self.sent.pop(account, None)
        return len(times) >= PER_HOUR

    def count(self, account: str, at: datetime) -> None:
        """One more."""
        self.sent.setdefault(account, deque()).append(at)


def is_open(services: Services) -> bool:
    """Whether what is sent reaches somebody: the application is in service, not in trial."""
    with services.ledger.engine.connect() as connection:
        return state_of(connection, NAME) == "advisory"


def send(
    services: Services, application: Application, counter: Counter, form: Mapping[str, str], person: Person
) -> str:
    """The number under which the declaration was kept.

    Raises:
        SendingRefused: too many, closed, or identities that could not be taken out.
    """
    at = services.clock()
    account = person.actor.id
    if not is_open(services):
        raise SendingRefused(CLOSED)
    if counter.full(account, at):
        raise SendingRefused(TOO_MANY)
    try:
        cleaned = _cleaner(services.home).clean(form["text"], known=_known(person))
    except NotInstalled as error:
        raise SendingRefused(NOT_INSTALLED) from error
    if cleaned.held_back:
        raise SendingRefused(IDENTITY)
    number = make_number()
    today = at.astimezone(services.zone).date()
    declaration = declaration_of(form, cleaned.text, number, person.role, today)
    case = build_case(declaration, open_knowledge(services.home), at, "declaration", learned=True)
    run(application, case, services.ledger, person.actor, at)
    counter.count(account, at)
    return number


def make_number() -> str:
    """A number to be written down: `EI-7K3M-Q2XD`; it says nothing of the sender and follows from nothing."""
    letters = [secrets.choice(_LETTERS) for _ in range(8)]
    return f"EI-{''.join(letters[:4])}-{''.join(letters[4:])}"


@lru_cache(maxsize=4)
def _cleaner(home: Home) -> Deidentifier:
    return Deidentifier.from_home(home)


def _known(person: Person) -> Identity:
    """The sender's own name: people sign what they write."""
    given, _, family = person.display_name.rpartition(" ")
    return Identity(names=[{"family": family, "given": [each for each in given.split() if each]}])
