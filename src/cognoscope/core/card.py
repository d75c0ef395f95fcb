"""The card of an application: what `card.toml` must say before anything runs."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from cognoscope.core.actor import Role
from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Noun, Sentence, Slug

Text = Annotated[str, StringConstraints(min_length=1)]


class Risk(Noun):
    """Something that can go wrong and what was done about it."""

    risk: Sentence
    measure: Sentence


class AIAct(Noun):
    """Class under Regulation (EU) 2024/1689 and why."""

    classification: Literal["minimal", "limited", "high", "prohibited"]
    reason: Sentence


class TrainingData(Noun):
    """A set the shipped method was trained or tuned on; `ships` says whether its licence lets a model ship."""

    name: Sentence
    licence: Sentence
    ships: bool


class ReferenceFigure(Noun):
    """A published figure to stand beside ours."""

    name: Sentence
    value: Sentence
    source: Text


class MeasuredFigure(Noun):
    """A figure of ours: the command that gives it, the data, the date and the machine."""

    name: Sentence
    value: Sentence
    command: Text
    data: Sentence
    date: Text
    machine: Text


class Reason(Noun):
    """A coded reason for setting a proposal aside."""

    code: Slug
    label: Sentence


class Card(Noun):
    """Everything a person must be able to read about an application."""

    name: Slug
    version: Text
    title: Sentence
    purpose: Sentence
    kinds: Annotated[tuple[Literal["series", "table", "text", "image", "grid", "graph"], ...], Field(min_length=1)]
    reviewers: Annotated[tuple[Role, ...], Field(min_length=1)]
    readers: tuple[Role, ...] = ()
    users: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    inputs: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    limits: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    risks: Annotated[tuple[Risk, ...], Field(min_length=1)]
    ai_act: AIAct
    training_data: tuple[TrainingData, ...] = ()
    reference_figures: Annotated[tuple[ReferenceFigure, ...], Field(min_length=1)]
    measured_figures: tuple[MeasuredFigure, ...] = ()
    reasons: Annotated[tuple[Reason, ...], Field(min_length=1)]
    bulk_accept: bool = False


def read_card(path: Path) -> Card:
    """Read a `card.toml`.

    Raises:
        InvalidInput: the file is not TOML or lacks something a card must say.
    """
    try:
        return Card.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InvalidInput(f"The card {path} is not complete: {error}") from error
