"""Cases from a study that has just become complete in the store: its images of the application's kind."""

from datetime import datetime

from cognoscope.core.case import Case, CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.dicom.store import ImageStore
from cognoscope.intake.dicom.store_index import SeriesRow
from cognoscope.intake.imaging.dicom_image import case_image
from cognoscope.methods.images.kind import ImageKind


def cases_from_study(kind: ImageKind, store: ImageStore, study: str, as_of: datetime) -> list[Case]:
    """One case of all images of the study that have one of the kind's modalities, in the order of series and instances.

    Raises:
        InvalidInput: the study is not kept here, or holds no such image; the sentence says what it holds.
    """
    series = [row for row, _ in store.index.series(study=study)]
    if not series:
        raise InvalidInput("That study is not kept here: nothing can be proposed on it.")
    fitting = [row for row in series if row.modality in kind.modalities]
    if not fitting:
        held = ", ".join(sorted({row.modality or "no modality" for row in series}))
        raise InvalidInput(f"This study holds {held} and not {kind.name.en}: correct routing.toml.")
    images = tuple(image for row in fitting for image in _images(store, row))
    named = tuple(image.model_copy(update={"name": f"image_{at}"}) for at, image in enumerate(images, start=1))
    return [
        Case(
            kind=kind.case,
            subject=f"person:{fitting[0].person}",
            as_of=as_of,
            images=named if len(named) > 1 else tuple(each.model_copy(update={"name": "image"}) for each in images),
            source="dicom",
        )
    ]


def _images(store: ImageStore, row: SeriesRow) -> list[CaseImage]:
    found = []
    for object_row in store.index.objects(row.series):
        image = case_image(read_object(store.folder / object_row.file), "image")
        where = {"study": row.study, "series": row.series, "instances": (object_row.instance,)}
        found.append(image.model_copy(update=where))
    return found
