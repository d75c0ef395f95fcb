"""The case: one CT of the chest in Hounsfield units, or one slice of it as a picture.

A whole CT comes from the image store, from a folder of DICOM files or from a NIfTI file; a single slice from a DICOM
file, or from a picture (PNG, JPEG) that was saved in a lung window: that has no Hounsfield units and no scale.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from cognoscope.core.case import Case, CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.imaging import from_file
from cognoscope.methods.images.kind import ImageKind

KIND = ImageKind(
    case="chest-ct",
    name=Sentence(fr="un scanner du thorax", en="a CT of the chest"),
    modalities=("CT",),
    least=128,
    most=1,
)
CT = "ct"
WINDOW = (-600.0, 1500.0)
"""Centre and width in which people look at lungs."""
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".csv")
HOUNSFIELD = "[hnsf'U]"


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """One case of a folder of DICOM slices, of a DICOM or NIfTI file; one a picture of a picture, a folder or a table.

    Raises:
        InvalidInput: it cannot be read, or holds no series of slices; the sentence says why.
        NotInstalled: the extra `imaging` is missing.
    """
    name = path.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        return [_case(_nifti(path), as_of)]
    if name.endswith(PICTURES) or (path.is_dir() and _holds_pictures(path)):
        return from_file.cases_from_file(KIND, path, as_of)
    return [_case(_dicom(path), as_of)]


def cases_from_study(store: Any, study: str, as_of: datetime) -> list[Case]:
    """The largest CT series of a study that has just become complete.

    Raises:
        InvalidInput: the study holds no CT, or none that is a volume; the sentence says why.
    """
    from cognoscope.intake.dicom.case_images import studies, volume_of

    found = studies(store, modalities=KIND.modalities, study=study)
    series = [(row, count) for each in found for row, count in each.series]
    if not series:
        raise InvalidInput("This study holds no CT of the chest: correct routing.toml, or send the CT.")
    row, _ = max(series, key=lambda each: (each[1], each[0].series))
    image = volume_of(store, row.series, CT).model_copy(update={"window": WINDOW})
    return [Case(kind=KIND.case, subject=found[0].subject, as_of=as_of, images=(image,), source="dicom")]


def cases_from_warehouse(warehouse: Any, as_of: datetime) -> list[Case]:
    """None: images come by DICOM, study by study."""
    return []


def _case(image: CaseImage, as_of: datetime) -> Case:
    # A file says nobody's name: the same pixels are the same subject.
    return from_file.build_case(KIND, image, as_of, source="file")


def _holds_pictures(folder: Path) -> bool:
    return any(each.suffix.lower() in PICTURES for each in folder.iterdir() if each.is_file())


def _dicom(path: Path) -> CaseImage:
    from cognoscope.intake.dicom.case_images import volume_image
    from cognoscope.intake.dicom.volume import read_volume

    volume = read_volume(path if path.is_dir() else [path])
    return volume_image(volume, CT).model_copy(update={"window": WINDOW})


def _nifti(path: Path) -> CaseImage:
    from cognoscope.intake.dicom.case_images import volume_image
    from cognoscope.intake.dicom.nifti import read_nifti

    # NIfTI names no modality: that it is a CT in Hounsfield units is what who gives it says; its values are checked.
    told = {"modality": "CT", "unit": HOUNSFIELD, "window": WINDOW}
    return volume_image(read_nifti(path), CT).model_copy(update=told)
