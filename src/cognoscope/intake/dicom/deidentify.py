"""Identities are taken out of a DICOM object: the basic profile of PS3.15 annex E with four of its options.

Options: clean pixel data (burnt-in text is masked), clean descriptors (only known words stay), retain longitudinal
temporal information (with dates shifted where the hospital shifts them), retain patient characteristics.

What to do with each attribute is read from the table E.1-1 that `dicom-anonymizer` (Kitware, BSD) keeps to the current
edition of the standard. Its engine is not used: it acts on the outermost level of a header, while names also stand
inside sequences; it keeps every UID it met in memory and replaces them at random; what the table does not name stays.
Here an attribute must also be one of the standard, and text, dates and codes must be on a list, to stay.
"""

import csv
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cognoscope.core.errors import InvalidInput, NotInstalled
from cognoscope.intake.dicom.deidentify_text import cleaned, code, kernel, names_in
from cognoscope.intake.dicom.extra import guarded
from cognoscope.intake.dicom.reading import DicomObject
from cognoscope.intake.pseudonyms import Pseudonymiser

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

EDITION = "dicomfields_2026c"
METHOD = "PS3.15 annex E basic profile"
OPTIONS = {
    "113100": "Basic Application Confidentiality Profile",
    "113101": "Clean Pixel Data Option",
    "113105": "Clean Descriptors Option",
    "113106": "Retain Longitudinal Temporal Information Full Dates Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
}
PIXEL_KEYWORDS = frozenset({"PixelData", "FloatPixelData", "DoubleFloatPixelData"})
TABLES_OF_VALUES = re.compile(r".*(PaletteColorLookupTable(Data|Descriptor)|LUTData|LUTDescriptor)")
TEXTS = frozenset({"LO", "LT", "SH", "ST", "UC", "UT"})
NUMBERS = frozenset({"DS", "IS", "FL", "FD", "SL", "SS", "UL", "US", "SV", "UV"})
SCHEMES = frozenset({"DCM", "SCT", "SRT", "SNM3", "LN", "UCUM", "RADLEX", "FMA", "NCIt", "I10", "ICD10", "BI", "UMLS"})
DEEPEST = 12
OLDEST = 89
FAILED = "Identities could not be taken out of this DICOM object with certainty: it is damaged. Have it sent again."
NOBODY = "This DICOM object does not say whose it is (its patient identifier is empty): it cannot be kept."


@dataclass(frozen=True)
class Deidentified:
    """A header without identities and without pixels yet; `person` is the pseudonym of whose image it is."""

    dataset: "Dataset"
    person: str
    days: int


def person_of(read: DicomObject, pseudonymiser: Pseudonymiser) -> str:
    """The pseudonym of the patient: the same as the other sources give to that hospital number.

    Raises:
        InvalidInput: the object names no patient.
    """
    with guarded(FAILED):
        number = str(read.dataset.get("PatientID") or "").strip(" \0")
    if not number:
        raise InvalidInput(NOBODY)
    return pseudonymiser.person(number)


def deidentify(read: DicomObject, pseudonymiser: Pseudonymiser) -> Deidentified:
    """The header without identities. UIDs become others under the hospital's key, always the same for the same UID.

    Raises:
        InvalidInput: the object names no patient, or is damaged.
        NotInstalled: the extra `imaging` is missing.
    """
    person = person_of(read, pseudonymiser)
    days = pseudonymiser.shift_days(person)
    with guarded(FAILED):
        clean = _Cleaning(pseudonymiser, names_in(read.dataset), days).level(read.dataset, 0)
        clean.PatientName = person[:8].upper()
        clean.PatientID = person
        clean.PatientBirthDate = ""
        for keyword in ("AccessionNumber", "StudyID", "ReferringPhysicianName"):  # Of type 2: present, and empty.
            setattr(clean, keyword, "")
        clean.PatientIdentityRemoved = "YES"
        clean.DeidentificationMethod = METHOD
        clean.LongitudinalTemporalInformationModified = "MODIFIED" if days else "UNMODIFIED"
        options = ["113100", "113101", "113105", "113107" if days else "113106", "113108"]
        clean.DeidentificationMethodCodeSequence = [_option(each) for each in options]
        return Deidentified(clean, person, days)


def _option(number: str) -> "Dataset":
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = number, "DCM", OPTIONS[number]
    return item


