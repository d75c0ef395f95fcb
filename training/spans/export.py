"""A network as an ONNX file with weights of 8 bits, and the record beside it."""

import hashlib
import tempfile
from pathlib import Path

import onnx
import torch
from onnx import helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn


def export(
    network: nn.Module,
    example: tuple[torch.Tensor, ...],
    axes: dict[str, dict[int, str]],
    path: Path,
    notice: dict[str, str],
) -> None:
    """Write `network`; `axes` names inputs in order, then the output, with their free axes.

    Weights of dense layers become 8-bit numbers (7 bits used: without VNNI, processors would saturate at 8 and the
    same file would say different things on different machines).
    """
    network.eval()
    names = list(axes)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            network, example, str(whole), input_names=names[:-1], output_names=names[-1:], dynamic_axes=axes,
            dynamo=False, opset_version=17,
        )  # fmt: skip
        quantize_dynamic(
            whole,
            path,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )
    model = onnx.load(path)
    del model.metadata_props[:]
    helper.set_model_props(model, notice)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
