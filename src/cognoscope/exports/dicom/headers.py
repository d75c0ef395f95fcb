"""What of the source's header goes into a new object: first its geometry, then who the patient is, unchanged."""

from __future__ import annotations

import csv
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cognoscope.core.errors import InvalidInput

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset


@cache
def attributes(use: str, required: str | None = None) -> tuple[str, ...]:
    """Keywords of the attributes of a header for one use: `geometry`, or `patient` (with the study).

    Those that are required of a patient and a study are of Type 2 (PS3.3 C.7.1.1, C.7.2.1): empty where unknown.
    """
    text = files(__package__).joinpath("header_attributes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(row["keyword"] for row in rows if row["use"] == use and required in (None, row["required"]))


def skeleton(header: Dataset) -> Dataset:
    """Geometry and references of a source, with an empty patient: what highdicom needs and nothing that it would check
    or complain about by name.

    Raises:
        InvalidInput: it does not say which object, series or study it is.
    """
    from pydicom.dataset import Dataset

    bare = Dataset()
    for keyword in attributes("geometry"):
        if keyword in header and header[keyword].value not in (None, ""):
            bare.add(_copy(header, keyword))
    for keyword in ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        if keyword not in bare:
            raise InvalidInput(f"A header of the images lacks {keyword}: a result could not point back to them.")
    for keyword in attributes("patient", "yes"):
        setattr(bare, keyword, None if keyword in ("PatientName", "StudyDate", "StudyTime") else "")
    bare.setdefault("Modality", "OT")
    return bare


def sign(made: Dataset, header: Dataset, at: datetime, series_at: datetime) -> Dataset:
    """Put the patient and the study of the source into an object, as they are there, and the instants it stands for.

    at: when its content came to be, in the hospital's time zone. series_at: when its series did.
    """
    required = attributes("patient", "yes")
    for keyword in attributes("patient"):
        if keyword in header:
            made.add(_copy(header, keyword))
        elif keyword in required:
            setattr(made, keyword, None)
        elif keyword in made:
            del made[keyword]
    if made.get("PatientIdentityRemoved") == "YES" and not (
        made.get("DeidentificationMethod") or made.get("DeidentificationMethodCodeSequence")
    ):
        del made.PatientIdentityRemoved  # Type 1C beside it: what the source should say and does not.
    made.SpecificCharacterSet = "ISO_IR 192"
    for name, instant in (("InstanceCreation", at), ("Content", at), ("Series", series_at)):
        setattr(made, f"{name}Date", f"{instant:%Y%m%d}")
        setattr(made, f"{name}Time", f"{instant:%H%M%S}")
    for equipment in made.get("ContributingEquipmentSequence", ()):
        equipment.ContributionDateTime = f"{at:%Y%m%d%H%M%S}"
    return made


def _copy(header: Dataset, keyword: str) -> DataElement:
    """An element of its own: setting it in the new object must not change the header it came from."""
    from pydicom.dataelem import DataElement

    element = header[keyword]
    value = element.value
    if element.VR in ("DA", "TM") and isinstance(value, str):
        # ACR-NEMA wrote 1997.04.24 and 14:04:38.
        value = value.replace(".", "") if element.VR == "DA" else value.replace(":", "")
    return DataElement(element.tag, element.VR, value)
