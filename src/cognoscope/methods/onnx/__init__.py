"""Networks in ONNX files, run on the processor: one session a file, the same bytes again."""

from cognoscope.methods.onnx.network import Network

__all__ = ["Network"]
