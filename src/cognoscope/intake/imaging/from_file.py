"""Cases from files: a picture or a DICOM object each, a folder of them, or a table that lists some."""

from datetime import datetime
from pathlib import Path

from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.images import read_image
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.imaging.dicom_image import case_image
from cognoscope.intake.imaging.listed import TABLES, Listed, listed, listed_in
from cognoscope.methods.images.kind import ImageKind

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".dcm", ".dicom")
IMAGE = "image"


def cases_from_file(kind: ImageKind, path: Path, as_of: datetime) -> list[Case]:
    """One case an image: of a file, of the files of a folder, or of those that a CSV file lists (column `file`).

    A file says nobody's name: the subject is made of the pixels, so that the same image is the same subject.

    Raises:
        InvalidInput: there is no image, or one that cannot be read; the message names the file.
        NotInstalled: the extra `imaging` is missing.
    """
    return [build_case(kind, image_of(kind, each), as_of, source="file") for each in _pictures(path)]


def build_case(kind: ImageKind, image: CaseImage, as_of: datetime, subject: str = "", source: str = "") -> Case:
    """The case of one image."""
    subject = subject or f"person:image-{image.raster.content[:24]}"
    return Case(kind=kind.case, subject=subject, as_of=as_of, images=(image,), source=source)


def image_of(kind: ImageKind, about: Listed) -> CaseImage:
    """A picture or a DICOM object as an image of a case; a table says what the object itself does not."""
    try:
        dicom = _is_dicom(about.file)
        image = case_image(read_object(about.file), IMAGE) if dicom else _picture(kind, about.file)
    except InvalidInput as error:
        raise InvalidInput(f"{about.file.name}: {error}") from error
    told: dict[str, object] = {}
    if image.spacing is None and about.pixel_mm is not None:
        told["spacing"] = (0.0, about.pixel_mm, about.pixel_mm)
    if image.laterality is None and about.side is not None:
        told["laterality"] = about.side
    return CaseImage.model_validate(dict(image) | told) if told else image


def _picture(kind: ImageKind, path: Path) -> CaseImage:
    return CaseImage(name=IMAGE, raster=pixels.keep(read_image(path)), modality=kind.modalities[0])


def _is_dicom(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(132)[128:] == b"DICM" or path.suffix.lower() in (".dcm", ".dicom")
    except OSError as error:
        raise InvalidInput(f"the file cannot be read from the disk: {error.strerror}.") from None


def _pictures(path: Path) -> list[Listed]:
    if path.suffix.lower() == ".csv":
        return listed_in(path)
    if not path.is_dir():
        return [listed(path)]
    table = next((path / name for name in TABLES if (path / name).is_file()), None)
    if table:
        return listed_in(table)
    found = [listed(each) for each in sorted(path.iterdir()) if each.suffix.lower() in ENDINGS and each.is_file()]
    if not found:
        raise InvalidInput(f"{path}: there is no image in this folder (PNG, JPEG, WebP or DICOM), and no images.csv.")
    return found
