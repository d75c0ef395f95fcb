"""The two processes of `cognoscope dicom serve`: one receives, the other reads, judges, lets propose and sends."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home

if TYPE_CHECKING:
    from cognoscope.intake.dicom.worker import Worker

Say = Callable[[str], None]
RESTART_SECONDS = 2.0
PROGRESS_SECONDS = 10.0
NICER = 10
"""The reading process yields to the receiving one: a sender waits for its answers, nobody waits for the milliseconds
of a step behind them."""


def serve(home: Home, say: Say) -> None:
    """Receive until a signal; the reading process is begun again when it ends.

    Raises:
        InvalidInput: there is no installation here, or the port cannot be listened on.
    """
    from cognoscope.intake.dicom.receive import Receiver
    from cognoscope.intake.writelock import exclusive

    if not home.key_file.exists():
        raise InvalidInput(f"There is no installation at {home.path}: run `cognoscope init`.")
    settings = home.settings().dicom
    with exclusive(home.dicom / "serving.lock", "the DICOM service", say, patience=5.0), _until_signalled() as stopped:
        receiver = Receiver(home, settings, say)
        worker = _begin(home)
        port = receiver.start()
        say(f"{settings.ae_title} receives on {settings.listen}, port {port}. Ctrl-C ends it.")
        if not any(peer.sends for peer in settings.peers):
            say("No peer may send yet: name one under [dicom] in settings.toml, with sends = true.")
        try:
            _watch(home, worker, receiver, say, stopped)
        finally:
            receiver.stop()


def _watch(home: Home, worker: Any, receiver: Any, say: Say, stopped: Callable[[], bool]) -> None:
    said, shown = 0, time.monotonic()
    while not stopped():
        time.sleep(0.2)
        if receiver.objects != said and time.monotonic() - shown >= PROGRESS_SECONDS:
            said, shown = receiver.objects, time.monotonic()
            say(f"{said} objects received so far.")
        if not worker.is_alive():
            say(f"The reading process ended (status {worker.exitcode}): it is begun again; nothing is lost.")
            time.sleep(RESTART_SECONDS)
            worker = _begin(home)
    worker.terminate()
    worker.join(20)
    if worker.is_alive():
        worker.kill()
        worker.join()


def _begin(home: Home) -> Any:
    process = multiprocessing.get_context("spawn").Process(target=work, args=(str(home.path),), name="dicom-worker")
    process.start()
    return process


def work(path: str) -> None:
    """The reading process: until a signal, or until the receiving process is gone."""
    from cognoscope.exports.dicom import warm_up
    from cognoscope.intake.processes import end_with_parent

    end_with_parent()
    os.nice(NICER)
    with _until_signalled() as stopped, opened(Home(Path(path)), _print) as worker:
        warm_up()  # the first result should not wait for it
        worker.run(stopped)


@contextmanager
def opened(home: Home, say: Say) -> Iterator["Worker"]:
    """Everything behind the receiver, with this installation's applications.

    Raises:
        CognoscopeError: a key, the ledger or the rules cannot be used.
    """
    from cognoscope.apps.installed import installed
    from cognoscope.cli.dicom_results import Results
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.dicom.store import ImageStore
    from cognoscope.intake.dicom.worker import Worker

    applications = installed(home)
    with Ledger.open(home.ledger_url) as ledger:
        store = ImageStore(home)
        render = Results(home, ledger, store, applications)
        worker = Worker(home, home.settings().dicom, applications, ledger, store, render, say)
        try:
            yield worker
        finally:
            worker.close()


def send_now(home: Home, say: Say, *, again: bool) -> tuple[int, int]:
    """Send every result that waits; with `again`, what was refused too. Returns how many were sent, and are left.

    Raises:
        CognoscopeError: a key or the ledger cannot be used.
    """
    from cognoscope.intake.dicom import outbox

    with opened(home, say) as worker:
        now = time.time()
        outbox.again(worker.state, now, refused=again)
        sent = outbox.send_due(worker.state, home.settings().dicom, worker.render, time.time, say, most=10_000)
        left = worker.state.value("SELECT count(*) FROM outbox WHERE state != 'sent'")
        return sent, int(left)


def _print(sentence: str) -> None:
    print(sentence, flush=True)


@contextmanager
def _until_signalled() -> Iterator[Callable[[], bool]]:
    """Tells whether somebody asked this process to end; what it does in that moment is finished first."""
    asked: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda received, frame: asked.append(received))
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
