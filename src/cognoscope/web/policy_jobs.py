"""Simulations that run while the page waits: each is known by its policies and the end of the ledger it looked at."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

from cognoscope.apps.pharmacy.interactions.policy import Policy
from cognoscope.apps.pharmacy.interactions.prescription import Prescription
from cognoscope.apps.pharmacy.interactions.simulation import Past, Simulation, past_of, simulate

KEPT = 8
Key = tuple[str, str, str]


class Job:
    """One simulation: how many prescriptions it has looked at, and what came of it."""

    def __init__(self, policy: Policy, in_force: Policy, past: Callable[[], Iterable[Prescription]]) -> None:
        self.done = 0
        self.result: Simulation | None = None
        self.failed = False
        self._finished = threading.Event()
        self._work = (policy, in_force, past)
        threading.Thread(target=self._run, daemon=True, name="policy-simulation").start()

    def wait(self, seconds: float) -> bool:
        """Whether it is over, after at most that time."""
        return self._finished.wait(seconds)

    def _run(self) -> None:
        policy, in_force, past = self._work
        try:
            self.result = simulate(self._counted(past()), policy, in_force)
        except Exception:
            # Whatever it was, the page that waits must say that nothing came of it.
            self.failed = True
            raise
        finally:
            self._finished.set()

    def _counted(self, past: Iterable[Prescription]) -> Iterator[Past]:
        for each in past:
            yield past_of(each)
            self.done += 1


class Jobs:
    """The last simulations of this process."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[Key, Job] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, start: Callable[[], Job]) -> Job:
        """The job of that key, started where there is none or where it failed."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.failed:
                job = self._jobs[key] = start()
            self._jobs.move_to_end(key)
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
            return job


JOBS = Jobs()
