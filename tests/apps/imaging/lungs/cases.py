"""Sample cases of imaging.lungs: a thorax built here, and a network that outlines by brightness."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from tests.apps.imaging.tiny_models import ABOUT, written
from tests.apps.imaging.warehouse_rows import SUBJECT, commit, conditions
from tests.tiny_onnx import segmenter

from cognoscope.apps.imaging.lungs.case import HOUNSFIELD, KIND, WINDOW
from cognoscope.apps.imaging.lungs.network import through_window
from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.home import Home
from cognoscope.demo.imaging.thorax import Thorax, thorax

AS_OF = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SHARES = """[more]
threshold_any = 0.5
[more.shares]
level = 0.9
lesions = 0.2
ground-glass = 0.25
consolidation = 0.15
"""
REGIONS = """[[regions]]
name = "ground-glass"
channel = 1
[[regions]]
name = "consolidation"
channel = 2
"""


def model() -> Path:
    """Weights for the tests: ground glass is brighter than lung (0.14), consolidation brighter than 0.6."""
    weights = np.array([[0], [40], [80]], np.float32)
    content = segmenter(weights, np.array([0, -10, -34], np.float32), ("rows", "columns"))
    about = ABOUT.format(name="imaging.lungs", task="segmentation", rows=128, columns=128, channels=1)
    return written("imaging.lungs", content, about + REGIONS + SHARES)


@cache
def built() -> Thorax:
    """The thorax of the tests."""
    return thorax()


def upright_affine(spacing: tuple[float, float, float]) -> tuple[float, ...]:
    """Columns to the patient's left, rows to the back, frames to the head (LPS)."""
    frames, rows, columns = spacing
    return (columns, 0, 0, -180, 0, rows, 0, -150, 0, 0, frames, -100, 0, 0, 0, 1)


def ct(array: np.ndarray, subject: str = SUBJECT, **more: object) -> Case:
    """A case of one CT."""
    spacing = built().spacing
    about = {"modality": "CT", "unit": HOUNSFIELD, "spacing": spacing, "affine": upright_affine(spacing)}
    image = CaseImage(name="ct", raster=pixels.keep(array), **{**about, "window": WINDOW, **more})
    return Case(kind=KIND.case, subject=subject, as_of=AS_OF, images=(image,))


def picture(transposed: bool = True) -> np.ndarray:
    """A slice of the thorax as the public sets publish them: cut around the lungs, in a lung window, transposed."""
    shown = through_window(built().hounsfield[13, 28:122, 10:140])
    large = np.kron(shown, np.ones((2, 2), np.float32))
    grey = np.rint(255 * large).astype(np.uint8)
    return np.ascontiguousarray(grey.T if transposed else grey)


def slice_case(array: np.ndarray, subject: str = SUBJECT) -> Case:
    """A case of one picture."""
    image = CaseImage(name="image", raster=pixels.keep(array), modality="CT")
    return Case(kind=KIND.case, subject=subject, as_of=AS_OF, images=(image,))


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    return [ct(built().hounsfield), slice_case(picture(), f"{SUBJECT[:-1]}1")]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    whole = built().hounsfield
    spacing = built().spacing
    grey = picture()
    broken = np.asarray(grey, np.float32) / 255
    broken[3, 4] = np.nan
    colours = np.stack([grey, grey // 3, 255 - grey], axis=-1)
    sagittal = (0, 0, spacing[0], 0, spacing[2], 0, 0, 0, 0, spacing[1], 0, 0, 0, 0, 0, 1)
    return {
        "empty": Case(kind=KIND.case, subject=SUBJECT, as_of=AS_OF),
        "too short": ct(whole[:6]),
        "out of range": ct(np.clip(whole, -100, None)),
        "garbage": slice_case(broken),
        "stored values": ct((whole.astype(np.int32) + 24_000).astype(np.int16)),
        "no voxel size": ct(whole, spacing=None),
        "slices too far apart": ct(whole[::2], spacing=(18.0, *spacing[1:])),
        "not axial": ct(whole, affine=sagittal),
        "water": ct(np.where(whole < -200, 0, whole).astype(np.int16)),
        "no air in the body": ct(np.where(built().right | built().left | built().airway, 40, whole).astype(np.int16)),
        "a picture in colours": slice_case(colours),
        "one tone": slice_case(np.full((200, 200), 80, np.uint8)),
        "small": slice_case(grey[:60, :60]),
        "another modality": ct(whole, modality="MR", unit=None),
        "another's case": Case(kind="fundus", subject=SUBJECT, as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let COVID-19 be coded the next day."""
    commit(home, condition_occurrence=conditions("U07.1", day=date(2026, 11, 22)))
    return AS_OF + timedelta(days=2)
