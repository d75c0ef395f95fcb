"""Identities planted in headers, pixels, codestreams and names of files are found nowhere but sealed."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.intake.dicom.synthetic import CAPTURE, US, dataset, file_of, slices, written
from tests.intake.test_fhir_canaries import everything_in
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys
from cognoscope.intake.dicom.case_images import images_of, studies, volume_of
from cognoscope.intake.dicom.store import ImageStore

pytest.importorskip("pydicom", reason="needs the extra `imaging`")
NAME, GIVEN, NUMBER, ACCESSION, BIRTH, TOWN, PHONE = (
    "ZZCANARIOVA", "Quetzalcoatline", "8009914242", "990114477", "19330207", "Serinville", "0699887766",
)  # fmt: skip
CANARIES = (NAME, GIVEN, NUMBER, ACCESSION, BIRTH, TOWN, PHONE, "1.2.826.0.1.77")
JPEG = "1.2.840.10008.1.2.4.50"
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
WHO = {
    "PatientName": f"{NAME}^{GIVEN}",
    "PatientID": NUMBER,
    "PatientBirthDate": BIRTH,
    "AccessionNumber": ACCESSION,
    "OtherPatientIDs": [NUMBER, PHONE],
    "PatientAddress": f"77 impasse du Serin, {TOWN}",
    "PatientTelephoneNumbers": PHONE,
    "ReferringPhysicianName": f"{NAME}^Dr",
    "OperatorsName": GIVEN,
    "InstitutionName": f"CHU de {TOWN}",
    "StationName": TOWN.upper(),
    "StudyDescription": f"TDM thoracique {GIVEN} {NAME}",
    "SeriesDescription": f"Axial {NUMBER}",
    "ProtocolName": f"Thorax {TOWN}",
    "ImageComments": f"Appeler {GIVEN} au {PHONE}",
    "DerivationDescription": NAME,
    "ImageType": ["ORIGINAL", "PRIMARY", NAME],
}


def commented() -> bytes:
    """A compressed picture with the patient's name in a comment of its codestream."""
    import io

    from PIL import Image
    from pydicom.encaps import encapsulate

    stream = io.BytesIO()
    picture = np.random.default_rng(0).integers(0, 255, (16, 16)).astype(np.uint8)
    Image.fromarray(picture).save(stream, "JPEG", comment=f"{GIVEN} {NAME}".encode())
    assert NAME.encode() in stream.getvalue()
    uids = {"SOPInstanceUID": "1.2.826.0.1.77.8", "SeriesInstanceUID": "1.2.826.0.1.77.80"}
    made = dataset(picture, SOPClassUID=CAPTURE, Modality="OT", TransferSyntaxUID=JPEG, **uids, **WHO)
    made.PixelData = encapsulate([stream.getvalue()])
    made["PixelData"].is_undefined_length = True
    return written(made)


def overlaid() -> bytes:
    """A name in an overlay, in private attributes and inside a sequence."""
    from pydicom.dataset import Dataset

    uids = {"SOPInstanceUID": "1.2.826.0.1.77.9", "SeriesInstanceUID": "1.2.826.0.1.77.90"}
    made = dataset(np.zeros((6, 5), np.uint16), Modality="MR", **uids, **WHO)
    made.add_new(0x60003000, "OW", NAME.encode() + b" ")
    made.private_block(0x0011, NAME, create=True).add_new(1, "LO", GIVEN)
    item = Dataset()
    item.PersonName, item.CodeMeaning = NAME, f"Mme {NAME}"
    made.ReferencedImageSequence = [item]
    made.RequestAttributesSequence = [item]
    return written(made)


def test_no_identity_is_found_outside_the_seals(
    home: Home, ledger: Ledger, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    whole = slices(4, **WHO)
    ultrasound = file_of(
        np.zeros((60, 90), np.uint8), SOPClassUID=US, Modality="US", SOPInstanceUID="1.2.826.0.1.77.7",
        SeriesInstanceUID="1.2.826.0.1.77.70", **WHO,
    )  # fmt: skip
    files = [*whole, commented(), overlaid(), ultrasound, whole[0][:-9], ultrasound[:-4_000], b"\0" * 128 + b"DICM"]
    for number, content in enumerate(files):
        (folder / f"{NAME}_{GIVEN}_{number}.dcm").write_bytes(content)
    keys.create(home)
    words = ["ingest", "dicom", str(folder), "--at", AT.isoformat()]
    result = CliRunner().invoke(app, words, env={"COGNOSCOPE_HOME": str(home.path)})
    assert result.exit_code == 0, result.output
    assert "7 kept" in result.output and "3 in quarantine" in result.output
    printed = capfd.readouterr()
    ledger.engine.dispose()
    store = ImageStore(home)
    [study] = studies(ImageStore(home))
    said = [str(study.facts)]
    for row, count in study.series:
        image = volume_of(store, row.series) if count > 1 else images_of(store, row.series)[0]
        said.append(image.model_dump_json())
    kept = {path.name: path.read_bytes() for path in home.images.rglob("*.dcm")}
    assert len(kept) == 7
    places = everything_in(home) | kept
    places |= {"output": (result.output + printed.out + printed.err).encode(), "cases": "\n".join(said).encode()}
    found = [
        (place, canary)
        for place, content in places.items()
        for canary in CANARIES
        if canary.casefold().encode() in content.lower()
    ]
    assert found == []
    assert study.facts["description"] == "TDM thoracique"
    assert store.original_headers([store.index.objects(row.series)[0].instance])[0].PatientID == NUMBER
