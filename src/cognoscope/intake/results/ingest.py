"""Files of results are read, made pseudonymous and laid beside the application of the algorithm that made them."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from cognoscope.core import pixels
from cognoscope.core.canonical import digest
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake.dicom.extra import need_imaging
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.manifest import replace
from cognoscope.intake.optout import opted_out
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.results.application import FILE, RECEIVED, name_of, written
from cognoscope.intake.results.case import case_of
from cognoscope.intake.results.fhir import Refusal, read_fhir
from cognoscope.intake.results.kept import kept_images
from cognoscope.intake.results.received import ForeignAlgorithm, Received
from cognoscope.intake.results.seg import read_segmentation
from cognoscope.intake.results.sr import read_report
from cognoscope.intake.results.when import LOCAL

LARGEST_BYTES = 512 << 20
NO_RESULT = "This DICOM object is neither an SR nor a SEG: images are taken in by `cognoscope ingest dicom`."
UNKNOWN = "This file is neither DICOM nor JSON: a result comes as a DICOM SR or SEG object, or as FHIR in JSON."
REFUSED = "The person refused the reuse of their data: the result was not taken in."


@dataclass
class Report:
    """What came of an ingest of results: by application how many are new; `source` names what was read.

    passed_over: files of a folder that are no results at all, images among them.
    """

    read: int = 0
    passed_over: int = 0
    known: int = 0
    new: Counter[str] = field(default_factory=Counter)
    first_seen: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    source: str = ""


def ingest_results(path: Path, home: Home, at: datetime) -> Report:
    """Take in a file, or every file of a folder: DICOM SR and SEG objects, FHIR in JSON. A second time changes nothing.

    Raises:
        InvalidInput: there is no file there, the disk refuses, or the installation has no key.
        NotInstalled: without the extra `imaging`.
    """
    contents = ((file.name, _content(file)) for file in _files(path))
    return take_results(contents, home, at, passing_over=path.is_dir())


def take_results(
    contents: Iterable[tuple[str, bytes]], home: Home, at: datetime, *, passing_over: bool = True
) -> Report:
    """Take in results by name and bytes; with `passing_over`, what is no result at all is merely counted.

    Raises:
        InvalidInput: the disk refuses, or the installation has no key.
        NotInstalled: without the extra `imaging`.
    """
    need_imaging("Reading results")
    pseudonymiser = Pseudonymiser.from_file(home.key_file, date_shift=home.settings().date_shift)
    local = ZoneInfo(home.settings().time_zone)
    refusals, report, digests = opted_out(home), Report(), []
    for name, content in contents:
        results = _results(content, local)
        if passing_over and results in ([Refusal(NO_RESULT)], [Refusal(UNKNOWN)]):
            report.passed_over += 1
            continue
        digests.append(hashlib.sha256(content).hexdigest())
        for result in results:
            report.read += 1
            if isinstance(result, Refusal):
                report.refused.append((name, result.sentence))
                continue
            try:
                if pseudonymiser.person(result.patient) in refusals:
                    raise InvalidInput(REFUSED)
                case = case_of(result, pseudonymiser, at, partial(kept_images, home))
            except InvalidInput as error:
                report.refused.append((name, str(error)))
                continue
            _keep(home, result.algorithm, case, report)
    report.source = digest({"results": sorted(digests)})
    return report


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else []
    found = [each for each in found if not each.name.startswith(".")]
    if not found:
        raise InvalidInput(f"There is no file or folder of results {path}: check the name.")
    return found


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise InvalidInput(f"{file.name} is too large to be a result (more than 512 MiB).")
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file.name} cannot be read from the disk: {error.strerror}.") from None


def read_results(content: bytes, local: tzinfo = LOCAL) -> Sequence[Received | Refusal]:
    """The results in the bytes of a file; `local` is the zone of times without one.

    Raises:
        InvalidInput: the file as a whole cannot be read, or holds no result.
    """
    if content[128:132] == b"DICM":
        read = read_object(content)
        if read.modality == "SEG":
            return [read_segmentation(read, local)]
        if read.modality == "SR" or "ContentSequence" in read.dataset:
            return [read_report(read, local)]
        raise InvalidInput(NO_RESULT)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return read_fhir(content)
    raise InvalidInput(UNKNOWN)


def _results(content: bytes, local: tzinfo) -> list[Received | Refusal]:
    try:
        return list(read_results(content, local))
    except InvalidInput as error:
        return [Refusal(str(error))]


def _keep(home: Home, algorithm: ForeignAlgorithm, case: Case, report: Report) -> None:
    """Lay the case beside its application, whole or not at all; the same result is there once."""
    name = name_of(algorithm)
    folder = home.models / name
    said = {key: value for key, value in case.plain().items() if key != "as_of"}
    path = folder / RECEIVED / f"{digest(said)}.json"
    if path.exists():
        report.known += 1
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / FILE).exists():
            replace(folder / FILE, written(algorithm).encode())
            report.first_seen.append(name)
        pixels.save((image.raster for image in case.images), home.pixels)
        replace(path, case.canonical())
    except OSError as error:
        raise InvalidInput(f"Results cannot be written to {folder}: {error.strerror}. Free some space.") from error
    report.new[name] += 1
