"""Usual ways to display an image of a modality: centre and width of the window, from `window_presets.csv`."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Preset:
    """A named window; `fr` and `en` are its name for people, centre and width are in the image's unit."""

    name: str
    fr: str
    en: str
    centre: float
    width: float


@cache
def presets_of(modality: str) -> tuple[Preset, ...]:
    """The windows people know by name for this modality, in the order of their keys; none for most."""
    path = Path(__file__).with_name("window_presets.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Preset(row["name"], row["fr"], row["en"], float(row["centre"]), float(row["width"]))
            for row in csv.DictReader(file)
            if row["modality"] == modality
        )
