"""A network in an ONNX file: named arrays in, named arrays out."""

import hashlib
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput

Engine = Literal["onnxruntime", "openvino"]
Arrays = dict[str, NDArray[Any]]

THREADS: Final = 2
"""How many threads an inference uses, whatever the machine has: sums are then split alike everywhere."""


class Session(Protocol):
    """What an engine makes of a file."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def run(self, inputs: Arrays) -> Arrays:
        """Every output, by name."""

    def ready(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Do now what the first run with arrays of these shapes would have to do."""


class Network:
    """A network in an ONNX file. Nothing is read before the first use; files with the same content share a session.

    engine: ONNX Runtime starts in a tenth of a second and is what a single image wants; OpenVINO takes half a second to
    compile the file for a shape and then reads a volume faster (`benchmarks/ct.py --engines` measures both).

    Raises:
        InvalidInput: by `run`, where the file is missing or no network, or does not take these arrays.
        NotInstalled: by `run`, where the extra `imaging` is missing.
    """

    def __init__(self, path: Path, engine: Engine = "onnxruntime", threads: int = THREADS):
        self.path = Path(path)
        self.engine: Engine = engine
        self.threads = threads

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self._content).hexdigest()

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the arrays it takes."""
        return self._session.inputs

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the arrays it gives."""
        return self._session.outputs

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Every output by its name, for arrays by the name of the input; floats are taken as float32.

        Raises:
            InvalidInput: an array is missing, or has a shape that the network does not take.
            NotInstalled: the extra `imaging` is missing.
        """
        session = self._session
        if missing := sorted(set(session.inputs) - set(inputs)):
            raise InvalidInput(f"{self.path.name} also needs {', '.join(missing)}: give it every input of the network.")
        given = {name: _plain(inputs[name]) for name in session.inputs}
        try:
            return session.run(given)
        except Exception as error:  # both engines raise their own kinds, some of them plain RuntimeError
            shapes = ", ".join(f"{name} {array.shape}" for name, array in given.items())
            raise InvalidInput(f"{self.path.name} does not take {shapes}: check size and channels.") from error

    def ready(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Open the file for arrays of these shapes, so that the first run does not wait for it: beside other work.

        Raises:
            InvalidInput: the file is missing or no network.
            NotInstalled: the extra `imaging` is missing.
        """
        self._session.ready(shapes)

    @cached_property
    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise InvalidInput(f"{self.path} cannot be read: put the model's file back.") from error

    @property
    def _session(self) -> Session:
        return _open(_File(self.digest, self._content, self.path), self.engine, self.threads)


class _File:
    """A file by its content: equal where the digest is, so that a session is opened once."""

    def __init__(self, digest: str, content: bytes, path: Path):
        self.digest, self.content, self.path = digest, content, path

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _File) and other.digest == self.digest


@lru_cache(maxsize=16)
def _open(file: _File, engine: Engine, threads: int) -> Session:
    from cognoscope.methods.onnx.sessions import open_session

    return open_session(file.content, engine, threads, file.path.name)


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(array, dtype=np.float32 if array.dtype.kind == "f" else array.dtype)
