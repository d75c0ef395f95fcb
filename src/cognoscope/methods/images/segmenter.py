"""A network of segmentation on one image: the probability of each region at each of the image's own pixels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.images.prepare import fitting, prepare
from cognoscope.methods.images.views import turned, turned_back
from cognoscope.methods.onnx import Network


class Segmenter:
    """The network of a model folder.

    Raises:
        InvalidInput: by `read`, where the folder or the network is not what `model.toml` says.
        NotInstalled: by `read`, where the extra `imaging` is missing.
    """

    def __init__(self, folder: ModelFolder):
        self.folder = folder
        self.network = Network(folder.path / "model.onnx")

    def read(self, image: NDArray[Any]) -> dict[str, NDArray[np.float32]]:
        """One image as it is displayed (see `prepare`) -> for each region rows x columns of the image, 0..1."""
        about = self.folder.about
        taken = about.input
        ready = prepare(image, taken.size, taken.channels, taken.fit)
        found = [
            turned_back(self.network.run({"image": turned(ready, view)[np.newaxis]})["probabilities"][0], view)
            for view in taken.views
        ]
        planes = np.asarray(np.mean(found, axis=0), np.float32)
        place = fitting(image.shape[0], image.shape[1], taken.size, taken.fit)
        for region in about.regions:
            if region.channel >= len(planes):
                raise InvalidInput(
                    f"{self.network.path} has {len(planes)} channels; the region {region.name} needs more."
                )
        return {region.name: place.back(planes[region.channel]) for region in about.regions}
