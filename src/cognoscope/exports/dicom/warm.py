"""What is slow the first time, done before the first result waits for it."""

import gc
from importlib import import_module

from cognoscope.intake.dicom.extra import need_imaging
from cognoscope.intake.dicom.uncollected import uncollected


def warm_up() -> None:
    """Load highdicom and its tables of the standard (22 MB of JSON): about a second, once a process.

    For a process that lives long: what is loaded by then is never looked through for garbage again.

    Raises:
        NotInstalled: without the extra `imaging`.
    """
    need_imaging("Writing DICOM")
    with uncollected():
        for name in ("highdicom.seg", "highdicom.sr"):
            import_module(name)
        from highdicom._standard_utils import is_attribute_in_iod
        from pydicom.uid import SegmentationStorage

        is_attribute_in_iod("ContentDate", SegmentationStorage)
    gc.freeze()
