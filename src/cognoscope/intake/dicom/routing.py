"""Which applications see a series: rules that are data, and for each rule why it held or not."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.noun import Noun, Slug


@dataclass(frozen=True)
class SeriesFacts:
    """What a rule may ask of a series. None or empty: the header does not say. Age in years, thickness in mm."""

    modality: str = ""
    body_part: str = ""
    description: str = ""
    age: float | None = None
    sex: str = ""
    sop_class: str = ""
    manufacturer: str = ""
    thickness: float | None = None
    images: int = 0


class Rule(Noun):
    """Applications that see a series of which every condition holds. A condition that is not given asks nothing."""

    name: Slug
    applications: tuple[Slug, ...]
    source: str = ""
    modality: tuple[str, ...] = ()
    body_part: tuple[str, ...] = ()
    sex: tuple[str, ...] = ()
    sop_class: tuple[str, ...] = ()
    description: str = ""
    manufacturer: str = ""
    age_from: float | None = None
    age_to: float | None = None
    thickness_from: float | None = None
    thickness_to: float | None = None
    images_from: int | None = None
    images_to: int | None = None

    @field_validator("description", "manufacturer")
    @classmethod
    def _pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return pattern

    def against(self, facts: SeriesFacts) -> tuple[str, ...]:
        """What speaks against it, a sentence for each condition that does not hold; empty where all hold."""
        found = (
            *(_one_of(name, getattr(self, name), getattr(facts, name)) for name in _WORDS),
            *(_matches(name, getattr(self, name), getattr(facts, name)) for name in _PATTERNS),
            *(
                _between(name, getattr(self, f"{name}_from"), getattr(self, f"{name}_to"), getattr(facts, name))
                for name in _RANGES
            ),
        )
        return tuple(sentence for sentence in found if sentence)


_WORDS = ("modality", "body_part", "sex", "sop_class")
_PATTERNS = ("description", "manufacturer")
_RANGES = ("age", "thickness", "images")
_NAMES = {
    "modality": "the modality",
    "body_part": "the body part",
    "sex": "the patient's sex",
    "sop_class": "the SOP class",
    "description": "the description",
    "manufacturer": "the manufacturer",
    "age": "the patient's age",
    "thickness": "the slice thickness",
    "images": "the number of images",
}


class Rules(Noun):
    """A file of rules."""

    match: Literal["first", "all"] = "all"
    rule: tuple[Rule, ...] = Field(default=())


@dataclass(frozen=True)
class Judged:
    """One rule and what spoke against it."""

    rule: Rule
    against: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every condition holds."""
        return not self.against


@dataclass(frozen=True)
class Routed:
    """Every rule that was tried, in order; those after the first that held are not tried where the first counts."""

    judged: tuple[Judged, ...]

    @cached_property
    def applications(self) -> tuple[str, ...]:
        """Applications that see the series, each once, in the order of the rules."""
        return tuple(dict.fromkeys(name for one in self.judged if one.holds for name in one.rule.applications))

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of the rules that held."""
        return tuple(one.rule.name for one in self.judged if one.holds)


def route(rules: Rules, facts: SeriesFacts) -> Routed:
    """Try the rules on a series."""
    judged = []
    for rule in rules.rule:
        judged.append(Judged(rule, rule.against(facts)))
        if judged[-1].holds and rules.match == "first":
            break
    return Routed(tuple(judged))


def route_study(rules: Rules, series: Iterable[SeriesFacts]) -> dict[str, tuple[str, ...]]:
    """Applications that see a study, each with the rules that sent it there."""
    found: dict[str, dict[str, None]] = {}
    for facts in series:
        for one in route(rules, facts).judged:
            for name in one.rule.applications if one.holds else ():
                found.setdefault(name, {})[one.rule.name] = None
    return {name: tuple(held) for name, held in found.items()}


def read_rules(home: Home | None = None) -> tuple[Rules, str]:
    """The hospital's rules, or those that ship; and where they were read.

    Raises:
        InvalidInput: the file is not TOML, or a rule cannot be used.
    """
    own = home.path / "routing.toml" if home else None
    path = own if own and own.exists() else Path(str(files(__package__).joinpath("routing.toml")))
    try:
        return Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))), str(path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise InvalidInput(f"The routing rules {path} cannot be used: {error}") from error


def facts_of(dataset: Any, images: int = 1) -> SeriesFacts:
    """What a header says of its series.

    Args:
        dataset: a pydicom Dataset; whatever is unreadable in it counts as not said.
        images: how many images the series has.
    """
    description = " ".join(filter(None, (_text(dataset, "SeriesDescription"), _text(dataset, "StudyDescription"))))
    return SeriesFacts(
        modality=_text(dataset, "Modality"),
        body_part=_text(dataset, "BodyPartExamined"),
        description=description,
        age=_years(_text(dataset, "PatientAge")),
        sex=_text(dataset, "PatientSex"),
        sop_class=_text(dataset, "SOPClassUID"),
        manufacturer=_text(dataset, "Manufacturer"),
        thickness=_number(_text(dataset, "SliceThickness")),
        images=images,
    )


def in_words(facts: SeriesFacts) -> str:
    """The facts on one line, for a person who wonders why a rule did not hold."""
    said = ((field.name, getattr(facts, field.name)) for field in fields(facts))
    return ", ".join(
        f"{name.replace('_', ' ')} {value if value not in ('', None) else 'not said'}" for name, value in said
    )


def _one_of(name: str, wanted: tuple[str, ...], value: str) -> str:
    if not wanted or value.strip().casefold() in {one.strip().casefold() for one in wanted}:
        return ""
    return f"{_NAMES[name]} is {value or 'not said'}, the rule asks for {' or '.join(wanted)}"


def _matches(name: str, pattern: str, value: str) -> str:
    if not pattern or re.search(pattern, value, re.IGNORECASE):
        return ""
    return f"{_NAMES[name]} {'does not match' if value else 'is not said, so it cannot match'} {pattern!r}"


def _between(name: str, low: float | None, high: float | None, value: float | None) -> str:
    if low is None and high is None:
        return ""
    if value is None:
        return f"{_NAMES[name]} is not said, and the rule asks for it"
    if low is not None and value < low:
        return f"{_NAMES[name]} is {value:g}, the rule begins at {low:g}"
    if high is not None and value > high:
        return f"{_NAMES[name]} is {value:g}, the rule ends at {high:g}"
    return ""


def _text(dataset: Any, keyword: str) -> str:
    try:
        value = dataset.get(keyword)
    except Exception:
        return ""
    return "" if value is None else str(value).strip(" \0")


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and abs(number) < 1e9 else None


def _years(text: str) -> float | None:
    """PS3.5 section 6.2, VR AS: three digits and D, W, M or Y."""
    found = re.fullmatch(r"(\d{3})([DWMY])", text)
    if found is None:
        return None
    return int(found[1]) / {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}[found[2]]
