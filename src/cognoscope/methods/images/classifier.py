"""A network of classification on one image: what each of its questions is answered, and where it looked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.answers import Answer, answer
from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.images.prepare import fitting, prepare
from cognoscope.methods.images.views import turned, turned_back
from cognoscope.methods.onnx import Network


@dataclass(frozen=True)
class Reading:
    """What the network says of one image.

    Attributes:
        answers: by the name of the head.
        logits: (K,) mean over the views.
        maps: (K, rows, columns) activation of each column, as the image lies, in the network's resolution.
        features: (F,) of the image as it was given.
    """

    answers: dict[str, Answer]
    logits: NDArray[np.float64]
    maps: NDArray[np.float32]
    features: NDArray[np.float32]
    place: Any

    def heat(self, name: str) -> NDArray[np.uint8]:
        """Rows x columns of the image: how much each place spoke for the head's "yes", 255 where it spoke most."""
        head = self.answers[name].head
        channel = head.map if head.map is not None else head.outputs[0]
        plane = np.maximum(self.maps[channel], 0)
        spread = self.place.back(plane / max(float(plane.max()), 1e-6))
        return np.asarray(np.rint(np.clip(spread, 0, 1) * 255), np.uint8)


class Classifier:
    """The network of a model folder.

    Raises:
        InvalidInput: by `read`, where the folder or the network is not what `model.toml` says.
        NotInstalled: by `read`, where the extra `imaging` is missing.
    """

    def __init__(self, folder: ModelFolder):
        self.folder = folder
        self.network = Network(folder.path / "model.onnx")

    def read(self, image: NDArray[Any]) -> Reading:
        """One image as it is displayed: rows x columns or rows x columns x 3 (see `prepare`)."""
        about = self.folder.about
        taken = about.input
        ready = prepare(image, taken.size, taken.channels, taken.fit)
        found = [self.network.run({"image": turned(ready, view)[np.newaxis]}) for view in taken.views]
        logits = np.mean([np.asarray(each["logits"][0], np.float64) for each in found], axis=0)
        for head in about.heads:
            if max(*head.outputs, *head.against, head.map or 0, 0) >= len(logits):
                raise InvalidInput(
                    f"{self.network.path} answers {len(logits)} columns; the head {head.name} needs more."
                )
        maps = [turned_back(each["map"][0], view) for each, view in zip(found, taken.views, strict=True)]
        return Reading(
            answers={head.name: answer(head, logits) for head in about.heads},
            logits=logits,
            maps=np.asarray(np.mean(maps, axis=0), np.float32),
            features=np.asarray(found[0]["features"][0], np.float32),
            place=fitting(image.shape[0], image.shape[1], taken.size, taken.fit),
        )
