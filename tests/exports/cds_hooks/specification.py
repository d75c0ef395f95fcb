"""The answers of CDS Hooks 2.0 as types, written from the specification: what is not in it is refused.

Fields, their types and which are required: "Discovery", "CDS Service Response" (Card, Source, Suggestion, Action, Link,
Coding). "Use of JSON": no element is null or empty, save `cards`.
"""

from typing import Annotated, Any, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]
Url = Annotated[str, msgspec.Meta(pattern="^https?://")]
Uuid = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Coding(msgspec.Struct, forbid_unknown_fields=True):
    code: Text
    system: Text
    display: Text


class Source(msgspec.Struct, forbid_unknown_fields=True):
    label: Text
    url: Url | msgspec.UnsetType = msgspec.UNSET
    icon: Url | msgspec.UnsetType = msgspec.UNSET
    topic: Coding | msgspec.UnsetType = msgspec.UNSET


class Suggestion(msgspec.Struct, forbid_unknown_fields=True):
    label: Text
    uuid: Uuid | msgspec.UnsetType = msgspec.UNSET
    isRecommended: bool | msgspec.UnsetType = msgspec.UNSET


class Link(msgspec.Struct, forbid_unknown_fields=True):
    label: Text
    url: Url
    type: Literal["absolute"]


class Card(msgspec.Struct, forbid_unknown_fields=True):
    summary: Annotated[str, msgspec.Meta(min_length=1, max_length=139)]
    indicator: Literal["info", "warning", "critical"]
    source: Source
    uuid: Uuid
    detail: Text | msgspec.UnsetType = msgspec.UNSET
    suggestions: Annotated[list[Suggestion], msgspec.Meta(min_length=1)] | msgspec.UnsetType = msgspec.UNSET
    selectionBehavior: Literal["at-most-one", "any"] | msgspec.UnsetType = msgspec.UNSET
    overrideReasons: Annotated[list[Coding], msgspec.Meta(min_length=1)] | msgspec.UnsetType = msgspec.UNSET
    links: Annotated[list[Link], msgspec.Meta(min_length=1)] | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        assert (self.suggestions is msgspec.UNSET) == (self.selectionBehavior is msgspec.UNSET)


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """The answer to a call; `systemActions` and actions of suggestions are in the specification, and never sent."""

    cards: list[Card]


class Service(msgspec.Struct, forbid_unknown_fields=True):
    hook: Literal["patient-view", "order-select", "order-sign"]
    title: Text
    description: Text
    id: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]+$")]
    prefetch: dict[str, Text]
    usageRequirements: Text


class Discovery(msgspec.Struct, forbid_unknown_fields=True):
    services: list[Service]


def answer(content: Any) -> Answer:
    """The answer, or an error that says what breaks the specification."""
    return msgspec.convert(content, Answer)


def discovery(content: Any) -> Discovery:
    """The list of services, or an error."""
    return msgspec.convert(content, Discovery)
