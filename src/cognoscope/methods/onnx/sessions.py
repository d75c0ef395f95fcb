"""The two engines that run an ONNX file, with a fixed number of threads and nothing that changes from run to run."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cognoscope.core.errors import InvalidInput, NotInstalled
from cognoscope.methods.onnx.network import Arrays, Engine, Session

_MISSING = "Reading images needs the extra `imaging`: run `make imaging`."
_NO_NETWORK = "{name} is not a network that can be run: export it to ONNX again (opset 17 to 21)."


def open_session(content: bytes, engine: Engine, threads: int, name: str) -> Session:
    """The session of a file's content.

    Raises:
        InvalidInput: the content is no ONNX network; `name` says which.
        NotInstalled: the engine is not there.
    """
    return OnnxRuntime(content, threads, name) if engine == "onnxruntime" else OpenVino(content, threads, name)


class OnnxRuntime:
    """ONNX Runtime on the processor."""

    def __init__(self, content: bytes, threads: int, name: str):
        try:
            import onnxruntime
        except ImportError as error:
            raise NotInstalled(_MISSING) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Threads that spin between two runs would slow the web server beside them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its errors have no common base but Exception
            raise InvalidInput(_NO_NETWORK.format(name=name)) from error
        self.inputs = tuple(each.name for each in self.session.get_inputs())
        self.outputs = tuple(each.name for each in self.session.get_outputs())

    def run(self, inputs: Arrays) -> Arrays:
        """Every output, by name."""
        return dict(zip(self.outputs, self.session.run(None, inputs), strict=True))

    def ready(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Nothing is left to do: one session takes every shape."""


class OpenVino:
    """OpenVINO on the processor; compiled once for each set of shapes, because fixed shapes run faster."""

    def __init__(self, content: bytes, threads: int, name: str):
        try:
            import openvino
        except ImportError as error:
            raise NotInstalled(_MISSING) from error
        self.openvino = openvino
        self.core = openvino.Core()
        self.content = content
        self.name = name
        # float32 everywhere: left to itself, it computes in bfloat16 on processors that can, and gives other pixels.
        self.settings = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
        }
        model = self._read()
        self.inputs = tuple(each.get_any_name() for each in model.inputs)
        self.outputs = tuple(each.get_any_name() for each in model.outputs)
        self.compiled = lru_cache(maxsize=4)(self._compile)

    def run(self, inputs: Arrays) -> Arrays:
        """Every output, by name."""
        shapes = tuple((name, tuple(int(side) for side in array.shape)) for name, array in inputs.items())
        found = self.compiled(shapes)(inputs)
        return {name: found[name] for name in self.outputs}

    def ready(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Compile for these shapes."""
        self.compiled(tuple((name, shapes[name]) for name in self.inputs))

    def _read(self) -> Any:
        try:
            return self.core.read_model(self.content)
        except Exception as error:  # a plain RuntimeError, with a page of C++ in it
            raise InvalidInput(_NO_NETWORK.format(name=self.name)) from error

    def _compile(self, shapes: tuple[tuple[str, tuple[int, ...]], ...]) -> Any:
        model = self._read()
        model.reshape({name: list(shape) for name, shape in shapes})
        return self.core.compile_model(model, "CPU", self.settings)
