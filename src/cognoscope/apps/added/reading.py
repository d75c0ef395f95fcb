"""An added network on one image: fed as `model.toml` says, answered in the terms that every application shares."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, softmax

from cognoscope.apps.added.settings import Feeding, settings_of
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.answers import Answer, answer
from cognoscope.methods.images.model_folder import Description, ModelFolder
from cognoscope.methods.images.prepare import fitting, prepare
from cognoscope.methods.images.views import turned, turned_back
from cognoscope.methods.onnx import Network

Array = NDArray[np.float32]
EDGE = 1e-6


@dataclass(frozen=True)
class Found:
    """What the network said: answers and heat of a classification, regions of a segmentation (rows x columns, 0..1)."""

    answers: dict[str, Answer]
    heat: dict[str, NDArray[np.uint8]]
    regions: dict[str, Array]


class AddedNetwork:
    """The network of a folder that a person added.

    Raises:
        InvalidInput: by `read`, where file and `model.toml` do not belong together.
        NotInstalled: by `read`, where the extra `imaging` is missing.
    """

    def __init__(self, folder: Path):
        self.about = ModelFolder(folder).about
        self.feeding = settings_of(self.about).onnx
        self.network = Network(folder / "model.onnx")

    def read(self, image: NDArray[Any]) -> Found:
        """One image as it is displayed."""
        taken = self.about.input
        ready = prepare(image, taken.size, taken.channels, taken.fit)
        place = fitting(image.shape[0], image.shape[1], taken.size, taken.fit)
        outputs, maps = [], []
        for view in taken.views:
            found = self.network.run({self.feeding.input: fed(turned(ready, view), self.feeding)})
            outputs.append((view, self._output(found, self.feeding.output)))
            if self.feeding.map:
                maps.append(turned_back(self._output(found, self.feeding.map), view))
        if self.about.task == "segmentation":
            planes = np.mean([turned_back(self._chances(each), view) for view, each in outputs], axis=0)
            return Found({}, {}, {r.name: place.back(_row(planes, r.channel)) for r in self.about.regions})
        scores = np.mean([self._scores(each) for _, each in outputs], axis=0)
        heat = {}
        for head in self.about.heads:
            if max(*head.outputs, *head.against, 0) >= len(scores):
                raise InvalidInput(
                    f"The head {head.name} needs a column that the network does not give: mend model.toml."
                )
            if maps:
                channel = head.map if head.map is not None else head.outputs[0]
                plane = np.maximum(_row(np.mean(maps, axis=0), channel), 0)
                spread = place.back(plane / max(float(plane.max()), EDGE))
                heat[head.name] = np.asarray(np.rint(np.clip(spread, 0, 1) * 255), np.uint8)
        return Found({head.name: answer(head, scores) for head in self.about.heads}, heat, {})

    def _output(self, found: dict[str, NDArray[Any]], name: str) -> Array:
        """The output for the one image; channels first."""
        if name not in found:
            raise InvalidInput(f"The network gives {', '.join(sorted(found))}, not {name}: mend model.toml.")
        values = np.asarray(found[name], np.float32)
        values = values[0] if values.ndim > 1 else values
        return np.moveaxis(values, -1, 0) if values.ndim == 3 and self.feeding.layout == "NHWC" else values

    def _scores(self, values: Array) -> NDArray[np.float64]:
        """(K,) log-odds or logits of a classification."""
        flat = np.asarray(values, np.float64).reshape(-1)
        if not np.isfinite(flat).all():
            raise InvalidInput("The network gives values that are no numbers for this image.")
        if self.feeding.gives == "logits":
            return flat
        flat = np.clip(flat, EDGE, 1 - EDGE)
        return np.asarray(np.log(flat) if self.feeding.spread == "softmax" else logit(flat), np.float64)

    def _chances(self, values: Array) -> Array:
        """(K, rows, columns) probabilities of a segmentation."""
        if values.ndim != 3 or not np.isfinite(values).all():
            raise InvalidInput("The network does not give one plane a region: check the output that model.toml names.")
        if self.feeding.gives == "probabilities":
            return np.clip(values, 0, 1)
        return np.asarray(softmax(values, axis=0) if self.feeding.spread == "softmax" else expit(values), np.float32)


def fed(ready: Array, feeding: Feeding) -> Array:
    """The prepared image (channels x height x width) as the file expects it, with a first side for one image."""
    values = ready * np.float32(feeding.scale)
    if feeding.mean:
        values = values - np.array(feeding.mean, np.float32)[:, None, None]
    if feeding.std:
        values = values / np.array(feeding.std, np.float32)[:, None, None]
    values = np.moveaxis(values, 0, -1) if feeding.layout == "NHWC" else values
    return np.asarray(values[np.newaxis], np.float32)


def expected_input(about: Description, feeding: Feeding) -> tuple[int, ...]:
    """Sides of what the file is fed for one image."""
    height, width = about.input.size
    channels = about.input.channels
    return (1, channels, height, width) if feeding.layout == "NCHW" else (1, height, width, channels)


def _row(planes: NDArray[Any], channel: int) -> Array:
    if planes.ndim != 3 or channel >= len(planes):
        raise InvalidInput(f"The network has no plane {channel}: mend model.toml.")
    return np.asarray(planes[channel], np.float32)
