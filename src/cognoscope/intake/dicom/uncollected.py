"""Work that makes hundreds of thousands of small objects and frees them by itself."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection of cyclic garbage meanwhile: each would walk through every element of every header that is held,
    and finds next to nothing. Reading 300 headers and writing a SEG and an SR of them takes a third less time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
