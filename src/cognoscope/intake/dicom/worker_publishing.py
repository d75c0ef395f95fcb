"""What came in enters the warehouse's index of images and the ledger: now and then, not for each study.

Each commit of the warehouse is a file of its own; a hospital has a hundred studies a day.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from cognoscope.core.actor import program
from cognoscope.core.canonical import digest
from cognoscope.core.events import IngestFinished
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.dicom.image_occurrence import publish
from cognoscope.intake.dicom.store import ImageStore
from cognoscope.intake.dicom.worker_state import ServiceState
from cognoscope.intake.recording import record_once
from cognoscope.intake.warehouse import open_warehouse

EVERY_SECONDS = 600.0
ACTOR = program("dicom")
FATES = ("kept", "known", "quarantined")


class Publisher:
    """Enters whole studies into the table `image_occurrence`. Killed in between, it does the same again, which the
    warehouse and the ledger hold once.
    """

    def __init__(self, home: Home, state: ServiceState, ledger: Ledger, store: ImageStore) -> None:
        self._home = home
        self._state = state
        self._ledger = ledger
        self._store = store
        self._last = float("-inf")

    def round(self, now: Callable[[], float], *, force: bool = False) -> int:
        """Publish what became whole since the last time, if that was long enough ago; returns how many studies."""
        if not force and now() - self._last < EVERY_SECONDS:
            return 0
        rows = self._state.rows(
            "SELECT study, revision FROM study WHERE state = 'complete' AND published < revision ORDER BY study"
        )
        self._last = now()
        if not rows:
            return 0
        warehouse = open_warehouse(self._home)
        publish(self._store.index, [row["study"] for row in rows], warehouse, warehouse.pseudonymiser())
        counts = {row["name"]: row["value"] for row in self._state.rows("SELECT * FROM count")}
        fresh = {fate: counts.get(fate, 0) - counts.get(f"recorded {fate}", 0) for fate in FATES}
        event = IngestFinished(
            source=digest(["dicom", [[row["study"], row["revision"]] for row in rows]]),
            format="dicom",
            read=sum(fresh.values()),
            written=fresh["kept"] + fresh["known"],
            quarantined=fresh["quarantined"],
        )
        record_once(self._ledger, event, ACTOR, datetime.fromtimestamp(now(), UTC))
        with self._state.transaction() as connection:
            for row in rows:
                connection.execute("UPDATE study SET published = ? WHERE study = ?", (row["revision"], row["study"]))
            for fate in FATES:
                connection.execute(
                    "INSERT INTO count (name, value) VALUES (?, ?) "
                    "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    (f"recorded {fate}", counts.get(fate, 0)),
                )
        return len(rows)
