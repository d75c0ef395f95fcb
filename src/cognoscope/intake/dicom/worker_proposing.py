"""A study that is whole meets its applications; what those in `advisory` propose goes to the outbox, and only that."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from cognoscope.core.actor import program
from cognoscope.core.application import Application
from cognoscope.core.dicom_settings import DicomSettings
from cognoscope.core.engine import DatabaseUnavailable
from cognoscope.core.errors import CognoscopeError
from cognoscope.core.events import ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import states
from cognoscope.core.proposal import Proposal
from cognoscope.core.running import run
from cognoscope.intake import optout
from cognoscope.intake.dicom import outbox
from cognoscope.intake.dicom.store import ImageStore
from cognoscope.intake.dicom.worker_state import ServiceState

ACTOR = program("dicom")


class Proposer:
    """Does the jobs that wait. Killed at any moment, a job is done again: the same study as of the same moment gives
    the same proposals, which the ledger and the outbox hold once.
    """

    def __init__(
        self,
        state: ServiceState,
        settings: DicomSettings,
        applications: Sequence[Application],
        ledger: Ledger,
        store: ImageStore,
        say: Callable[[str], None],
    ) -> None:
        self._state = state
        self._settings = settings
        self._applications = {application.name: application for application in applications}
        self._ledger = ledger
        self._store = store
        self._say = say

    def round(self, now: Callable[[], float], most: int = 4) -> int:
        """Do some of the jobs that wait, oldest first; returns how many."""
        rows = self._state.rows(
            "SELECT job.*, study.decided_at FROM job JOIN study USING (study) WHERE job.state = 'waiting' "
            "AND job.revision = study.revision ORDER BY job.at, job.application LIMIT ?",
            most,
        )
        for row in rows:
            self._job(row, now)
        with self._state.transaction() as connection:
            connection.execute(
                "UPDATE job SET state = 'superseded', said = 'more images came before it ran' WHERE state = 'waiting' "
                "AND revision < (SELECT revision FROM study WHERE study.study = job.study)"
            )
        return len(rows)

    def reviewed(self, at: float) -> int:
        """Let the result of a review wait, wherever the preliminary result went; returns how many are new."""
        last = self._state.value("SELECT value FROM count WHERE name = 'review_seq'") or 0
        entries = self._ledger.entries(event="ReviewGiven", after_seq=last, limit=500)
        if not entries:
            return 0
        added = 0
        with self._state.transaction() as connection:
            for entry in entries:
                assert isinstance(entry.event, ReviewGiven)
                review = entry.event.review
                gone = connection.execute(
                    "SELECT DISTINCT study, application FROM outbox WHERE proposal = ?", (review.proposal,)
                ).fetchone()
                if gone is not None:
                    added += outbox.put(
                        connection, self._settings, review.proposal, gone[0], gone[1], at, standing=review.digest
                    )
            connection.execute(
                "INSERT INTO count (name, value) VALUES ('review_seq', ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (entries[-1].seq,),
            )
        return added

    def _job(self, row: Any, now: Callable[[], float]) -> None:
        name = row["application"]
        application = self._applications.get(name)
        if application is None:
            self._done(row, "skipped", f"{name} is not installed here: correct routing.toml, or add the application.")
            return
        if application.cases_from_study is None:
            self._done(row, "skipped", f"{name} does not read images: correct routing.toml.")
            return
        standing = states(self._ledger, [application])[name]
        if standing in ("draft", "suspended"):
            self._done(row, "skipped", f"{name} is in the state {standing}: it did not run.")
            return
        if {series.person for series, _ in self._store.index.series(study=row["study"])} & optout.opted_out(
            self._store.home
        ):
            self._done(row, "skipped", f"{name} did not run: this person refused the reuse of their data.")
            return
        try:
            proposals = self._proposals(application, row, now())
        except DatabaseUnavailable:
            raise  # the job waits until the ledger can be written again
        except CognoscopeError as error:
            self._done(row, "failed", str(error))
            return
        except Exception as error:  # another's application must not stop the service, and its words may quote a header
            self._done(row, "failed", f"{name} broke off ({type(error).__name__}): report this to who keeps it.")
            return
        self._put(row, proposals, now(), sends=standing == "advisory")

    def _proposals(self, application: Application, row: Any, at: float) -> list[Proposal]:
        assert application.cases_from_study is not None
        as_of = datetime.fromtimestamp(row["decided_at"], UTC)
        moment = datetime.fromtimestamp(at, UTC)
        cases = application.cases_from_study(self._store, row["study"], as_of)
        return [proposal for case in cases for proposal in run(application, case, self._ledger, ACTOR, moment)]

    def _put(self, row: Any, proposals: Sequence[Proposal], at: float, *, sends: bool) -> None:
        whole = [proposal for proposal in proposals if proposal.abstention is None]
        said = f"{len(proposals)} proposals, of which {len(proposals) - len(whole)} abstentions"
        with self._state.transaction() as connection:
            if sends:
                for proposal in whole:
                    outbox.put(connection, self._settings, proposal.digest, row["study"], row["application"], at)
            self._note(connection, row, "done", said)
        self._say(f"{row['application']}: {said}{'' if sends else ' (in the shadow: nothing is sent)'}.")

    def _done(self, row: Any, kept: str, said: str) -> None:
        with self._state.transaction() as connection:
            self._note(connection, row, kept, said)
        self._say(said)

    def _note(self, connection: Any, row: Any, kept: str, said: str) -> None:
        connection.execute(
            "UPDATE job SET state = ?, said = ? WHERE study = ? AND revision = ? AND application = ?",
            (kept, said, row["study"], row["revision"], row["application"]),
        )
