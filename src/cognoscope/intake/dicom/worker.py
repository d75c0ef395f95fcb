"""The other half of the service: reads what was received, judges, lets propose, sends. One process, one step at a time.

Each step notes what it did together with what it did, and is harmless when done twice; so the process may be killed at
any moment and simply begins again.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from cognoscope.core.application import Application
from cognoscope.core.dicom_settings import DicomSettings
from cognoscope.core.errors import CognoscopeError
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.dicom import outbox
from cognoscope.intake.dicom.receive_spool import spool_folder
from cognoscope.intake.dicom.routing import read_rules
from cognoscope.intake.dicom.store import ImageStore
from cognoscope.intake.dicom.worker_intake import SpoolReader
from cognoscope.intake.dicom.worker_judging import Judge
from cognoscope.intake.dicom.worker_proposing import Proposer
from cognoscope.intake.dicom.worker_publishing import Publisher
from cognoscope.intake.dicom.worker_state import ServiceState

IDLE_SECONDS = 0.1
TROUBLE_SECONDS = 5.0


@dataclass
class Done:
    """What one round did."""

    objects: int = 0
    studies: int = 0
    jobs: int = 0
    sent: int = 0

    def __bool__(self) -> bool:
        return any((self.objects, self.studies, self.jobs, self.sent))


class Worker:
    """Everything behind the receiver.

    Args:
        home: the installation.
        settings: our node and its peers.
        applications: what is installed.
        ledger: open.
        store: the image store.
        render: makes the objects of a result with the original UIDs (`cognoscope.exports.dicom`).
        say: is told, in sentences without identities, what happens.
        now: seconds since 1970.
    """

    def __init__(
        self,
        home: Home,
        settings: DicomSettings,
        applications: Sequence[Application],
        ledger: Ledger,
        store: ImageStore,
        render: outbox.Render,
        say: Callable[[str], None] = lambda sentence: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        rules, _ = read_rules(home)
        self.state = ServiceState(home)
        self._settings = settings
        self.render = render
        self._say = say
        self._now = now
        self._reader = SpoolReader(spool_folder(home), store, self.state, say)
        self._judge = Judge(self.state, settings, rules, store.identify, say)
        self._proposer = Proposer(self.state, settings, applications, ledger, store, say)
        self._publisher = Publisher(home, self.state, ledger, store)

    def round(self) -> Done:
        """Do what there is to do now.

        Raises:
            CognoscopeError: disk full, database locked: nothing is lost, the next round tries again.
        """
        done = Done()
        done.objects = self._reader.round(self._now).objects
        done.studies = self._judge.round(self._now)
        done.jobs = self._proposer.round(self._now)
        self._proposer.reviewed(self._now())
        done.sent = outbox.send_due(self.state, self._settings, self.render, self._now, self._say)
        self._publisher.round(self._now)
        return done

    def run(self, stop: Callable[[], bool]) -> None:
        """Go on until `stop`."""
        while not stop():
            try:
                idle = not self.round()
            except CognoscopeError as error:
                self._say(f"{error} It is tried again in {TROUBLE_SECONDS:.0f} s; nothing is lost.")
                self._calm()
                _sleep(TROUBLE_SECONDS, stop)
            else:
                if idle:
                    time.sleep(IDLE_SECONDS)

    def close(self) -> None:
        """End in good order."""
        self._calm()
        with suppress(CognoscopeError):  # otherwise the next one does it as it begins
            self._publisher.round(self._now, force=True)
        self.state.close()

    def _calm(self) -> None:
        with suppress(CognoscopeError):
            self._reader.calm()


def _sleep(seconds: float, stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stop() and time.monotonic() < until:
        time.sleep(IDLE_SECONDS)
