"""A component of the reading: texts in, mentions out. What reads has a name and a version, and its rows carry both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reading.mention import Mention


@dataclass(frozen=True)
class Component:
    """One reader.

    name: `conditions`, `drugs`, ...: what `component` finds it by.
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
    """The component of that name: a module of this package or, by its full name, a hospital's own.

    Raises:
        InvalidInput: no such module, or it holds no `COMPONENT`.
    """
    module = f"cognoscope.intake.reading.{name}" if name in COMPONENTS else name
    try:
        found = import_module(module).COMPONENT
    except (ModuleNotFoundError, AttributeError) as error:
        if isinstance(error, ModuleNotFoundError) and error.name != module:
            raise
        raise InvalidInput(
            f"There is no component {name!r} that reads reports: choose one of {', '.join(COMPONENTS)}, or name a "
            "module that holds a COMPONENT."
        ) from error
    if not isinstance(found, Component):
        raise InvalidInput(f"COMPONENT of the module {name} is not a Component.")
    return found
