"""What is slow the first time, done before the first result waits for it."""

import gc
from importlib import import_module

from cognoscope.intake.dicom.extra import need_imaging


def warm_up() -> None:
    """Load highdicom and its tables of the standard (22 MB of JSON): about a second, once a process.

    A worker calls it when it starts, or beside the reading of a study. Collecting garbage meanwhile would double the
    time: nothing that is loaded here is ever given back.

    Raises:
        NotInstalled: without the extra `imaging`.
    """
    need_imaging("Writing DICOM")
    collecting = gc.isenabled()
    gc.disable()
    try:
        for name in ("highdicom.seg", "highdicom.sr"):
            import_module(name)
        from highdicom._standard_utils import is_attribute_in_iod
        from pydicom.uid import SegmentationStorage

        is_attribute_in_iod("ContentDate", SegmentationStorage)
    finally:
        if collecting:
            gc.enable()
