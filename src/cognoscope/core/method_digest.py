"""Which method made a proposal: one digest of everything that decides its numbers and its words."""

import ast
import hashlib
from importlib.resources import files

from cognoscope.core.canonical import digest

PARAMETERS = (".toml", ".csv")


def method_digest(package: str, version: str) -> str:
    """SHA-256 of what an application runs: the version, its code, its fixed parameters.

    Code is `app.py` and what it imports, from the application's own folder and from `cognoscope.methods`; parameters
    are the folder's TOML and CSV files. The card is left out (mending its words makes no other method), and so is what
    is imported inside a function (`evaluate`). Nothing of the machine is in it: the same code has the same digest
    everywhere.

    package: for instance `cognoscope.apps.emergency.arrivals`.
    """
    folder = files(package)
    sources = {
        f"{package}.{item.name}": _sha256(item.read_bytes())
        for item in folder.iterdir()
        if item.name.endswith(PARAMETERS) and item.name != "card.toml"
    }
    waiting = [f"{package}.app"]
    while waiting:
        module = waiting.pop()
        source = _source(module)
        if module in sources or source is None:
            continue
        sources[module] = _sha256(source)
        waiting += [name for name in _imports(source) if name.startswith((f"{package}.", "cognoscope.methods."))]
    return digest({"version": version, "sources": sources})


def _imports(source: bytes) -> list[str]:
    """Names a module imports when it is loaded, those that may be modules included."""
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return names


def _source(module: str) -> bytes | None:
    _, *parts = module.split(".")
    path = files("cognoscope").joinpath(*parts[:-1], f"{parts[-1]}.py")
    return path.read_bytes() if path.is_file() else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
