"""The extra `imaging`: asked for in one place, and kept quiet, because these libraries log what they fail to read."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from cognoscope.core.errors import CognoscopeError, InvalidInput, NotInstalled

TALKATIVE = ("pydicom", "pynetdicom", "highdicom", "dicomanonymizer", "nibabel", "PIL", "dicomweb_client", "openjpeg")
_ONE_AT_A_TIME = threading.RLock()


@cache
def need_imaging(what: str = "Reading images") -> None:
    """Make sure that the libraries of the extra are there, and that they neither print nor log values of a header.

    Raises:
        NotInstalled: the extra `imaging` is missing.
    """
    try:
        import nibabel  # noqa: F401
        import PIL.Image  # noqa: F401
        import pydicom.config
    except ImportError as error:
        raise NotInstalled(f"{what} needs the extra `imaging`: run `make imaging`.") from error
    # Their messages quote names and dates of patients; what must be said is said by us, without them.
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        logger.propagate = False
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE


@contextmanager
def guarded(sentence: str) -> Iterator[None]:
    """Whatever a library raises inside becomes `InvalidInput(sentence)`, without its own words, which may hold a name.

    Warnings are dropped for the same reason. One thread at a time: the filters of warnings belong to the process.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except CognoscopeError:
            raise
        except Exception:
            # Not `from error`: a traceback that is logged would quote what the library was reading.
            raise InvalidInput(sentence) from None
