"""Pixels as they go to the viewer: one frame, raw, little-endian, compressed as the browser accepts it.

A CT of 300 slices is 157 MB; what was read lately is kept by a budget of bytes, not by a number of cases, so that a
worker's memory is bounded whatever people look at.
"""

import gzip
from collections import OrderedDict
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
from fastapi.responses import Response
from numpy.typing import NDArray

from cognoscope.core.pixels import Raster

BUDGET_BYTES = 512 * 2**20
ZSTD_WINDOW_BYTES = 8 * 2**20
"""RFC 9659: a browser need not accept a Zstandard frame whose window is larger."""
SMALL_BYTES = 1000


class RecentPixels:
    """The arrays looked at last, within a budget; one that is larger than all of it is still given, not kept."""

    def __init__(self, budget: int = BUDGET_BYTES) -> None:
        self.budget = budget
        self._kept: OrderedDict[str, NDArray[Any]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def array(self, raster: Raster) -> NDArray[Any]:
        """The pixels, read-only.

        Raises:
            InvalidInput: they are not here, or their file was changed.
        """
        name = f"{raster.content}:{raster.dtype}:{raster.shape}"
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
        # A fresh raster: one that is part of a kept case would hold its pixels for as long as the case is kept.
        array = Raster(content=raster.content, dtype=raster.dtype, shape=raster.shape).array()
        with self._lock:
            if name not in self._kept and array.nbytes <= self.budget:
                self._kept[name] = array
                self._size += array.nbytes
            while self._size > self.budget:
                self._size -= self._kept.popitem(last=False)[1].nbytes
        return array


PIXELS = RecentPixels()


def frame_bytes(array: NDArray[Any], frame: int) -> bytes:
    """One frame, row by row, little-endian; three bytes a pixel in colour."""
    return np.ascontiguousarray(array[frame]).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()


def packed(content: bytes, accepted: str, media_type: str = "application/octet-stream") -> Response:
    """Bytes as an answer, in the best coding of the request's Accept-Encoding; kept by no cache.

    Zstandard and gzip at their fastest: on a hospital's network the time to compress counts as much as the size.
    """
    headers = {"Vary": "Accept-Encoding", "Cache-Control": "no-store"}
    codings = {part.partition(";")[0].strip() for part in accepted.split(",")}
    if len(content) < SMALL_BYTES:
        return Response(content, media_type=media_type, headers=headers)
    if "zstd" in codings and len(content) <= ZSTD_WINDOW_BYTES:
        body = pa.Codec("zstd", 1).compress(content, asbytes=True)
        return Response(body, media_type=media_type, headers={**headers, "Content-Encoding": "zstd"})
    if "gzip" in codings:
        body = gzip.compress(content, 1, mtime=0)
        return Response(body, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(content, media_type=media_type, headers=headers)
