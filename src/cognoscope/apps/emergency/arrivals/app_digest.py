"""Which method made a proposal: the digest of everything that decides its numbers and words."""

import hashlib
from importlib.resources import files

from cognoscope.core.canonical import digest

METHODS = ("additive.py", "conformal.py", "decomposition.py", "kernels.py")
MEASURING = ("evaluate", "backtest")


def method_digest(version: str) -> str:
    """SHA-256 over the version, the source of this folder and of the methods it uses, and the fixed parameters.

    The card and what only measures the method are left out: mending words makes no other method. Nothing of the
    machine is in it, so it is the same wherever the same code runs.
    """
    sources = {
        item.name: hashlib.sha256(item.read_bytes()).hexdigest()
        for item in files("cognoscope.apps.emergency.arrivals").iterdir()
        if item.name.endswith((".py", ".toml", ".csv")) and not item.name.startswith(("card.", *MEASURING))
    }
    methods = files("cognoscope.methods")
    used = {name: hashlib.sha256(methods.joinpath(name).read_bytes()).hexdigest() for name in METHODS}
    return digest({"version": version, "sources": sources, "methods": used})
