"""One image shown several times, turned or mirrored, and the way back of what a network says about each showing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

TURNS = {"rotate-90": 1, "rotate-180": 2, "rotate-270": 3}


def turned(planes: NDArray[Any], view: str) -> NDArray[Any]:
    """Channels x rows x columns in another view: identity, flip-rows, flip-columns, rotate-90, -180, -270."""
    if view == "flip-rows":
        return np.ascontiguousarray(planes[:, ::-1])
    if view == "flip-columns":
        return np.ascontiguousarray(planes[:, :, ::-1])
    return np.ascontiguousarray(np.rot90(planes, TURNS.get(view, 0), (1, 2)))


def turned_back(planes: NDArray[Any], view: str) -> NDArray[Any]:
    """What was turned by `turned`, as it was."""
    if view in TURNS:
        return np.ascontiguousarray(np.rot90(planes, -TURNS[view], (1, 2)))
    return turned(planes, view)
