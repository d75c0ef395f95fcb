"""The first half of the recipe: what windows of the training images look like, and how much of each an image holds."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training.imaging.cls_bank import BankSettings, learnt
from training.imaging.cls_network import Lens, Windows

MOST = 1500
"""Images that windows are drawn from; more of them teach the dictionary nothing new."""


def windows_of(images: NDArray[np.uint8], settings: Mapping[str, Any], seed: int) -> Windows:
    """Dictionaries learnt from these images without their labels. A bank may have a lens of its own."""
    chosen = np.random.default_rng(seed).permutation(len(images))[:MOST]
    lenses, banks = [], []
    for number, given in enumerate(settings["banks"]):
        lens_settings = given.get("lens", settings["lens"])
        lens = Lens(lens_settings["kind"], lens_settings["sigma"])
        plain = {name: value for name, value in given.items() if name != "lens"}
        if "pools" in plain:
            plain["pools"] = tuple(plain["pools"])
        seen = [lens(torch.from_numpy(images[i : i + 1]).float() / 255)[0] for i in chosen]
        lenses.append(lens)
        banks.append(learnt(seen, BankSettings(**plain), seed + number))
    return Windows(lenses, banks).eval()
