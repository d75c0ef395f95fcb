"""A component of the reading: texts in, mentions out. What reads has a name and a version, and its rows carry both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from cognoscope.intake.reading.mention import Mention


@dataclass(frozen=True)
class Component:
    """One reader.

    name: `conditions`, `drugs`, ...
    version: digest of its code, of its knowledge and of the libraries it calls, so that a change is noticed.
    read: the mentions of each text, ordered by `start`; pure; loads what it needs on its first call.

    `read` raises NotInstalled where the extra `text` is missing.
    """

    name: str
    version: str
    read: Callable[[Sequence[str]], list[list[Mention]]]


COMPONENTS = ("conditions", "disorders", "drugs", "measurements", "stages", "sections")
"""Every component, in the order they run; each is the module of its name here, with a `COMPONENT`."""


def component(name: str) -> Component:
    """The component of that name (a module of this package that holds a `COMPONENT`)."""
    found: Component = import_module(f"cognoscope.intake.reading.{name}").COMPONENT
    return found
