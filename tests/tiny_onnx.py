"""ONNX files of a few bytes, written without the `onnx` package: a protobuf is tags, lengths and numbers.

Field numbers are those of onnx.proto3 (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, ValueInfoProto).
"""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def segmenter(weights: NDArray[np.float32], bias: NDArray[np.float32], sides: tuple[object, object] = (8, 8)) -> bytes:
    """`image` (N, C, H, W) -> `probabilities` (N, K, H, W): the softmax of a 1 x 1 convolution; `features` (N, C).

    weights: (K, C); bias: (K,); sides: numbers, or names for sides that may differ from run to run.
    """
    classes, channels = weights.shape
    nodes = [
        node("Conv", ["image", "weights", "bias"], ["logits"], ints("kernel_shape", [1, 1])),
        node("Softmax", ["logits"], ["probabilities"], integer("axis", 1)),
        node("GlobalAveragePool", ["image"], ["pooled"]),
        node("Flatten", ["pooled"], ["features"], integer("axis", 1)),
    ]
    return model(
        nodes,
        [tensor("weights", weights.reshape(classes, channels, 1, 1)), tensor("bias", bias)],
        [shaped("image", ["n", channels, *sides])],
        [shaped("probabilities", ["n", classes, *sides]), shaped("features", ["n", channels])],
    )


def model(nodes: list[bytes], weights: list[bytes], inputs: list[bytes], outputs: list[bytes]) -> bytes:
    """A whole file, opset 17."""
    graph = b"".join(_field(1, each) for each in nodes) + _field(2, b"tiny")
    graph += b"".join(_field(5, each) for each in weights)
    graph += b"".join(_field(11, each) for each in inputs) + b"".join(_field(12, each) for each in outputs)
    return _number(1, 8) + _field(7, graph) + _field(8, _number(2, 17))


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], *attributes: bytes) -> bytes:
    """One operation of the graph."""
    written = b"".join(_field(1, each.encode()) for each in inputs)
    written += b"".join(_field(2, each.encode()) for each in outputs) + _field(4, operator.encode())
    return written + b"".join(_field(5, each) for each in attributes)


def integer(name: str, value: int) -> bytes:
    """An attribute that is a whole number."""
    return _field(1, name.encode()) + _number(3, value) + _number(20, 2)


def ints(name: str, values: Sequence[int]) -> bytes:
    """An attribute that is a list of whole numbers."""
    return _field(1, name.encode()) + b"".join(_number(8, value) for value in values) + _number(20, 7)


def tensor(name: str, values: NDArray[np.float32]) -> bytes:
    """Weights."""
    sizes = b"".join(_number(1, side) for side in values.shape)
    return sizes + _number(2, 1) + _field(8, name.encode()) + _field(9, values.astype("<f4").tobytes())


def shaped(name: str, sides: Sequence[object]) -> bytes:
    """A float32 input or output; a side is a number or a name."""
    written = b"".join(
        _field(1, _number(1, side) if isinstance(side, int) else _field(2, str(side).encode())) for side in sides
    )
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, 1) + _field(2, written)))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    written = b""
    while value > 127:
        written += struct.pack("B", value & 127 | 128)
        value >>= 7
    return written + struct.pack("B", value)
