"""The case: the radiographs of one examination of a limb."""

from datetime import datetime
from pathlib import Path
from typing import Any

from cognoscope.core.case import Case
from cognoscope.core.noun import Sentence
from cognoscope.intake.imaging import from_file, from_study
from cognoscope.methods.images.kind import ImageKind

KIND = ImageKind(
    case="limb-radiograph",
    name=Sentence(fr="une radiographie de membre", en="a radiograph of a limb"),
    modalities=("DX", "CR", "OT"),
    least=224,
    most=12,
)


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """One case an image of a file, of a folder or of a table (see `cognoscope.intake.imaging.from_file`)."""
    return from_file.cases_from_file(KIND, path, as_of)


def cases_from_study(store: Any, study: str, as_of: datetime) -> list[Case]:
    """The images of a study that may be of this kind (see `cognoscope.intake.imaging.from_study`)."""
    return from_study.cases_from_study(KIND, store, study, as_of)


def cases_from_warehouse(warehouse: Any, as_of: datetime) -> list[Case]:
    """None: images come by DICOM, study by study."""
    return []
