"""Cases from a study that has just become complete in the store: its images of the application's kind."""

from datetime import datetime

from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.case_images import images_of, studies
from cognoscope.intake.dicom.store import ImageStore
from cognoscope.methods.images.kind import ImageKind


def cases_from_study(kind: ImageKind, store: ImageStore, study: str, as_of: datetime) -> list[Case]:
    """One case of all images of the study that have one of the kind's modalities, in the order of series and numbers.

    None for a person who refused the reuse of their data.

    Raises:
        InvalidInput: the study is not kept here, or holds no such image; the sentence says what it holds.
    """
    held = [row for row, _ in store.index.series(study=study)]
    if not held:
        raise InvalidInput("That study is not kept here: nothing can be proposed on it.")
    if not any(row.modality in kind.modalities for row in held):
        found = ", ".join(sorted({row.modality or "no modality" for row in held}))
        raise InvalidInput(f"This study holds {found} and not {kind.name.en}: correct routing.toml.")
    cases = []
    for one in studies(store, modalities=kind.modalities, study=study):
        images = [image for row, _ in one.series for image in images_of(store, row.series)]
        if len(images) > 1:
            images = [image.model_copy(update={"name": f"image_{at}"}) for at, image in enumerate(images, start=1)]
        cases.append(Case(kind=kind.case, subject=one.subject, as_of=as_of, images=tuple(images), source="dicom"))
    return cases
