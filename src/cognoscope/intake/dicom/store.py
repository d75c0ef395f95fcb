"""The image store of an installation: de-identified objects as files, one index, and the way back for results.

`images/<study>/<series>/<instance>.dcm`, by pseudonymous UIDs. An object sent twice is there once; another image under
the identifier of one that is kept goes into quarantine. Originals are recovered only here and only for sending results
back to the PACS they came from.
"""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.dicom.deidentify import FAILED
from cognoscope.intake.dicom.deidentify_text import cleaned
from cognoscope.intake.dicom.extra import guarded, need_imaging
from cognoscope.intake.dicom.quarantine import Quarantine
from cognoscope.intake.dicom.reading import DicomObject, read_object
from cognoscope.intake.dicom.store_index import Index, ObjectRow, SeriesRow
from cognoscope.intake.dicom.store_originals import header_of, seal, unseal
from cognoscope.intake.dicom.store_people import keep_people
from cognoscope.intake.dicom.store_writing import LACKS_PIXELS, PASSED_OVER, Kept, is_image, lacks_pixels, prepared
from cognoscope.intake.manifest import sync_folder
from cognoscope.intake.pseudonyms import Pseudonymiser

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

OTHER_PIXELS = "An image with the same identifier and other pixels is already kept: this one was set aside."
INCOMPLETE = "This DICOM object does not say to which study and series it belongs: it cannot be kept."
Fate = Literal["kept", "known", "passed over", "quarantined"]


@dataclass(frozen=True)
class Taken:
    """What became of one object: by pseudonymous UIDs; `sentence` says why it was not kept."""

    fate: Fate
    person: str = ""
    study: str = ""
    series: str = ""
    instance: str = ""
    sentence: str = ""


@dataclass
class Counts:
    """The account of some objects; nothing of any of them is in it."""

    fates: Counter[Fate] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    masked: int = 0


