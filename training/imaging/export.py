"""A trained network as a model folder: `model.onnx`, `model.toml`, `seen.csv`."""

import csv
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from cognoscope.methods.images.model_folder import SHORT, read_description
from cognoscope.methods.onnx import Network

LARGEST = 10 * 1024 * 1024
OPSET = 18


def write_onnx(
    module: nn.Module,
    example: torch.Tensor,
    path: Path,
    outputs: Sequence[str],
    half: bool = False,
    eight_bits: bool = False,
) -> None:
    """Write `image` -> `outputs` for any number of images of the example's size, and hold the file to the module.

    half: the weights are kept as float16 and made float32 again when the file is opened: half of the bytes, as fast.
    eight_bits: weights and activations are integers of 8 bits, whose ranges are those that `example` shows: then images
    that taught. A quarter of the bytes, and a third of the time on processors that multiply such integers.

    Raises:
        ValueError: the file is larger than 10 MB, or gives other numbers than the module.
    """
    module, shown = module.eval(), example[:8]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (shown,),
            str(path),
            input_names=["image"],
            output_names=list(outputs),
            dynamic_axes={name: {0: "n"} for name in ("image", *outputs)},
            opset_version=OPSET,
            dynamo=False,
        )
    if eight_bits:
        quantise(path, example)
    elif half:
        halve(path)
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path} has {path.stat().st_size} bytes: at most {LARGEST} may ship")
    with torch.no_grad():
        expected = module(shown)
    found = Network(path).run({"image": shown.numpy()})
    held_to = outputs[:1] if eight_bits else outputs
    for name, value in zip(held_to, expected, strict=False):
        away = np.abs(found[name] - value.numpy())
        # 8 bits are another network than the one that was taught: near it in what it answers, on the whole.
        far, most = (away.mean(), 0.02) if eight_bits else (away.max(), 0.05 if half else 1e-3)
        if far > most:
            raise ValueError(f"{path}: {name} is {far:.4f} away from the network that was exported")


def quantise(path: Path, images: torch.Tensor) -> None:
    """Make the network of a file one of 8-bit integers (NNCF, post-training), with ranges from these images.

    One bit of the weights stays unused, so that no processor overflows and all give the same answers.
    """
    import nncf
    import onnx
    from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters, OverflowFix

    given = nncf.Dataset(images.numpy(), lambda image: {"image": image[np.newaxis]})
    fix = AdvancedQuantizationParameters(overflow_fix=OverflowFix.ENABLE)
    preset = nncf.QuantizationPreset.MIXED
    found = nncf.quantize(onnx.load(str(path)), given, subset_size=len(images), preset=preset, advanced_parameters=fix)
    onnx.save(found, str(path))


def halve(path: Path) -> None:
    """Keep the large weights of a file as float16, with a cast in front of whoever uses them."""
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(str(path))
    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 64:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *rest])
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def write_seen(digests: Sequence[str], path: Path) -> None:
    """The short digests of the image files that taught or tuned the network, in order."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["sha256"])
        rows.writerows([digest[:SHORT]] for digest in sorted(set(digests)))


def write_toml(described: Mapping[str, Any], path: Path) -> None:
    """Write `model.toml` and read it back, so that no folder is left that an application would refuse."""
    path.write_text("\n".join(_lines(described, ())) + "\n", encoding="utf-8")
    read_description(path)


def _lines(table: Mapping[str, Any], under: tuple[str, ...]) -> list[str]:
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if not _is_table(value)]
    for key, value in table.items():
        inner = (*under, key)
        if isinstance(value, Mapping):
            lines += ["", f"[{'.'.join(inner)}]", *_lines(value, inner)]
        elif _is_table(value):
            for one in value:
                lines += ["", f"[[{'.'.join(inner)}]]", *_lines(one, inner)]
    return lines


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], Mapping)
    )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(round(float(value), 6)) if isinstance(value, float) else str(value)
