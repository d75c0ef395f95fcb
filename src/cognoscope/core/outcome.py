"""An Outcome: what turned out to be true. Joined to proposals and amendments by subject, measure and element."""

from typing import Annotated

from pydantic import StringConstraints

from cognoscope.core.noun import Instant, Noun, Slug, Subject
from cognoscope.core.values import ElementKey


class Outcome(Noun):
    """It may come months later, may contradict both program and person, and may be corrected by a later one."""

    application: Slug
    subject: Subject
    measure: Slug
    element: ElementKey
    value: float | str | bool
    known_at: Instant
    source: Annotated[str, StringConstraints(min_length=1)]
