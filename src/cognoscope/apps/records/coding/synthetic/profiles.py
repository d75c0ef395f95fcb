"""What invented diseases look like: drugs, results, acts, words, companions. Data, kept apart from the rules."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Share = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Profile:
    """One disease. `dp` and `das` weigh how often it leads or goes with a stay; `labs` are label, mean, sd, share."""

    code: str
    dp: float
    das: float
    age: float
    sd: float
    female: float
    drugs: Share
    labs: tuple[tuple[str, float, float, float], ...]
    acts: Share
    comorbid: Share
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Background:
    """What anybody in hospital may have without the disease it is for: drugs, acts, results."""

    drugs: Share
    acts: Share
    labs: tuple[tuple[str, float, float, float], ...]


@cache
def profiles() -> dict[str, Profile]:
    """Every disease by its code."""
    return {
        row["code"]: Profile(
            code=row["code"],
            dp=float(row["dp"]),
            das=float(row["das"]),
            age=float(row["age"]),
            sd=float(row["sd"]),
            female=float(row["female"]),
            drugs=_shares(row["drugs"]),
            labs=_labs(row["labs"]),
            acts=_shares(row["acts"]),
            comorbid=_shares(row["comorbid"]),
            phrases=tuple(row["phrases"].split("|")),
        )
        for row in _rows("profiles")
    }


@cache
def background() -> Background:
    """What goes with no disease."""
    shares: dict[str, list[tuple[str, float]]] = {"drug": [], "act": []}
    labs = []
    for row in _rows("background"):
        if row["kind"] == "lab":
            mean, _, sd = row["note"].partition(":")
            labs.append((row["item"], float(mean), float(sd), float(row["share"])))
        else:
            shares[row["kind"]].append((row["item"], float(row["share"])))
    return Background(tuple(shares["drug"]), tuple(shares["act"]), tuple(labs))


@cache
def sentences(kind: str) -> tuple[str, ...]:
    """Sentences of one kind; `{x}` stands for a disease."""
    return tuple(row["text"] for row in _rows("sentences") if row["kind"] == kind)


def _rows(name: str) -> list[dict[str, str]]:
    with files(__package__).joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _shares(cell: str) -> Share:
    return tuple((part.rpartition(":")[0], float(part.rpartition(":")[2])) for part in cell.split())


def _labs(cell: str) -> tuple[tuple[str, float, float, float], ...]:
    found = []
    for part in cell.split():
        label, mean, sd, share = part.split(":")
        found.append((label, float(mean), float(sd), float(share)))
    return tuple(found)
