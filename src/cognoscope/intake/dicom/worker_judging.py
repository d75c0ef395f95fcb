"""Which studies are whole now, and which applications see them."""

from collections.abc import Callable
from typing import Any

from cognoscope.core.dicom_settings import DicomSettings
from cognoscope.core.errors import CognoscopeError
from cognoscope.intake.dicom.completeness import Decision, StudySeen, decide
from cognoscope.intake.dicom.pacs import archive, images_of_study
from cognoscope.intake.dicom.routing import Rules, route_study
from cognoscope.intake.dicom.worker_state import ServiceState

ASK_AGAIN_SECONDS = 10.0


class Judge:
    """Looks at the studies that are open. `original` gives the StudyInstanceUID by which the archive knows a study."""

    def __init__(
        self,
        state: ServiceState,
        settings: DicomSettings,
        rules: Rules,
        original: Callable[[str], str],
        say: Callable[[str], None],
    ) -> None:
        self._state = state
        self._settings = settings
        self._rules = rules
        self._original = original
        self._say = say
        self._answers: dict[str, tuple[float, int | None]] = {}

    def round(self, now: Callable[[], float]) -> int:
        """Judge every open study; returns how many became whole."""
        done = 0
        for row in self._state.rows("SELECT * FROM study WHERE state = 'open' ORDER BY first_at"):
            seen = self.seen(row["study"], row["last_at"], now())
            decision = decide(seen, self._settings.quiet_seconds)
            if decision.complete:
                self._close(row, decision, now())
                self._answers.pop(row["study"], None)
                done += 1
            elif row["evidence"] != (words := in_words(decision)):
                with self._state.transaction() as connection:
                    connection.execute("UPDATE study SET evidence = ? WHERE study = ?", (words, row["study"]))
        return done

    def seen(self, study: str, last_at: float, at: float) -> StudySeen:
        """What is known of a study now; asks the archive where there is reason to."""
        ends = self._state.rows(
            "SELECT ended FROM association JOIN brought ON association.id = brought.association "
            "WHERE brought.study = ? ORDER BY association.at, association.rowid",
            study,
        )
        still = sum(row["ended"] == "" for row in ends)
        last: Any = next((row["ended"] for row in reversed(ends) if row["ended"]), "")
        quiet = max(0.0, at - last_at)
        peer = archive(self._settings)
        count = None
        if peer is not None and (not still or quiet >= ASK_AGAIN_SECONDS):
            count = self._ask(study, peer, at)
        return StudySeen(
            self._state.series_seen(study), still, last, quiet, count, peer.name if peer is not None else ""
        )

    def _ask(self, study: str, peer: Any, at: float) -> int | None:
        asked, answer = self._answers.get(study, (-1e18, None))
        if at - asked < ASK_AGAIN_SECONDS:
            return answer
        answer = None
        try:
            answer = images_of_study(peer, self._original(study)) or None
        except CognoscopeError as error:
            self._say(f"Whether a study is whole could not be asked: {error}")
        self._answers[study] = (at, answer)
        return answer

    def _close(self, row: Any, decision: Decision, at: float) -> None:
        """The study is whole, and its applications have something to do: noted together."""
        routed = route_study(self._rules, self._state.facts(row["study"]))
        revision = row["revision"] + 1
        with self._state.transaction() as connection:
            connection.execute(
                "UPDATE study SET state = 'complete', revision = ?, decided_at = ?, by = ?, evidence = ? "
                "WHERE study = ? AND state = 'open' AND last_at = ?",
                (revision, at, decision.by, in_words(decision), row["study"], row["last_at"]),
            )
            for application, rules in routed.items():
                connection.execute(
                    "INSERT INTO job VALUES (?, ?, ?, ?, 'waiting', '', ?) ON CONFLICT DO NOTHING",
                    (row["study"], revision, application, " ".join(rules), at),
                )
        to = ", ".join(routed) or "no application: no rule holds for any of its series"
        self._say(f"Study {row['study'][-12:]} is whole: {in_words(decision)}. It goes to {to}.")


def in_words(decision: Decision) -> str:
    """The evidence and what spoke against it, in one line."""
    return "; ".join((decision.evidence, *decision.against))
