"""Real objects of twelve transfer syntaxes, some broken on purpose: each is read, or refused with its sentence."""

import csv
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.deidentify import deidentify
from cognoscope.intake.dicom.pixels import Pixels, pixels_of
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.dicom.volume import read_volume
from cognoscope.intake.pseudonyms import Pseudonymiser

pytest.importorskip("pydicom", reason="needs the extra `imaging`")
FOLDER = Path(os.environ.get("COGNOSCOPE_DATASETS", "")) / "imaging/dicom_conformance"
pytestmark = pytest.mark.skipif(not (FOLDER / "index.csv").is_file(), reason="COGNOSCOPE_DATASETS names no such folder")

REFUSED = {
    "pydicom/ExplVR_BigEndNoMeta.dcm": "not a DICOM file",
    "pydicom/ExplVR_LitEndNoMeta.dcm": "not a DICOM file",
    "pydicom/no_meta.dcm": "not a DICOM file",
    "pydicom/rtstruct.dcm": "not a DICOM file",
    "pydicom/MR_truncated.dcm": "cut off",
    "pydicom/rtplan_truncated.dcm": "cut off",
    "pydicom/UN_sequence.dcm": "lacks its own identifier",
    "pydicom/empty_charset_LEI.dcm": "lacks its own identifier",
    "pydicom/nested_priv_SQ.dcm": "lacks its own identifier",
    "pydicom/no_meta_group_length.dcm": "lacks its own identifier",
    "pydicom/priv_SQ.dcm": "lacks its own identifier",
    "pydicom/badVR.dcm": "elements cannot be read",
    "pydicom/meta_missing_tsyntax.dcm": "does not state its transfer syntax",
    "pydicom_data_large/bad_sequence.dcm": "is not an identifier of DICOM",
    "pydicom/JPEG2000-embedded-sequence-delimiter.dcm": "compressed pixels",
    "pydicom/liver_1frame.dcm": "another number of frames",
    "pydicom/liver_expb_1frame.dcm": "another number of frames",
}
"""The verdict on each file that is not read whole; directories of discs (DICOMDIR) are refused as what they are."""


def rows() -> list[dict[str, str]]:
    with (FOLDER / "index.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def pixels(name: str) -> Pixels:
    return pixels_of(read_object(FOLDER / name))


def test_every_file_has_its_verdict():
    verdicts: Counter[str] = Counter()
    syntaxes: set[str] = set()
    for row in rows():
        name, said = row["file"], "read"
        try:
            read = read_object(FOLDER / name)
            if read.has_pixels:
                found = pixels_of(read)
                assert found.array.shape[:3] == (read.number_of_frames, read.rows, read.columns), name
                syntaxes.add(row["transfer_syntax"])
        except InvalidInput as error:
            said = str(error)
        expected = REFUSED.get(name, "directory of a disc" if "DICOMDIR" in name else "read")
        assert expected in said, f"{name}: {said}"
        verdicts["read" if said == "read" else "refused"] += 1
    assert verdicts == {"read": len(rows()) - 25, "refused": 25}
    assert len(syntaxes) == 12


def test_no_identity_of_any_file_is_left():
    pseudonymiser, kept = Pseudonymiser(b"k" * 32), 0
    for row in rows():
        try:
            read = read_object(FOLDER / row["file"])
            clean = deidentify(read, pseudonymiser).dataset.to_json().casefold()
        except InvalidInput:
            continue
        kept += 1
        for keyword in ("PatientName", "PatientID", "ReferringPhysicianName", "AccessionNumber", "InstitutionName"):
            value = str(read.dataset.get(keyword) or "").strip().casefold()
            if len(value) > 4:
                assert f'"{value}"' not in clean, f"{row['file']}: {keyword}"
        for uid in (read.sop_instance_uid, read.series_uid, read.study_uid):
            assert not uid or f'"{uid}"' not in clean, row["file"]
    assert kept > 140


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pydicom/MR_small.dcm", "pydicom/MR_small_bigendian.dcm"),
        ("pydicom/MR_small.dcm", "pydicom/MR_small_implicit.dcm"),
        ("pydicom/MR_small.dcm", "pydicom/MR_small_RLE.dcm"),
        ("pydicom/MR_small.dcm", "pydicom/MR_small_jp2klossless.dcm"),
        ("pydicom/MR_small.dcm", "pydicom/MR_small_jpeg_ls_lossless.dcm"),
        ("pydicom/MR_small.dcm", "pydicom/MR_small_padded.dcm"),
        ("nema_wg04/RLE_CT1_RLE.dcm", "nema_wg04/J2KR_CT1_J2KR.dcm"),
        ("pydicom/rtdose.dcm", "pydicom/rtdose_rle.dcm"),
    ],
)
def test_one_image_is_the_same_in_every_lossless_syntax(one: str, other: str):
    assert np.array_equal(pixels(one).array, pixels(other).array)


def test_jpeg_of_twelve_bits_is_decoded_like_its_jpeg_2000_twin():
    twelve = pixels("nema_wg04/JPLY_XA1_JPLY.dcm").array.astype(float).ravel()
    twin = pixels("nema_wg04/J2KI_XA1_J2KI.dcm").array.astype(float).ravel()
    assert np.corrcoef(twelve, twin)[0, 1] > 0.998


def test_volumes_of_real_series():
    found = read_volume(FOLDER / "dcmqi/segmentations/ct-3slice")
    assert found.array.shape == (3, 512, 512) and found.spacing_mm == pytest.approx((1.0, 0.810547, 0.810547))
    slices = read_volume(FOLDER / "dcmqi/segmentations/23x38x3/image")
    enhanced = read_volume(FOLDER / "dcmqi/segmentations/23x38x3/multiframe/mf.dcm")
    assert np.array_equal(slices.array, enhanced.array) and np.allclose(slices.affine, enhanced.affine)
    perfusion = read_volume(FOLDER / "pydicom_data_large/eCT_Supplemental.dcm")
    assert perfusion.spacing_mm[0] == 10 and perfusion.frame_numbers == (2, 1)


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("pydicom/dicomdirtests/77654033/CT2", "lacks 161 slices"),
        ("pydicom/dicomdirtests/98892003/MR700", "different directions"),
        ("pydicom_data_large/emri_small.dcm", "where it lies"),
        ("pydicom/dicomdirtests/98892003", "series here"),
    ],
)
def test_series_that_are_no_volume_are_refused(folder: str, said: str):
    with pytest.raises(InvalidInput, match=said):
        read_volume(FOLDER / folder)
