"""Which weights an application runs with: where they come from, under which licence, and who added them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cognoscope.apps
from cognoscope.core.application import Application
from cognoscope.core.entry import Entry
from cognoscope.core.events import ModelAdded
from cognoscope.web.services import Services


@dataclass(frozen=True)
class Weights:
    """The files an application runs with.

    present: whether there are any; added: the entry by which a person added them, None for those that ship; research:
    whether some of what they learnt from is for research only; trained_on: name, licence, whether it may ship.
    """

    present: bool
    version: str
    research: bool
    added: Entry | None
    licence: str
    trained_on: list[tuple[str, str, bool]]


def weights_of(services: Services, application: Application) -> Weights | None:
    """The weights of an application whose method is a file of them; None for any other."""
    own = services.home.models / application.name
    shipped = Path(cognoscope.apps.__file__).parent.joinpath(*application.name.split(".")) / "weights"
    folder = next((one for one in (own, shipped) if (one / "model.toml").is_file()), None)
    if folder is None:
        return Weights(False, "", False, None, "", []) if application.with_model else None
    held = _read(folder / "model.toml")
    added = _added(services, application.name) if folder == own else None
    trained = [
        (str(one.get("name", "")), str(one.get("licence", "")), bool(one.get("ships")))
        for one in held.get("trained_on", [])
        if isinstance(one, dict)
    ]
    return Weights(
        present=True,
        version=str(held.get("version", "")),
        research=bool(held.get("research_only")),
        added=added,
        licence=added.event.licence if added and isinstance(added.event, ModelAdded) else "",
        trained_on=trained,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _added(services: Services, name: str) -> Entry | None:
    entries = services.ledger.entries(event="ModelAdded", newest_first=True)
    return next((one for one in entries if isinstance(one.event, ModelAdded) and one.event.name == name), None)