class ImageStore:
    """Takes objects in, and gives them out again to applications (pseudonymous) and to intake (originals)."""

    def __init__(self, home: Home, pseudonymiser: Pseudonymiser | None = None) -> None:
        need_imaging("Keeping DICOM")
        self.home = home
        self.folder = home.images
        self.index = Index(home.images / "index.sqlite")
        self.quarantine = Quarantine(home)
        self._key = keys.read(home.vault_key_file)
        date_shift = home.settings().date_shift
        self._pseudonymiser = pseudonymiser or Pseudonymiser.from_file(home.key_file, date_shift=date_shift)

    def take(self, sources: Sequence[bytes | Path], counts: Counts | None = None) -> list[Taken]:
        """Take objects in, together: on return each one is kept or in quarantine, durably, or was passed over.

        Raises:
            InvalidInput: the disk refuses, a key is absent; what an earlier call took in is safe.
        """
        counts = counts if counts is not None else Counts()
        taken: list[Taken] = []
        waiting: dict[str, tuple[Kept, DicomObject, bytes]] = {}
        for source in sources:
            one = self._one(source, waiting)
            counts.fates[one.fate] += 1
            if one.sentence:
                counts.reasons[one.sentence] += 1
            taken.append(one)
        self._write([waiting[name] for name in waiting], counts)
        return taken

    def identify(self, pseudonymous: str) -> str:
        """The original of a pseudonymous study, series or instance UID. Only intake may ask.

        Raises:
            InvalidInput: it is not kept here, or its record was changed.
        """
        sealed = self.index.uid(pseudonymous)
        if sealed is None:
            raise InvalidInput("That identifier belongs to no image that is kept here.")
        return unseal(self._key, pseudonymous, sealed).decode()

    def original_headers(self, instances: Iterable[str]) -> list["Dataset"]:
        """The original headers (without pixels) behind pseudonymous instance UIDs, in their order. Only for results
        that go back to where the images came from.

        Raises:
            InvalidInput: one is not kept here, or its record was changed.
        """
        headers = []
        for instance in instances:
            row = self.index.object(instance)
            if row is None:
                raise InvalidInput("That identifier belongs to no image that is kept here.")
            headers.append(read_object(unseal(self._key, instance, row.sealed)).dataset)
        return headers

    def files(self, series: str) -> list[Path]:
        """The files of a series.

        Raises:
            InvalidInput: it is not kept here.
        """
        rows = self.index.objects(series)
        if not rows:
            raise InvalidInput("That series is not kept here.")
        return [self.folder / row.file for row in rows]

    def _one(self, source: bytes | Path, waiting: dict[str, tuple[Kept, DicomObject, bytes]]) -> Taken:
        content = b""
        try:
            content = source if isinstance(source, bytes) else _content(source)
            read = read_object(content)
            if lacks_pixels(read):
                raise InvalidInput(LACKS_PIXELS)
            if not is_image(read):
                return Taken("passed over", sentence=PASSED_OVER)
            if not read.series_uid or not read.study_uid:
                raise InvalidInput(INCOMPLETE)
            kept = prepared(read, self._pseudonymiser)
            instance, series, study = (
                str(kept.dataset[name].value) for name in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
            )
            there = waiting[instance][0].digest if instance in waiting else self.index.digests([instance]).get(instance)
            if there not in (None, kept.digest):
                raise InvalidInput(OTHER_PIXELS)
            with guarded(FAILED):
                header = header_of(content, read)
        except InvalidInput as error:
            if content:
                self.quarantine.put(content, str(error))
            return Taken("quarantined", sentence=str(error))
        if there is None:
            waiting[instance] = (kept, read, header)
        return Taken("kept" if there is None else "known", kept.person, study, series, instance)

    def _write(self, waiting: list[tuple[Kept, DicomObject, bytes]], counts: Counts) -> None:
        series: dict[str, SeriesRow] = {}
        objects: list[ObjectRow] = []
        uids: dict[str, bytes] = {}
        written: list[Path] = []
        for kept, read, header in waiting:
            row = _series_row(kept)
            series[row.series] = row
            instance = str(kept.dataset.SOPInstanceUID)
            file = f"{row.study}/{row.series}/{instance}.dcm"
            written.append(_written(self.folder / file, kept.content))
            sealed = seal(self._key, instance, header)
            shape = (read.number_of_frames, read.rows, read.columns)
            objects.append(ObjectRow(instance, row.series, kept.digest, file, *shape, sealed))
            originals = ((instance, read.sop_instance_uid), (row.series, read.series_uid), (row.study, read.study_uid))
            for pseudonymous, original in originals:
                if pseudonymous not in uids:
                    uids[pseudonymous] = seal(self._key, pseudonymous, original.encode())
            counts.masked += bool(kept.masked_lines)
        for folder in {path.parent for path in written}:
            sync_folder(folder)
        with guarded(FAILED):
            keep_people(self.home, {kept.person: read.dataset for kept, read, _ in waiting})
        self.index.enter(list(series.values()), objects, list(uids.items()))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"The DICOM file cannot be read from the disk: {error.strerror}.") from None


def _written(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fdatasync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InvalidInput(
            f"There is no room left for {path.parent.parent.parent}, or the disk refuses ({error.strerror}): what was "
            "taken in before is safe. Free space and run the same command again."
        ) from None
    return path


def _series_row(kept: Kept) -> SeriesRow:
    dataset = kept.dataset

    def said(keyword: str) -> str:
        value: Any = dataset.get(keyword)
        return (
            "" if value is None else cleaned(str(value), frozenset()) if keyword.endswith("Description") else str(value)
        )

    age, day = said("PatientAge"), said("StudyDate") or said("SeriesDate") or said("AcquisitionDate")
    return SeriesRow(
        series=said("SeriesInstanceUID"),
        study=said("StudyInstanceUID"),
        person=kept.person,
        modality=said("Modality"),
        body_part=said("BodyPartExamined"),
        laterality=said("ImageLaterality") or said("Laterality"),
        view=said("ViewPosition"),
        description=said("SeriesDescription"),
        study_description=said("StudyDescription"),
        manufacturer=said("Manufacturer"),
        model=said("ManufacturerModelName"),
        sex=said("PatientSex"),
        age=int(age[:3]) if age.endswith("Y") else 0 if age else None,
        taken=f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 else "",
    )
