"""One page for those who read nothing else, inside a DICOM object (Encapsulated PDF, PS3.3 A.45.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cognoscope.core.case import Case
from cognoscope.core.image_value import PROBABILITY, Measurement, Overlay
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Proposal
from cognoscope.exports.dicom import words
from cognoscope.exports.dicom.algorithm import MANUFACTURER
from cognoscope.exports.dicom.coding import line
from cognoscope.exports.dicom.headers import sign
from cognoscope.exports.dicom.pairing import Pair
from cognoscope.exports.dicom.pdf_page import HEIGHT, WIDTH, Page
from cognoscope.exports.dicom.picture import picture
from cognoscope.exports.dicom.reviewed import Reviewed
from cognoscope.exports.dicom.seg import Issue
from cognoscope.exports.dicom.standing import Standing
from cognoscope.exports.dicom.uids import uid
from cognoscope.methods.images.spoken import percent

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

SERIES_NUMBER = 9300
LEFT, INSIDE = 48, WIDTH - 96
LIMITS_SHOWN = 4
TALLEST = 330
"""Height of the picture at most, in points: small, the images themselves are in the PACS."""
MEASUREMENTS_SHOWN = 12


def page(
    proposal: Proposal,
    case: Case,
    stands: Standing,
    issue: Issue,
    limits: Sequence[Sentence] = (),
    reviewed: Reviewed | None = None,
    about: str = "",
) -> bytes:
    """What, how much, how sure, where, with which limits, on one A4 page of PDF; no name of a patient.

    about: which examination, in words.
    """
    language = issue.language
    title = proposal.title.in_language(language)
    sheet = Page(language, f"{title} - {issue.status}")
    y = sheet.paragraph(LEFT, 62, title, INSIDE, 17, bold=True)
    y = sheet.paragraph(LEFT, y - 6, about, INSIDE, 10, grey=0.25) + 2
    colour = (0.85, 0.93, 0.87) if stands.final else (0.99, 0.91, 0.72)
    sheet.rectangle(LEFT, y - 8, INSIDE, 26, colour)
    sheet.text(LEFT + 8, y + 9, issue.status, 12, bold=True)
    y += 38
    if reviewed is not None:
        by = " - ".join(part for part in (reviewed.name or reviewed.role, reviewed.organisation) if part)
        y = sheet.paragraph(LEFT, y, f"{words.BY.in_language(language)} {by}, {issue.at:%d/%m/%Y %H:%M}", INSIDE, 10)
    if stands.set_aside is not None:
        why = (reviewed.reason if reviewed else "") or stands.set_aside
        y = sheet.paragraph(LEFT, y + 4, f"{words.REASON.in_language(language)} {why}", INSIDE, 11)
    elif proposal.headline is not None and not stands.proposed:
        y = sheet.paragraph(LEFT, y + 4, proposal.headline.text.in_language(language), INSIDE, 12)
    y = _measurements(sheet, y + 8, stands, language)
    shown = picture(proposal, case, stands.marks, stands.overlays)
    below = _height_of_limits(limits, language)
    if shown is not None and stands.set_aside is None:
        room = min(HEIGHT - 110 - below - y, TALLEST)
        if room > 60:
            sheet.place(*shown, (LEFT, y, INSIDE, room))
            y += min(room, shown[2] * INSIDE / shown[1])
    _legend(sheet, y + 12, stands.overlays, language)
    _foot(sheet, limits, below, issue)
    return sheet.content()


def _measurements(sheet: Page, y: float, stands: Standing, language: str) -> float:
    for one in stands.measurements[:MEASUREMENTS_SHOWN]:
        ends = (
            sheet.paragraph(LEFT, y, one.label.in_language(language), 235, 10),
            sheet.paragraph(LEFT + 245, y, _amount(one, language), 92, 10, bold=True),
            sheet.paragraph(LEFT + 345, y, _how_sure(one, stands, language), INSIDE - 345, 9, grey=0.25),
        )
        y = max(*ends, y + 15) + 2
    left_out = len(stands.measurements) - MEASUREMENTS_SHOWN
    if left_out > 0:
        more = words.MORE.in_language(language).format(count=left_out)
        y = sheet.paragraph(LEFT, y, more, INSIDE, 9, grey=0.25)
    return y


def _amount(one: Measurement, language: str) -> str:
    if one.words is not None:
        return one.words.in_language(language)
    if one.code == PROBABILITY:
        return percent(one.amount).in_language(language)
    return f"{number(one.amount, language)} {'' if one.unit == '1' else one.unit}".strip()


def _how_sure(one: Measurement, stands: Standing, language: str) -> str:
    said = []
    if one.key in stands.proposed:
        amount = number(stands.proposed[one.key], language)
        said.append(words.CORRECTED.in_language(language).format(amount=amount))
    if one.interval is not None:
        level = words.INTERVAL.in_language(language).format(level=f"{one.interval.level * 100:g}")
        said.append(f"{number(one.interval.low, language)} - {number(one.interval.high, language)} ({level})")
    if one.options:
        options = ", ".join(option.in_language(language) for option in one.options)
        said.append(f"{words.NOT_EXCLUDED.in_language(language)} : {options}")
    return " ; ".join(said)


def number(amount: float, language: str) -> str:
    """Three significant figures at least, with a decimal comma in French."""
    text = f"{amount:.0f}" if abs(amount) >= 1000 else f"{amount:.3g}"
    return text if language == "en" else text.replace(".", ",")


def _legend(sheet: Page, y: float, overlays: Sequence[Overlay], language: str) -> None:
    from cognoscope.exports.dicom.picture import COLOURS

    x = float(LEFT)
    for overlay in overlays:
        for place, each in enumerate(overlay.classes):
            colour = COLOURS[place % len(COLOURS)]
            sheet.rectangle(x, y - 7, 8, 8, (colour[0] / 255, colour[1] / 255, colour[2] / 255))
            sheet.text(x + 12, y, each.label.in_language(language)[:30], 9)
            x += 130
            if x > WIDTH - 150:
                return


def _height_of_limits(limits: Sequence[Sentence], language: str) -> float:
    from cognoscope.exports.dicom.pdf_page import wrapped

    lines = sum(len(wrapped(each.in_language(language), 9, INSIDE - 10)) for each in limits[:LIMITS_SHOWN])
    return lines * 12.2 + 18 if lines else 0.0


def _foot(sheet: Page, limits: Sequence[Sentence], height: float, issue: Issue) -> None:
    y = HEIGHT - 78 - height
    if limits:
        sheet.text(LEFT, y, words.LIMITS.in_language(issue.language), 9, bold=True)
        y += 12
        for each in limits[:LIMITS_SHOWN]:
            y = sheet.paragraph(LEFT + 10, y, each.in_language(issue.language), INSIDE - 10, 9)
    caution = words.CAUTION.in_language(issue.language)
    y = sheet.paragraph(LEFT, HEIGHT - 62, caution, INSIDE, 9, bold=True)
    by = f"{MANUFACTURER} - {issue.algorithm.name} {issue.algorithm.version} - sha256 {issue.algorithm.serial}"
    sheet.paragraph(LEFT, y, f"{by} - {issue.at:%d/%m/%Y %H:%M}", INSIDE, 8, grey=0.35)


def examination(pair: Pair, language: str) -> str:
    """Modality and day of the examination, which tell one page from another without saying whose it is."""
    header = pair.source.headers[0]
    day = str(header.get("StudyDate") or "")
    said = f"{day[6:8]}/{day[4:6]}/{day[:4]}" if len(day) == 8 and day.isdigit() else ""
    return f"{words.EXAMINATION.in_language(language)} {header.get('Modality') or ''} {said}".strip()


def encapsulated(
    content: bytes, title: str, pair: Pair, report: Dataset | None, stands: Standing, issue: Issue
) -> Dataset:
    """The page as a DICOM object of the same study; `report` is the SR that says the same."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian

    made = Dataset()
    made.SOPClassUID = EncapsulatedPDFStorage
    made.SOPInstanceUID = uid(*issue.key, "PDF")
    made.StudyInstanceUID = pair.source.headers[0].StudyInstanceUID
    made.SeriesInstanceUID = uid(*issue.series, "series", "PDF")
    made.SeriesNumber, made.InstanceNumber, made.Modality = SERIES_NUMBER, issue.number, "DOC"
    made.SeriesDescription = line(f"{issue.status} - {title}")
    made.Manufacturer, made.ManufacturerModelName = MANUFACTURER, line(issue.algorithm.name)
    made.DeviceSerialNumber, made.SoftwareVersions = issue.algorithm.serial, line(issue.algorithm.version)
    made.ConversionType, made.BurnedInAnnotation = "SYN", "NO"
    made.AcquisitionDateTime = ""
    made.DocumentTitle = f"{issue.status} - {title}"[:300]
    made.ConceptNameCodeSequence = []
    made.VerificationFlag = "VERIFIED" if stands.final else "UNVERIFIED"
    about = [pair.source.headers[0]] if report is None else [pair.source.headers[0], report]
    made.SourceInstanceSequence = [_reference(each) for each in about]
    made.MIMETypeOfEncapsulatedDocument = "application/pdf"
    made.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
    made.EncapsulatedDocumentLength = len(content)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = EncapsulatedPDFStorage
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return sign(made, pair.source.headers[0], issue.at, issue.series_at)


def _reference(to: Dataset) -> Dataset:
    from pydicom.dataset import Dataset

    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = to.SOPClassUID, to.SOPInstanceUID
    return reference
