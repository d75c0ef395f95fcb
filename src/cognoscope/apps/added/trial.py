"""One run of an unknown network on an empty image, in a process of its own: whatever it does, this one goes on."""

import json
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from cognoscope.apps.added.trial_child import MISSING
from cognoscope.core.errors import InvalidInput, NotInstalled

SECONDS: Final = 60


def shapes(path: Path, name: str, sides: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """The shape of each output for an image of zeros.

    Args:
        path: the ONNX file.
        name: of its input.
        sides: of that input, for instance (1, 3, 224, 224).

    Raises:
        InvalidInput: it does not load, does not take that image, crashes, or takes too long.
        NotInstalled: the extra `imaging` is missing.
    """
    with as_file(files(__package__).joinpath("trial_child.py")) as child:
        command = [sys.executable, "-I", str(child), str(path), name, ",".join(map(str, sides))]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise InvalidInput(f"{path.name} takes more than {SECONDS} s an image: export a smaller one.") from error
    if done.returncode == MISSING:
        raise NotInstalled("Reading images needs the extra `imaging`: run `make imaging`.")
    try:
        found = json.loads(done.stdout) if done.returncode == 0 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        size = " x ".join(map(str, sides))
        raise InvalidInput(
            f"{path.name} cannot be run on an image of {size}: check input size, channels and names in model.toml, "
            "or export it again."
        )
    return {str(key): tuple(value) for key, value in found.items()}
