"""Which gate stands before a model: its own, that of the application, or none where the model says so."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.gate import Gate, GateVerdict, sentence_of
from cognoscope.methods.images.kind import Refusal
from cognoscope.methods.images.model_folder import ModelFolder

ACCEPTED = GateVerdict(True, "", 0.0, 1.0)


class Watchman:
    """The gate of a model folder; where it has none, that of the application's own folder.

    A hospital's own model of fractures comes without a gate, and foreign images must not reach it all the same.

    Raises:
        InvalidInput: by `check`, where there is neither and the model does not say `gate = "none"`.
    """

    def __init__(self, weights: Path, own: Path):
        self.weights, self.own = weights, own

    @property
    def present(self) -> bool:
        """Whether there is a gate at all."""
        if (self.weights / "gate.onnx").is_file():
            return True
        described = (self.weights / "model.toml").is_file()
        return not (described and ModelFolder(self.weights).about.gate == "none") and (self.own / "gate.onnx").is_file()

    def check(self, image: NDArray[Any]) -> GateVerdict:
        """What the gate says of an image as displayed."""
        if (self.weights / "gate.onnx").is_file():
            return _gate(self.weights).check(image)
        if ModelFolder(self.weights).about.gate == "none":
            return ACCEPTED
        if (self.own / "gate.onnx").is_file():
            return _gate(self.own).check(image)
        raise InvalidInput(
            f"The model in {self.weights} has no gate: put gate.onnx and gate.toml beside it, or write "
            'gate = "none" in model.toml and say so in its card.'
        )

    def refuses(self, image: NDArray[Any]) -> Refusal | None:
        """Why an image is refused, or None."""
        verdict = self.check(image)
        return None if verdict.accepted else Refusal(verdict.reason, sentence_of(verdict.reason))


@lru_cache(maxsize=16)
def _gate(folder: Path) -> Gate:
    return Gate(folder)
