"""Pixels of cases and proposals, kept by their content: JSON carries a digest, the arrays lie in a folder beside.

A CT of 300 slices is 157 MB: it cannot be a column of a ledger. What a `Raster` says (digest, type, shape) is
immutable and digested with the rest, so a case still stands for exactly its pixels, wherever they are read from. Files
are Zstandard (through pyarrow, which the core already brings): a mask shrinks to little, a CT is not slowed.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from weakref import WeakValueDictionary

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr, model_validator

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Digest, Noun

SIDE = Annotated[int, Field(ge=1, le=100_000)]
_CODEC = "zstd"
_held: WeakValueDictionary[tuple[str, str, tuple[int, ...]], NDArray[Any]] = WeakValueDictionary()
_folders: list[Path] = []


class Raster(Noun):
    """Frames x rows x columns of grey, or frames x rows x columns x 3 of colour; `content` is the SHA-256 of the bytes.

    Two rasters of one type, shape and content are equal, whether their pixels are at hand or not.
    """

    content: Digest
    dtype: Literal["uint8", "int16", "uint16", "float32"]
    shape: Annotated[tuple[SIDE, ...], Field(min_length=3, max_length=4)]
    _array: NDArray[Any] | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _colour(self) -> Self:
        if len(self.shape) == 4 and self.shape[3] != 3:
            raise ValueError(f"a raster in colour has three channels, not {self.shape[3]}")
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raster) and _key(self) == _key(other)

    def __hash__(self) -> int:
        return hash(_key(self))

    @property
    def frames(self) -> int:
        """Number of slices or images."""
        return self.shape[0]

    @property
    def rows(self) -> int:
        """Height in pixels."""
        return self.shape[1]

    @property
    def columns(self) -> int:
        """Width in pixels."""
        return self.shape[2]

    def array(self) -> NDArray[Any]:
        """The pixels, read-only.

        Raises:
            InvalidInput: they are in none of the folders looked in, or their file was changed.
        """
        if self._array is None:
            self._array = _held.get(_key(self))
        if self._array is None:
            self._array = _read(self)
            _held[_key(self)] = self._array
        return self._array


def keep(array: NDArray[Any]) -> Raster:
    """The raster of these pixels: rows x columns [x 3] or frames x rows x columns [x 3], of a type a `Raster` may have.

    The array is not copied and becomes read-only.

    Raises:
        InvalidInput: shape or type is not one of them, or there is no pixel.
    """
    colour = array.ndim in (3, 4) and array.shape[-1] == 3
    if array.ndim == (3 if colour else 2):
        array = array[np.newaxis]
    if array.ndim != (4 if colour else 3) or array.dtype.name not in ("uint8", "int16", "uint16", "float32"):
        raise InvalidInput(f"Pixels of shape {array.shape} and type {array.dtype} cannot be kept.")
    if not array.size:
        raise InvalidInput("An image without any pixel cannot be kept.")
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    content = _content(array)
    raster = Raster(content=content, dtype=array.dtype.name, shape=array.shape)
    raster._array = _held.setdefault(_key(raster), array)
    return raster


def look_in(folder: Path) -> None:
    """From now on pixels are looked for in this folder too; the one named last is written to first."""
    if folder in _folders:
        _folders.remove(folder)
    _folders.insert(0, folder)


def save(rasters: Iterable[Raster], folder: Path | None = None) -> None:
    """Write pixels under their digest, whole or not at all; those already there are left. Without a folder: where
    `look_in` last pointed, or nowhere.

    Raises:
        InvalidInput: the disk refuses, in one sentence.
    """
    folder = folder or next(iter(_folders), None)
    if folder is None:
        return
    for raster in rasters:
        path = _path(folder, raster.content)
        if path.exists():
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as stream:
                stream.write(pa.Codec(_CODEC, 1).compress(raster.array().data.cast("B"), asbytes=True))
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(path)
        except OSError as error:
            raise InvalidInput(f"Pixels cannot be written to {folder}: {error.strerror}. Free some space.") from error


def forget(rasters: Iterable[Raster]) -> None:
    """Delete pixels from every folder looked in: what an erased case held."""
    for raster in rasters:
        _held.pop(_key(raster), None)
        for folder in _folders:
            _path(folder, raster.content).unlink(missing_ok=True)


def _key(raster: Raster) -> tuple[str, str, tuple[int, ...]]:
    """The same bytes are other pixels in another type or shape: an empty mask and an empty image."""
    return raster.content, raster.dtype, raster.shape


def _content(array: NDArray[Any]) -> str:
    return hashlib.sha256(array.data.cast("B")).hexdigest()


def _path(folder: Path, content: str) -> Path:
    return folder / content[:2] / f"{content}.zst"


def _read(raster: Raster) -> NDArray[Any]:
    path = next((path for folder in _folders if (path := _path(folder, raster.content)).is_file()), None)
    if path is None:
        raise InvalidInput(
            f"The pixels {raster.content[:12]} are not here: restore the folder of images, or erase the case."
        )
    size = int(np.prod(raster.shape)) * np.dtype(raster.dtype).itemsize
    try:
        content = pa.Codec(_CODEC).decompress(path.read_bytes(), decompressed_size=size, asbytes=True)
        array = np.frombuffer(content, dtype=raster.dtype).reshape(raster.shape)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The pixels in {path} cannot be read: restore them from the last backup.") from error
    if _content(array) != raster.content:
        raise InvalidInput(f"The pixels in {path} were changed: restore them from the last backup.")
    return array
