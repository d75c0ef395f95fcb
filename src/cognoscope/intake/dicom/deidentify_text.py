"""Free text of a header is kept word by word: known words stay, every other one goes.

DICOM PS3.15 E.3.5 (clean descriptors option). A list of what may stay, rather than of what must go, cannot miss a name;
what it costs is an unusual word of a description. A known word goes too where the header itself names a person, a
place or a number by it.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, MutableSequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
SHORT_NUMBER = re.compile(r"\d{1,3}([.,]\d{1,2})?(mm|cm|s|ms|kv|kvp|mas|hz|mhz|t|d)?")
KERNEL = re.compile(r"[A-Z][a-z]?\d{2}[a-z]?(\d?|s|f|h)|FC\d{2}")
SHORTEST_NAME = 3
IDENTIFYING = frozenset(
    re.findall(
        r"\w+",
        """AccessionNumber PatientID OtherPatientIDs IssuerOfPatientID PatientBirthDate PatientBirthTime PatientAddress
    PatientTelephoneNumbers PatientTelecomInformation CountryOfResidence RegionOfResidence Occupation AdmissionID
    InstitutionName InstitutionAddress InstitutionalDepartmentName StationName MilitaryRank MedicalRecordLocator
    DeviceSerialNumber StudyID ServiceEpisodeID FillerOrderNumberImagingServiceRequest EthnicGroup
    PlacerOrderNumberImagingServiceRequest InsurancePlanIdentification PersonName PersonAddress""",
    )
)


@cache
def known_words() -> frozenset[str]:
    """The words that may stay, folded (small letters without accents)."""
    with files("cognoscope.intake.dicom").joinpath("deidentify_words.csv").open(encoding="utf-8") as lines:
        return frozenset(folded(word) for row in csv.DictReader(lines) for word in row["words"].split())


def folded(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))


def names_in(dataset: "Dataset") -> frozenset[str]:
    """What the header calls persons, places and numbers by, at any depth: folded words of three letters or more."""
    found: set[str] = set()
    for element in dataset.iterall():
        if element.VR == "PN" or element.keyword in IDENTIFYING:
            found.update(each for each in _words(element.value) if len(each) >= SHORTEST_NAME)
    return frozenset(found)


def cleaned(value: Any, names: frozenset[str]) -> str:
    """The known words of a text, in their order; the empty text where none is left."""
    kept = []
    for word in WORD.findall(str(value or "")):
        small = folded(word)
        if small not in names and (small in known_words() or SHORT_NUMBER.fullmatch(small)):
            kept.append(word)
    return " ".join(kept)[:64]


def kernel(value: Any, names: frozenset[str]) -> str:
    """The name of a reconstruction kernel, as makers write them (B30f, Br40d, FC51, STANDARD), else nothing."""
    text = str(value or "").strip()
    return text if KERNEL.fullmatch(text) and folded(text) not in names else cleaned(text, names)


def code(value: Any, names: frozenset[str]) -> str | None:
    """A coded value (VR CS) that stays: of known words, of at most four signs each, or None."""
    text = str(value or "").strip()
    if not re.fullmatch(r"[A-Z0-9_ ]{0,16}", text):
        return None
    for part in re.split(r"[_ ]+", text):
        small = folded(part)
        if small in names or not (len(part) <= 4 or small in known_words() or folded(text) in known_words()):
            return None
    return text


def _words(value: Any) -> Iterable[str]:
    # A name of a person (VR PN) is iterable too, letter by letter.
    for each in value if isinstance(value, list | tuple | MutableSequence) else [value]:
        for part in WORD.findall(str(each or "").replace("^", " ").replace("=", " ")):
            yield folded(part)
