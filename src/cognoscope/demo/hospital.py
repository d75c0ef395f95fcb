"""The demonstration hospital as data: its sites and how their days look."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from cognoscope.core.noun import Noun

Share = Annotated[float, Field(ge=0, le=1)]


class Site(Noun):
    """One emergency department; effects are relative to an ordinary day."""

    code: str
    name: str
    daily: float
    growth: float
    weekdays: Annotated[tuple[float, ...], Field(min_length=7, max_length=7)]
    summer: float
    school_holidays: float
    public_holidays: float
    morrow: float
    influenza: float
    gastroenteritis: float
    spread: float
    admitted: Share
    admitted_night: Share
    admitted_influenza: Share
    opened_days_ago: int | None = None
    not_transmitted_days_ago: tuple[int, ...] = ()


class Hours(Noun):
    """Share of a day's visits by hour."""

    working: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)]
    weekend: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)]


class Hospital(Noun):
    """The whole demonstration hospital; `years` is how much history it has."""

    hospital: str
    school_zone: str
    years: int
    sites: tuple[Site, ...]
    hours: Hours


@cache
def hospital() -> Hospital:
    """What `hospital.toml` says."""
    text = files(__package__).joinpath("hospital.toml").read_text(encoding="utf-8")
    return Hospital.model_validate(tomllib.loads(text))
