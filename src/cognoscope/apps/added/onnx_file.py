"""What an ONNX file says of itself, and why some are not taken: weights elsewhere, operations of one's own, too large.

Field numbers are those of onnx.proto3 (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, FunctionProto).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cognoscope.apps.added import protobuf
from cognoscope.core.errors import InvalidInput

LARGEST: Final = 512 << 20
"""Bytes of the largest file taken."""
OPSETS: Final = range(7, 25)
STANDARD: Final = frozenset({"", "ai.onnx", "ai.onnx.ml"})
DEEPEST: Final = 12
FLOAT: Final = 1


@dataclass(frozen=True)
class Port:
    """An input or output: name, element type (1 is float32), and its sides; None where a side is free or unnamed."""

    name: str
    kind: int
    sides: tuple[int | None, ...]


@dataclass(frozen=True)
class OnnxFile:
    """What was read of a file.

    Attributes:
        opset: version of the standard operations.
        inputs: without those that only carry weights.
        operations: kinds of operations, in order of the alphabet.
    """

    opset: int
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    operations: tuple[str, ...]


def look_into(path: Path) -> OnnxFile:
    """Read and check a file, without running it.

    Raises:
        InvalidInput: it cannot be read, is no ONNX file, or is one that is not taken; the sentence says what to do.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise InvalidInput(f"{path.name} has {size >> 20} MiB, {LARGEST >> 20} at most: export a smaller network.")
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    return read_onnx(content, path.name)


def read_onnx(content: bytes, name: str) -> OnnxFile:
    """As `look_into`, of the bytes of a file called `name`."""
    try:
        return _read(memoryview(content), name)
    except ValueError as error:
        raise InvalidInput(f"{name} is no ONNX file: export the network again (torch.onnx.export).") from error


def _read(model: memoryview, name: str) -> OnnxFile:
    graphs = list(protobuf.messages(model, 7))
    opsets = {protobuf.text(each, 1): protobuf.integer(each, 2) for each in protobuf.messages(model, 8)}
    opset = opsets.get("", opsets.get("ai.onnx", 0))
    if len(graphs) != 1 or not opset:
        raise ValueError("no graph")
    if opset not in OPSETS:
        raise InvalidInput(f"{name} uses opset {opset}; {OPSETS[0]} to {OPSETS[-1]} are read. Export it with opset 17.")
    functions = list(protobuf.messages(model, 25))
    own = {(protobuf.text(each, 10), protobuf.text(each, 1)) for each in functions}
    nodes = [node for graph in graphs for node in _nodes(graph, 1, 0)]
    nodes += [node for function in functions for node in _nodes(function, 7, 0)]
    kinds = set()
    for node in nodes:
        domain, kind = protobuf.text(node, 7), protobuf.text(node, 4)
        if domain not in STANDARD and (domain, kind) not in own:
            raise InvalidInput(
                f"{name} needs the operation {kind} of {domain}, which ONNX does not define: export the network with "
                "standard operations only."
            )
        kinds.add(kind)
    for tensor in _tensors(graphs[0], nodes):
        if protobuf.integer(tensor, 14) == 1 or any(True for _ in protobuf.messages(tensor, 13)):
            raise InvalidInput(f"{name} keeps weights in another file: export it as one file (external_data=False).")
    weights = {protobuf.text(each, 8) for each in protobuf.messages(graphs[0], 5)}
    inputs = tuple(port for port in _ports(graphs[0], 11) if port.name not in weights)
    outputs = tuple(_ports(graphs[0], 12))
    if not inputs or not outputs:
        raise ValueError("no input or no output")
    return OnnxFile(opset, inputs, outputs, tuple(sorted(kinds)))


def _nodes(holder: memoryview, number: int, depth: int) -> Iterator[memoryview]:
    """Every operation, those inside of branches and loops included."""
    if depth > DEEPEST:
        raise ValueError("graphs in graphs in graphs")
    for node in protobuf.messages(holder, number):
        yield node
        for attribute in protobuf.messages(node, 5):
            for inner in (*protobuf.messages(attribute, 6), *protobuf.messages(attribute, 11)):
                yield from _nodes(inner, 1, depth + 1)


def _tensors(graph: memoryview, nodes: list[memoryview]) -> Iterator[memoryview]:
    yield from protobuf.messages(graph, 5)
    for node in nodes:
        for attribute in protobuf.messages(node, 5):
            yield from protobuf.messages(attribute, 5)
            yield from protobuf.messages(attribute, 10)
            for inner in (*protobuf.messages(attribute, 6), *protobuf.messages(attribute, 11)):
                yield from protobuf.messages(inner, 5)


def _ports(graph: memoryview, number: int) -> Iterator[Port]:
    for port in protobuf.messages(graph, number):
        kind, sides = 0, []
        for about in protobuf.messages(port, 2):
            for tensor in protobuf.messages(about, 1):
                kind = protobuf.integer(tensor, 1)
                for shape in protobuf.messages(tensor, 2):
                    sides = [protobuf.integer(side, 1) or None for side in protobuf.messages(shape, 1)]
        yield Port(protobuf.text(port, 1), kind, tuple(sides))
