"""From the image store to the images of cases: pixels by content, geometry, and what is known without an identity."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cognoscope.core import pixels
from cognoscope.core.case import CaseImage
from cognoscope.intake import optout
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.dicom.store import ImageStore
from cognoscope.intake.dicom.store_index import SeriesRow
from cognoscope.intake.dicom.volume import TO_RAS, Volume, read_volume
from cognoscope.intake.imaging.dicom_image import case_image

HOUNSFIELD = "[hnsf'U]"


@dataclass(frozen=True)
class Study:
    """One study of a person: pseudonymous UID, date (ISO 8601, empty where unknown), its series with their sizes."""

    study: str
    person: str
    taken: str
    series: tuple[tuple[SeriesRow, int], ...]

    @property
    def subject(self) -> str:
        """Whom a case of this study is about."""
        return f"person:{self.person}"

    @property
    def facts(self) -> dict[str, str | int]:
        """What a case may know of the study beside its pixels; nothing that is not known is in it."""
        first = self.series[0][0]
        known = {
            "modality": first.modality,
            "body_part": first.body_part,
            "age": first.age,
            "sex": {"F": "female", "M": "male"}.get(first.sex),
            "manufacturer": first.manufacturer,
            "device": first.model,
            "description": first.study_description or first.description,
        }
        return {name: value for name, value in known.items() if value not in (None, "")}


def studies(
    store: ImageStore, *, modalities: Iterable[str] = (), body_parts: Iterable[str] = (), study: str | None = None
) -> list[Study]:
    """The studies that hold a series of these modalities and body parts (of any, where none is named), with those
    series only, oldest first. Persons who refused the reuse of their data are absent.

    Args:
        store: the image store.
        modalities: as DICOM names them (`CT`, `MG`).
        body_parts: as DICOM names them (`CHEST`); a series that does not say is kept.
        study: only this one, by its pseudonymous UID.
    """
    wanted, parts, refused = set(modalities), set(body_parts), optout.opted_out(store.home)
    found: dict[str, list[tuple[SeriesRow, int]]] = {}
    for row, count in store.index.series(study=study):
        fits = (not wanted or row.modality in wanted) and (not parts or row.body_part in parts | {""})
        if fits and row.person not in refused:
            found.setdefault(row.study, []).append((row, count))
    listed = [
        Study(name, some[0][0].person, min((row.taken for row, _ in some if row.taken), default=""), tuple(some))
        for name, some in found.items()
    ]
    return sorted(listed, key=lambda each: (each.taken, each.study))


def images_of(store: ImageStore, series: str, prefix: str = "image") -> list[CaseImage]:
    """Each object of a series as an image of its own (radiographs, photographs), by order of its number.

    Raises:
        InvalidInput: the series is not kept here, or cannot be read again.
    """
    read = [read_object(path) for path in store.files(series)]
    read.sort(key=lambda each: (_number(each.dataset.get("InstanceNumber")), each.sop_instance_uid))
    names = [prefix] if len(read) == 1 else [f"{prefix}_{number}" for number in range(1, len(read) + 1)]
    return [
        case_image(each, name).model_copy(
            update={"study": each.study_uid, "series": each.series_uid, "instances": (each.sop_instance_uid,)}
        )
        for each, name in zip(read, names, strict=True)
    ]


def volume_of(store: ImageStore, series: str, name: str = "ct", *, threads: int | None = None) -> CaseImage:
    """A series of slices as one image of a case.

    Raises:
        InvalidInput: the series is not kept here, or is no volume (the sentence says why).
    """
    rows = store.index.objects(series)
    volume = read_volume(store.files(series), threads=threads)
    study = read_object(store.folder / rows[0].file).study_uid
    image = volume_image(volume, name)
    return image.model_copy(update={"study": study, "series": series, "instances": volume.sop_instance_uids})


def volume_image(volume: Volume, name: str = "ct") -> CaseImage:
    """A volume read from files as an image of a case, without its UIDs: those of files are the PACS's own."""
    array = volume.array if volume.array.dtype != np.int32 else volume.array.astype(np.float32)
    # Core has (column, row, frame) to LPS; a volume has (frame, row, column) to RAS.
    affine = (TO_RAS @ volume.affine)[:, [2, 1, 0, 3]]
    modality = volume.facts.modality
    return CaseImage(
        name=name,
        raster=pixels.keep(array),
        modality=modality if modality.isalpha() and 2 <= len(modality) <= 8 else "OT",
        unit=HOUNSFIELD if modality == "CT" else None,
        spacing=volume.spacing_mm,
        affine=tuple(float(each) for each in affine.ravel()),
    )


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