@cache
def actions() -> dict[int, str]:
    """Tag to letter of table E.1-1: X remove, Z empty, D dummy, U other UID, and their combinations."""
    try:
        from dicomanonymizer.dicomfields_selector import dicom_anonymization_database_selector
    except ImportError as error:
        raise NotInstalled("Keeping DICOM needs the extra `imaging`: run `make imaging`.") from error
    table = dicom_anonymization_database_selector(EDITION)
    lists = (name for name in table if name not in ("ALL_TAGS", "U_TAGS"))
    found = {tag[0] << 16 | tag[1]: "X" for name in lists for tag in table[name] if len(tag) == 2}
    return {**found, **{tag[0] << 16 | tag[1]: "U" for tag in table["U_TAGS"] if len(tag) == 2}}


@cache
def kept() -> dict[str, str]:
    """Keyword to the way in which it stays, of the attributes that stay although the table or their kind is against."""
    with files("cognoscope.intake.dicom").joinpath("deidentify_attributes.csv").open(encoding="utf-8") as lines:
        return {row["keyword"]: row["kept"] for row in csv.DictReader(lines)}


class _Cleaning:
    """What one object needs at every level of its header."""

    def __init__(self, pseudonymiser: Pseudonymiser, names: frozenset[str], days: int) -> None:
        self._uid = pseudonymiser.uid
        self._names = names
        self._days = days

    def level(self, dataset: "Dataset", depth: int) -> "Dataset":
        """A new data set of what may stay of this one."""
        from pydicom.dataset import Dataset

        clean = Dataset()
        if depth > DEEPEST:
            return clean
        for element in dataset:
            value = self._value(element, depth)
            if value is not None:
                clean.add_new(element.tag, element.VR, value)
        return clean

    def _value(self, element: "DataElement", depth: int) -> Any:
        """What stays of an element, None where nothing does."""
        tag = element.tag
        if tag.is_private or not element.keyword or tag.group in (0x0000, 0x0002, 0x0004):
            return None
        if tag.group & 0xFF00 in (0x5000, 0x6000) and tag.group != 0x7FE0:
            return None  # Curves and overlays, where names are drawn.
        if element.keyword in PIXEL_KEYWORDS:
            return None
        if TABLES_OF_VALUES.fullmatch(element.keyword):
            return element.value
        if how := kept().get(element.keyword):
            return self._kept(how, element.value)
        if element.VR == "UI":
            return self._uids(element.value)
        if tag in actions():
            return None
        if element.VR == "SQ":
            return [self.level(item, depth + 1) for item in element.value or []]
        if element.VR == "CS":
            return self._codes(element.value)
        if element.VR in NUMBERS or element.VR == "AT":
            return element.value if _numeric(element) else None
        return None

    def _kept(self, how: str, value: Any) -> Any:
        if how == "date":
            return _each(value, self._moved)
        if how == "time":
            return _each(value, lambda each: each if re.fullmatch(r"\d{2,6}(\.\d{1,6})?", each) else "")
        if how == "code":
            return _each(value, lambda each: each if re.fullmatch(r"[A-Za-z0-9.-]{0,16}", each) else "")
        if how == "scheme":
            return str(value or "") if str(value or "") in SCHEMES else "99OTHER"
        if how == "age":
            return _age(str(value or ""))
        if how == "number":
            return value if isinstance(value, float | int) else None
        if how == "kernel":
            return _each(value, lambda each: kernel(each, self._names))
        return _each(value, lambda each: cleaned(each, self._names))

    def _uids(self, value: Any) -> Any:
        from pydicom._uid_dict import UID_dictionary

        return _each(value, lambda each: each if each in UID_dictionary or not each else self._uid(each))

    def _codes(self, value: Any) -> Any:
        codes = [code(each, self._names) for each in _list(value)]
        return [each or "" for each in codes] if any(codes) else None

    def _moved(self, text: str) -> str:
        """A date or a moment some days off; what is none becomes empty. The zone stays, the fraction too."""
        if not re.fullmatch(r"\d{8}(\d{2,6}(\.\d{1,6})?([+-]\d{4})?)?", text):
            return ""
        try:
            day = datetime.strptime(text[:8], "%Y%m%d") + timedelta(days=self._days)  # noqa: DTZ007 - a date only
        except (ValueError, OverflowError):
            return ""
        return f"{day:%Y%m%d}{text[8:]}"


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return [str(value).strip(" \0")]
    return [str(each).strip(" \0") for each in value]


def _each(value: Any, do: Any) -> Any:
    done = [do(each) for each in _list(value)]
    return done[0] if len(done) == 1 else done


def _numeric(element: "DataElement") -> bool:
    if element.VR not in ("DS", "IS"):
        return True
    for each in _list(element.value):
        if each and not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?", each):
            return False
    return True


def _age(text: str) -> str:
    """PS3.5 AS; above 89 years everybody is 90."""
    if not re.fullmatch(r"\d{3}[DWMY]", text):
        return ""
    return "090Y" if text[3] == "Y" and int(text[:3]) > OLDEST else text
