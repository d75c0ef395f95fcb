"""From the spool to the image store: each object read, de-identified and kept, or put in quarantine; then forgotten."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cognoscope.intake.dicom.pacs import NOT_IMAGES
from cognoscope.intake.dicom.receive_spool import Closed, Received, delete_if_ended, frames, waiting
from cognoscope.intake.dicom.routing import facts_of
from cognoscope.intake.dicom.worker_state import ServiceState, facts_text

if TYPE_CHECKING:
    from cognoscope.intake.dicom.store import ImageStore, Verdict

BATCH = 32
DEADLY = 3
"""How many times an object may end the process that reads it before it is put aside unread."""

KILLED = "This object ended the program that was to read it, three times: it was put aside unread."


@dataclass
class Taken:
    """What one round took in."""

    objects: int = 0
    new: int = 0
    quarantined: int = 0


class SpoolReader:
    """Works off the spool. Killed at any moment, it begins again where the last batch was noted; what it then meets a
    second time is in the store already and changes nothing.
    """

    def __init__(self, folder: Path, store: "ImageStore", state: ServiceState, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._store = store
        self._state = state
        self._say = say
        self._begin()

    def round(self, now: Callable[[], float], most: int = 2000) -> Taken:
        """Take in what waits, at most so many objects.

        Raises:
            CognoscopeError: the store or the memory cannot be written (a full disk); what waits stays where it is.
        """
        taken = Taken()
        for path in waiting(self._folder):
            while taken.objects < most and self._batch(path, now(), taken):
                pass
            if taken.objects >= most:
                break
            if delete_if_ended(path, self._offset(path)):
                self._forget(path, now())
        return taken

    def _batch(self, path: Path, at: float, taken: Taken) -> bool:
        """Take in some objects of a file; False when there is nothing more in it now."""
        offset, attempts = self._place(path)
        size = 1 if attempts > 1 else BATCH
        met: list[tuple[Received | Closed, Verdict | None]] = []
        for frame, after in frames(path, offset):
            offset = after
            if isinstance(frame, Closed):
                met.append((frame, None))
            elif attempts > DEADLY:
                met.append((frame, self._store.put_aside(frame.part10(), KILLED)))
                attempts = 0
            else:
                met.append((frame, self._store.add(frame.part10())))
            if len(met) >= size:
                break
        if not met:
            return False
        with self._state.transaction() as connection:
            for one, verdict in met:
                if isinstance(one, Closed):
                    _ended(connection, one, at)
                elif verdict is not None:
                    _noted(connection, one, verdict, at)
                    _counted(connection, verdict, taken)
            connection.execute(
                "INSERT INTO segment (name, offset, attempts) VALUES (?, ?, 0) "
                "ON CONFLICT (name) DO UPDATE SET offset = excluded.offset, attempts = 0",
                (path.name, offset),
            )
        for _, verdict in met:
            if verdict is not None and verdict.kind == "quarantined":
                self._say(f"Put in quarantine: {verdict.sentence}")
        return True

    def _begin(self) -> None:
        """Count the start against the file that is read first: one that ends the process is recognised by that."""
        first = next(iter(waiting(self._folder)), None)
        with self._state.transaction() as connection:
            if first is not None:
                connection.execute(
                    "INSERT INTO segment (name, offset, attempts) VALUES (?, 0, 1) "
                    "ON CONFLICT (name) DO UPDATE SET attempts = attempts + 1",
                    (first.name,),
                )

    def _place(self, path: Path) -> tuple[int, int]:
        rows = self._state.rows("SELECT offset, attempts FROM segment WHERE name = ?", path.name)
        return (rows[0]["offset"], rows[0]["attempts"]) if rows else (0, 0)

    def _offset(self, path: Path) -> int:
        return self._place(path)[0]

    def _forget(self, path: Path, at: float) -> None:
        association = path.stem.partition("-")[2]
        with self._state.transaction() as connection:
            connection.execute("DELETE FROM segment WHERE name = ?", (path.name,))
            if not list(self._folder.glob(f"*-{association}.spool")):
                # Its writer is gone, or between two files: if it lives, the end that it will note replaces this.
                connection.execute(
                    "UPDATE association SET ended = 'lost', at = ? WHERE id = ? AND ended = ''", (at, association)
                )


def note_object(connection: Any, association: str, calling: str, verdict: "Verdict", at: float) -> bool:
    """Remember an image of a study and who brought it; a new one opens the study again. Returns whether it is new.

    A report or a segmentation does not: our own results come back where an archive forwards all it receives, and must
    not start the applications again.
    """
    study, series, header = verdict.study, verdict.series, verdict.header
    if str(header.get("Modality") or "") in NOT_IMAGES:
        return False
    connection.execute(
        "INSERT INTO association (id, calling, ended, at, objects) VALUES (?, ?, '', ?, 0) ON CONFLICT DO NOTHING",
        (association, calling, at),
    )
    connection.execute("INSERT INTO brought VALUES (?, ?) ON CONFLICT DO NOTHING", (association, study))
    new = connection.execute(
        "INSERT INTO object (instance, study, series, number, position) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (verdict.instance, study, series, whole(header, "InstanceNumber"), position(header)),
    ).rowcount
    if new:
        connection.execute(
            "INSERT INTO series (series, study, facts, stated) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (series) DO UPDATE SET stated = max(coalesce(stated, excluded.stated), excluded.stated)",
            (series, study, facts_text(facts_of(header)), stated(header)),
        )
        connection.execute(
            "INSERT INTO study (study, state, revision, first_at, last_at) VALUES (?, 'open', 0, ?, ?) "
            "ON CONFLICT (study) DO UPDATE SET state = 'open', last_at = excluded.last_at",
            (study, at, at),
        )
    return bool(new)


def _noted(connection: Any, one: Received, verdict: "Verdict", at: float) -> None:
    if verdict.kind != "quarantined":
        note_object(connection, one.association, one.calling, verdict, at)


def _ended(connection: Any, one: Closed, at: float) -> None:
    connection.execute(
        "INSERT INTO association (id, calling, ended, at, objects) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, at = excluded.at, objects = excluded.objects",
        (one.association, one.calling, one.how, at, one.objects),
    )


def _counted(connection: Any, verdict: "Verdict", taken: Taken) -> None:
    taken.objects += 1
    taken.new += verdict.kind == "kept"
    taken.quarantined += verdict.kind == "quarantined"
    connection.execute(
        "INSERT INTO count (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
        (verdict.kind,),
    )


def stated(header: Any) -> int | None:
    """How many images the header says its series has: Number of Series Related Instances, or Images in Acquisition."""
    for keyword in ("NumberOfSeriesRelatedInstances", "ImagesInAcquisition"):
        number = whole(header, keyword)
        if number is not None and 0 < number < 100_000:
            return number
    return None


def whole(header: Any, keyword: str) -> int | None:
    """A whole number of a header, None where it has none."""
    try:
        return int(str(header.get(keyword)))
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None


def position(header: Any) -> float | None:
    """Where a slice lies along its own normal, in mm; None for what is not a slice (PS3.3 C.7.6.2)."""
    try:
        x, y, z = (float(each) for each in header.ImagePositionPatient)
        a, b, c, d, e, f = (float(each) for each in header.ImageOrientationPatient)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    along = (b * f - c * e) * x + (c * d - a * f) * y + (a * e - b * d) * z
    return along if abs(along) < 1e6 else None
