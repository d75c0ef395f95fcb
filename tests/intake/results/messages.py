"""Results as another maker would send them: objects of ours under another name, and FHIR written by hand."""

import json
from io import BytesIO

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from tests.exports.dicom import studies

from cognoscope.exports.dicom import objects_for
from cognoscope.intake.dicom.reading import DicomObject, read_object
from cognoscope.intake.dicom.source import source_series


def images(frames: int = 5, orientation: tuple[float, ...] = studies.OBLIQUE, step: float = -1.7) -> list[Dataset]:
    """A CT with pixels."""
    made = studies.stack(frames, orientation, step)
    for place, one in enumerate(made):
        values = np.random.default_rng(place).integers(0, 1000, (24, 32)).astype("<i2")
        one.PixelData = values.tobytes()
        one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
        one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 1
        one.RescaleIntercept, one.RescaleSlope = -1024, 1
        one.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    return made


def written(dataset: Dataset) -> bytes:
    """The bytes of a DICOM file."""
    if not hasattr(dataset, "file_meta"):
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def renamed(dataset: Dataset, name: str = "LungScan", maker: str = "Acme", version: str = "4.5") -> Dataset:
    """The same object as if another maker's algorithm had made it."""
    said = {"Cognoscope": maker, "imaging.test": name, "1.2.3": version}

    def walk(level: Dataset) -> None:
        for element in level:
            if element.VR == "SQ":
                for item in element.value:
                    walk(item)
            elif isinstance(element.value, str) and element.value in said:
                element.value = said[element.value]

    walk(dataset)
    return dataset


def sent(array: np.ndarray | None = None, headers: list[Dataset] | None = None) -> tuple[bytes, bytes]:
    """A SEG and an SR of Acme's LungScan 4.5 on the images."""
    headers = headers or images()
    case = studies.case_of(len(headers), affine=studies.affine_of(headers))
    array = studies.blocks(len(headers)) if array is None else array
    proposal = studies.proposal_of(case, array, with_marks=True)
    seg, report = objects_for(proposal, case, source_series(headers), "en", parts=("seg", "sr"))
    return written(renamed(seg)), written(renamed(report))


def read(content: bytes) -> DicomObject:
    """As the receiver reads it."""
    return read_object(content)


def bundle(**changed: object) -> dict[str, object]:
    """A FHIR bundle: patient, device, one observation with two components."""
    observation = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "preliminary",
        "code": {"coding": [{"system": "http://loinc.org", "code": "24627-2", "display": "Lung involvement"}]},
        "subject": {"reference": "Patient/IPP-0001", "display": "Élodie Imaginaire"},
        "device": {"reference": "Device/d1"},
        "derivedFrom": [{"identifier": {"system": "urn:dicom:uid", "value": f"urn:oid:{studies.STUDY}"}}],
        "effectiveDateTime": "2026-11-20T10:00:00+01:00",
        "valueQuantity": {"value": 12.5, "unit": "%", "code": "%"},
        "note": [{"text": "Mme Imaginaire, 06 12 34 56 78"}],
        "component": [
            {
                "code": {"text": "Severity"},
                "valueCodeableConcept": {"coding": [{"system": "x", "code": "2", "display": "moderate"}]},
            },
            {"code": {"text": "Referable"}, "valueBoolean": True},
            {"code": {"text": "Remark"}, "valueString": "written by Mme Imaginaire"},
        ],
        **changed,
    }
    patient = {"resourceType": "Patient", "id": "IPP-0001", "name": [{"family": "Imaginaire", "given": ["Élodie"]}]}
    device = {
        "resourceType": "Device",
        "id": "d1",
        "deviceName": [{"name": "LungScore", "type": "model-name"}],
        "manufacturer": "Acme",
        "version": [{"value": "3.2"}],
    }
    entries = [{"resource": each} for each in (patient, device, observation)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def as_json(resource: object) -> bytes:
    """The bytes of a FHIR file."""
    return json.dumps(resource).encode()
