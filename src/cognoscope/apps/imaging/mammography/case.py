"""The case: the films of one examination of one woman, one to eight views.

Pictures say neither whose they are nor which side: a table may (`images.csv` or `labels.csv` of a folder, or any other
that is given itself), with the columns file, pair_id (or exam), laterality (or side) and pixel_size_mm. DICOM objects
say side and size of a pixel.
"""

import csv
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cognoscope.core.case import Case, CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.imaging import from_file, from_study
from cognoscope.intake.imaging.listed import TABLES, Listed, listed_in
from cognoscope.methods.images.kind import ImageKind

KIND = ImageKind(
    case="mammogram",
    name=Sentence(fr="une mammographie", en="a mammogram"),
    modalities=("MG", "CR", "OT"),
    least=256,
    most=8,
)
EXAM = ("pair_id", "exam", "exam_id")


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """One case an examination of a table (column pair_id or exam); one case a picture where no table says so.

    Raises:
        InvalidInput: there is no image, or one that cannot be read; the message names the file.
        NotInstalled: the extra `imaging` is missing.
    """
    table = path if path.suffix.lower() == ".csv" else next((path / t for t in TABLES if (path / t).is_file()), None)
    exams = _exams(table) if table else []
    if table is None or not exams:
        return from_file.cases_from_file(KIND, path, as_of)
    pictures = {each.file: each for each in listed_in(table)}
    return [_case([pictures[file] for file in files], as_of) for files in exams]


def cases_from_study(store: Any, study: str, as_of: datetime) -> list[Case]:
    """The images of a study that may be of this kind (see `cognoscope.intake.imaging.from_study`)."""
    return from_study.cases_from_study(KIND, store, study, as_of)


def cases_from_warehouse(warehouse: Any, as_of: datetime) -> list[Case]:
    """None: images come by DICOM, study by study."""
    return []


def build_case(images: Sequence[CaseImage], as_of: datetime, subject: str = "", source: str = "") -> Case:
    """The case of the films of one examination, named image or image_1, image_2, ... in their order."""
    digest = sha256("".join(image.raster.content for image in images).encode()).hexdigest()
    names = ["image"] if len(images) == 1 else [f"image_{at}" for at in range(1, len(images) + 1)]
    return Case(
        kind=KIND.case,
        subject=subject or f"person:image-{digest[:24]}",
        as_of=as_of,
        images=tuple(image.model_copy(update={"name": name}) for image, name in zip(images, names, strict=True)),
        source=source,
    )


def _case(pictures: Sequence[Listed], as_of: datetime) -> Case:
    return build_case([from_file.image_of(KIND, picture) for picture in pictures], as_of, source="file")


def _exams(table: Path) -> list[list[Path]]:
    """The files of each examination, in the table's order; none where no column groups them."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            column = next((name for name in EXAM if name in (rows.fieldnames or ())), None)
            if column is None or "file" not in (rows.fieldnames or ()):
                return []
            exams: dict[str, list[Path]] = {}
            for row in rows:
                if row["file"] and "\0" not in row["file"]:
                    files = exams.setdefault(row[column] or row["file"], [])
                    file = (table.parent / row["file"]).resolve()
                    files += [file] if file not in files else []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{table} cannot be read as a table of pictures: save it as CSV in UTF-8.") from error
    return list(exams.values())
