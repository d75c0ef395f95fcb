"""From the spool to the image store: each object read, de-identified and kept, or put in quarantine; then forgotten."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cognoscope.intake.dicom.extra import guarded
from cognoscope.intake.dicom.receive_spool import Closed, Received, being_written, delete_if_ended, frames, waiting
from cognoscope.intake.dicom.routing import facts_of
from cognoscope.intake.dicom.store import ImageStore, Taken
from cognoscope.intake.dicom.worker_state import ServiceState, facts_text

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

BATCH = 32
BATCH_BYTES = 256 << 20
LONGEST_REST_SECONDS = 2.0
DEADLY = 3
"""How many times an object may end the process that reads it before it is put aside unread."""

KILLED = "This object ended the program that was to read it, three times: it was put aside unread."
UNREADABLE = "A kept image cannot be read again: restore the image store."
ASKED = (
    "SOPClassUID", "Modality", "BodyPartExamined", "SeriesDescription", "StudyDescription", "PatientAge", "PatientSex",
    "Manufacturer", "SliceThickness", "InstanceNumber", "ImagePositionPatient", "ImageOrientationPatient",
    "NumberOfSeriesRelatedInstances", "ImagesInAcquisition",
)  # fmt: skip


@dataclass
class Round:
    """What one round took in, and how much of it was new."""

    objects: int = 0
    new: int = 0


class SpoolReader:
    """Works off the spool. Killed at any moment, it begins again where the last batch was noted; what it then meets a
    second time is in the store already and changes nothing.
    """

    def __init__(self, folder: Path, store: ImageStore, state: ServiceState, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._store = store
        self._state = state
        self._say = say
        self._begin()

    def round(self, now: Callable[[], float], most: int = 2000) -> Round:
        """Take in what waits, at most so many objects.

        Raises:
            CognoscopeError: the store or the memory cannot be written (a full disk); what waits stays where it is.
        """
        taken = Round()
        for path in waiting(self._folder):
            began = time.monotonic()
            while taken.objects < most and self._batch(path, now(), taken):
                if being_written(path):  # the sender waits for the same disk: half of the time is left to it
                    time.sleep(min(time.monotonic() - began, LONGEST_REST_SECONDS))
                began = time.monotonic()
            if taken.objects >= most:
                break
            if delete_if_ended(path, self._offset(path)):
                self._forget(path, now())
        return taken

    def _batch(self, path: Path, at: float, taken: Round) -> bool:
        """Take in some objects of a file; False when there is nothing more in it now."""
        offset, attempts = self._place(path)
        most, weight = 1 if attempts > 1 else BATCH, 0
        met: list[Received | Closed] = []
        for frame, after in frames(path, offset):
            met.append(frame)
            offset = after
            weight += len(frame.body) if isinstance(frame, Received) else 0
            if len(met) >= most or weight > BATCH_BYTES:
                break
        if not met:
            return False
        objects = [frame for frame in met if isinstance(frame, Received)]
        contents = [frame.part10() for frame in objects]
        if attempts > DEADLY:
            for content in contents:
                self._store.quarantine.put(content, KILLED)
            fates = [Taken("quarantined", sentence=KILLED) for _ in contents]
        else:
            fates = self._store.take(contents)
            self._results([one for one, fate in zip(contents, fates, strict=True) if fate.fate == "passed over"], at)
        found = [(frame, fate, self._header(fate)) for frame, fate in zip(objects, fates, strict=True)]
        with self._state.transaction() as connection:
            for frame, fate, header in found:
                taken.objects += 1
                if header is not None:
                    taken.new += note_image(connection, frame.association, frame.calling, fate, header, at)
                _count(connection, fate.fate)
            for frame in met:
                if isinstance(frame, Closed):
                    _note_end(connection, frame, at)
            connection.execute(
                "INSERT INTO segment (name, offset, attempts) VALUES (?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET offset = excluded.offset, attempts = excluded.attempts",
                (path.name, offset, 2 if attempts > 1 else 0),  # one by one to the end of a file that killed somebody
            )
        for _, fate, _ in found:
            if fate.fate == "quarantined":
                self._say(f"Put in quarantine: {fate.sentence}")
        return True

    def _results(self, contents: list[bytes], at: float) -> None:
        """Reports and segmentations of other makers' algorithms wait beside their applications; ours come back at times
        from an archive that forwards all it receives, and are left."""
        if not contents:
            return
        from cognoscope.intake.results.ingest import take_results

        named = (("A received report", content) for content in contents)
        report = take_results(named, self._store.home, datetime.fromtimestamp(at, UTC))
        for name, count in report.new.items():
            self._say(f"{name}: {count} results of this algorithm came in.")

    def _header(self, fate: Taken) -> "Dataset | None":
        """What the kept image says of itself; None for what is no image, which opens no study: our own reports come
        back where an archive forwards all it receives, and must not start the applications again."""
        if fate.fate not in ("kept", "known"):
            return None
        from pydicom import dcmread

        path = self._store.folder / fate.study / fate.series / f"{fate.instance}.dcm"
        with guarded(UNREADABLE):
            return dcmread(path, stop_before_pixels=True, specific_tags=list(ASKED))

    def calm(self) -> None:
        """The process ends, or waits, of its own accord: that is not counted against what it was reading."""
        with self._state.transaction() as connection:
            connection.execute("UPDATE segment SET attempts = 0")

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


def note_image(connection: Any, association: str, calling: str, fate: Taken, header: "Dataset", at: float) -> bool:
    """Remember an image of a study and who brought it; a new one opens the study again. Returns whether it is new."""
    study, series = fate.study, fate.series
    connection.execute(
        "INSERT INTO association (id, calling, ended, at, objects) VALUES (?, ?, '', ?, 0) ON CONFLICT DO NOTHING",
        (association, calling, at),
    )
    connection.execute("INSERT INTO brought VALUES (?, ?) ON CONFLICT DO NOTHING", (association, study))
    new = connection.execute(
        "INSERT INTO object (instance, study, series, number, position) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (fate.instance, study, series, whole(header, "InstanceNumber"), position(header)),
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


def _note_end(connection: Any, one: Closed, at: float) -> None:
    connection.execute(
        "INSERT INTO association (id, calling, ended, at, objects) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, at = excluded.at, objects = excluded.objects",
        (one.association, one.calling, one.how, at, one.objects),
    )


def _count(connection: Any, fate: str) -> None:
    connection.execute(
        "INSERT INTO count (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", (fate,)
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
