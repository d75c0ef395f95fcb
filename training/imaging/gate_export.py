"""Writes a fitted gate as `gate.onnx` and `gate.toml`."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """An ONNX graph in the making: names are numbered, arrays become initializers."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.arrays: list[Any] = []

    def array(self, values: Any) -> str:
        """A constant, as float32 unless it counts."""
        values = np.asarray(values)
        values = values if values.dtype == np.int64 else values.astype(np.float32)
        self.arrays.append(numpy_helper.from_array(values, f"c{len(self.arrays)}"))
        return str(self.arrays[-1].name)

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """One operation; the name of what it gives."""
        self.nodes.append(helper.make_node(kind, list(inputs), [f"n{len(self.nodes)}"], **attributes))
        return str(self.nodes[-1].output[0])


def export(
    found: dict[str, Any],
    classes: tuple[str, ...],
    settings: dict[str, Any],
    name: str,
    held_out: dict[str, float],
    out: Path,
) -> None:
    """The four networks' mean probabilities and the mean of the distances in one graph, and what is known of them."""
    graph = Graph()
    chances = []
    for network, middle, spread in found["parts"]:
        first, last = network[0], network[3]
        scaled = graph.node(
            "Clip",
            graph.node("Div", graph.node("Sub", "measures", graph.array(middle)), graph.array(spread)),
            graph.array(-5.0),
            graph.array(5.0),
        )
        hidden = graph.node(
            "Relu",
            graph.node(
                "Gemm",
                scaled,
                graph.array(first.weight.detach().numpy()),
                graph.array(first.bias.detach().numpy()),
                transB=1,
            ),
        )
        logits = graph.node(
            "Gemm", hidden, graph.array(last.weight.detach().numpy()), graph.array(last.bias.detach().numpy()), transB=1
        )
        chances.append(graph.node("Softmax", logits, axis=1))
    apart = []
    axis = graph.array(np.array([1], np.int64))
    for gap in found["distances"]:
        centred = graph.node(
            "Clip",
            graph.node("Div", graph.node("Sub", "measures", graph.array(gap.middle)), graph.array(gap.spread)),
            graph.array(-12.0),
            graph.array(12.0),
        )
        along = graph.node("MatMul", centred, graph.array(gap.axes))
        inside = graph.node(
            "ReduceMean",
            graph.node(
                "Mul",
                graph.node("Div", along, graph.array(gap.scale)),
                graph.node("Div", along, graph.array(gap.scale)),
            ),
            axis,
            keepdims=1,
        )
        whole = graph.node("ReduceSum", graph.node("Mul", centred, centred), axis, keepdims=1)
        part = graph.node("ReduceSum", graph.node("Mul", along, along), axis, keepdims=1)
        left = graph.node("Div", graph.node("Relu", graph.node("Sub", whole, part)), graph.array(gap.rest))
        apart.append(graph.node("Mul", graph.node("Add", inside, left), graph.array(0.5)))
    reasons, novelty = graph.node("Mean", *chances), graph.node("Mean", *apart)
    graph.nodes += [
        helper.make_node("Identity", [reasons], ["reasons"]),
        helper.make_node("Identity", [novelty], ["novelty"]),
    ]
    count = len(found["parts"][0][1])
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            f"gate-{name}",
            [helper.make_tensor_value_info("measures", TensorProto.FLOAT, ["n", count])],
            [
                helper.make_tensor_value_info("reasons", TensorProto.FLOAT, ["n", len(classes)]),
                helper.make_tensor_value_info("novelty", TensorProto.FLOAT, ["n", 1]),
            ],
            graph.arrays,
        ),
        opset_imports=[helper.make_opsetid("", 18)],
        producer_name="cognoscope",
    )
    model.ir_version = 9
    onnx.checker.check_model(model)
    target = out / settings[name]["folder"]
    target.mkdir(parents=True, exist_ok=True)
    (target / "gate.onnx").write_bytes(model.SerializeToString())
    (target / "gate.toml").write_text(_about(found, classes, settings, name, held_out, count), encoding="utf-8")


def _about(
    found: dict[str, Any],
    classes: tuple[str, ...],
    settings: dict[str, Any],
    name: str,
    held_out: dict[str, float],
    count: int,
) -> str:
    config = settings[name]
    figures = "\n".join(f'"{kind}" = {value}' for kind, value in found["figures"].items())
    left = "\n".join(f'"{kind}" = {value}' for kind, value in held_out.items())
    return f'''# Written by training/imaging/gate_fit.py: thresholds by four folds of the own groups, {config["own"]}.
source = "training/imaging/gate_fit.py, training/imaging/gate.toml"
measures = {count}
classes = {list(classes)}
least_own = {found["least"]:.6f}
most_novel = {found["most"]:.6f}
least_side = {config["least"]}
own = "{config["own"]}"
kin = {config["kin"]}
taught_with = {found["taught"]}

# Shares refused, four folds: own images and spoiled copies unseen by the network that judged them; photographs and
# pages of other generators; sets that taught nothing.
[figures]
{figures}

# Shares refused of a set when it was left out of teaching.
[left_out]
{left}
'''.replace("'", '"')
