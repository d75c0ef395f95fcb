"""Results that wait to go to the archive: kept until it has them, sent again after growing pauses, never doubled.

A row says which proposal goes where; the objects themselves are made anew from the ledger at each attempt, so that no
identity lies here. Their UIDs follow from the proposal's digest: an archive that is sent the same result twice, because
we were killed between its answer and our noting it, holds it once.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cognoscope.core.dicom_settings import DicomSettings
from cognoscope.core.errors import CognoscopeError
from cognoscope.intake.dicom.pacs import Answer, deliver
from cognoscope.intake.dicom.worker_state import ServiceState

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PRELIMINARY = "preliminary"
FIRST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 3600.0

Render = Callable[[str, str], Sequence["Dataset"]]
"""The objects of a proposal, by its digest, in a standing (`preliminary`, or what names a review); original UIDs."""


def pause(tries: int) -> float:
    """Seconds until the next attempt after so many failed ones: 10, 20, 40 ... one hour."""
    return float(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(tries - 1, 12)))


def put(
    connection: Any,
    settings: DicomSettings,
    proposal: str,
    study: str,
    application: str,
    at: float,
    standing: str = PRELIMINARY,
) -> int:
    """Let a result wait for every peer that takes results; one that is there already stays as it is.

    Args:
        connection: of `ServiceState.transaction`.
        standing: `preliminary`, or what names the review that made it final.

    Returns:
        For how many peers it is new.
    """
    added = 0
    for peer in settings.peers:
        if peer.results is not None:
            added += connection.execute(
                "INSERT INTO outbox (proposal, standing, peer, study, application, state, next_at, at) "
                "VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?) ON CONFLICT DO NOTHING",
                (proposal, standing, peer.name, study, application, at, at),
            ).rowcount
    return added


def again(state: ServiceState, at: float, *, refused: bool) -> int:
    """Let everything that waits be tried now; with `refused`, what was refused too. Returns how many there are."""
    states = ("waiting", "refused") if refused else ("waiting", "waiting")
    with state.transaction() as connection:
        return int(
            connection.execute(
                "UPDATE outbox SET state = 'waiting', next_at = ?, tries = 0 WHERE state IN (?, ?)", (at, *states)
            ).rowcount
        )


def send_due(
    state: ServiceState,
    settings: DicomSettings,
    render: Render,
    now: Callable[[], float],
    say: Callable[[str], None],
    most: int = 20,
) -> int:
    """Try what is due, oldest first; a peer that is away is not asked again for the rest of this round.

    Returns:
        How many results were sent.
    """
    due = state.rows("SELECT * FROM outbox WHERE state = 'waiting' AND next_at <= ? ORDER BY at LIMIT ?", now(), most)
    away: set[str] = set()
    sent = 0
    for row in due:
        if row["peer"] not in away:
            verdict = _attempt(settings, render, row)
            _note(state, row, verdict, now())
            say(f"{row['application']}: result {row['proposal'][:12]} ({_kind(row)}): {verdict.said}")
            sent += verdict.outcome == "sent"
            if verdict.outcome == "later":
                away.add(row["peer"])
    return sent


def _attempt(settings: DicomSettings, render: Render, row: Any) -> Answer:
    peer = settings.peer(row["peer"])
    if peer is None or peer.results is None:
        return Answer("later", f"{row['peer']} is no longer a peer that takes results: name it again in settings.toml.")
    try:
        objects = render(row["proposal"], row["standing"])
    except CognoscopeError as error:
        return Answer("refused", str(error))
    if not objects:
        return Answer("sent", "There was nothing to send for it.")
    return whole(deliver(peer, settings.ae_title, objects))


def whole(answers: Sequence[Answer]) -> Answer:
    """One answer for a result of several objects: the worst of them."""
    for outcome in ("refused", "later"):
        for one in answers:
            if one.outcome == outcome:
                return one
    return answers[0]


def _note(state: ServiceState, row: Any, verdict: Answer, at: float) -> None:
    tries = row["tries"] + 1
    kept = {"sent": "sent", "later": "waiting", "refused": "refused"}[verdict.outcome]
    with state.transaction() as connection:
        connection.execute(
            "UPDATE outbox SET state = ?, tries = ?, next_at = ?, said = ?, "
            "at = CASE WHEN ? = 'sent' THEN ? ELSE at END WHERE proposal = ? AND standing = ? AND peer = ?",
            (kept, tries, at + pause(tries), verdict.said, kept, at, row["proposal"], row["standing"], row["peer"]),
        )


def _kind(row: Any) -> str:
    return "preliminary" if row["standing"] == PRELIMINARY else "reviewed"
