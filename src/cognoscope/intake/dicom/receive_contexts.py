"""What our node takes: images, segmentations and structured reports, in the transfer syntaxes that it reads."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pynetdicom.presentation import PresentationContext

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
REPORTS = tuple(f"1.2.840.10008.5.1.4.1.1.88.{number}" for number in (11, 22, 33, 34, 35, 50, 59))
"""Basic Text, Enhanced, Comprehensive, Comprehensive 3D, Extensible, Mammography CAD, Key Object (PS3.6 annex A)."""

SYNTAXES = (
    "1.2.840.10008.1.2.1",  # Explicit VR Little Endian, preferred
    "1.2.840.10008.1.2",  # Implicit VR Little Endian
    "1.2.840.10008.1.2.2",  # Explicit VR Big Endian
    "1.2.840.10008.1.2.1.99",  # Deflated
    "1.2.840.10008.1.2.4.50",  # JPEG Baseline
    "1.2.840.10008.1.2.4.51",  # JPEG Extended, 12 bits
    "1.2.840.10008.1.2.4.57",  # JPEG Lossless
    "1.2.840.10008.1.2.4.70",  # JPEG Lossless, first-order prediction
    "1.2.840.10008.1.2.4.80",  # JPEG-LS Lossless
    "1.2.840.10008.1.2.4.81",  # JPEG-LS Near-lossless
    "1.2.840.10008.1.2.4.90",  # JPEG 2000 Lossless
    "1.2.840.10008.1.2.4.91",  # JPEG 2000
    "1.2.840.10008.1.2.5",  # RLE Lossless
)


@cache
def contexts() -> "list[PresentationContext]":
    """Presentation contexts of the provider: verification, and every storage class that we read."""
    from pydicom.uid import UID
    from pynetdicom import AllStoragePresentationContexts, build_context

    classes = [str(one.abstract_syntax) for one in AllStoragePresentationContexts]
    taken = [one for one in classes if "Image Storage" in UID(one).name or one in REPORTS or one == SEGMENTATION]
    plain = list(SYNTAXES[:4])
    return [
        build_context("1.2.840.10008.1.1"),
        *(build_context(one, list(SYNTAXES) if "Image" in UID(one).name else plain) for one in taken),
    ]
