"""The shipped screening programme: `screening.toml`, figures with their sources, titles of the strategies."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cognoscope.core.noun import Sentence
from cognoscope.methods.screening import STRATEGIES, Programme, Strategy


@dataclass(frozen=True)
class Wording:
    """How a strategy is called, what it does, and where it was tried (empty: not in a trial named here)."""

    title: Sentence
    note: Sentence
    source: str


@dataclass(frozen=True)
class Settings:
    """The programme, the words of each strategy, and one source a figure or group of figures."""

    programme: Programme
    wording: dict[Strategy, Wording]
    sources: dict[str, str]


@cache
def shipped() -> Settings:
    """What `screening.toml` says."""
    text = files("cognoscope.methods").joinpath("screening.toml").read_text(encoding="utf-8")
    held = tomllib.loads(text)
    first, second, score = held["reader"], held["second_reader"], held["score"]
    programme = Programme(
        first=(first["sensitivity"], first["specificity"]),
        second=(second["sensitivity"], second["specificity"]),
        correlation=held["agreement"]["correlation"],
        keeps_cancer=held["consensus"]["keeps_cancer"],
        keeps_healthy=held["consensus"]["keeps_healthy"],
        prevalence=held["programme"]["prevalence"],
        recall_from=score["recall_from"],
        double_from=score["double_from"],
        read_from=score["read_from"],
    )
    wording = {
        name: Wording(Sentence(**entry["title"]), Sentence(**entry["note"]), entry.get("source", ""))
        for name in STRATEGIES
        for entry in (held["strategies"][name],)
    }
    sources = {name: group["source"] for name, group in held.items() if name != "strategies"}
    return Settings(programme, wording, sources)
