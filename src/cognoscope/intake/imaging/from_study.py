"""Cases from a study that has just become complete in the store: its images of the application's kind."""

from datetime import datetime
from typing import Any

from cognoscope.core.case import Case
from cognoscope.methods.images.kind import ImageKind


def cases_from_study(kind: ImageKind, store: Any, study: str, as_of: datetime) -> list[Case]:
    """Waits for the store."""
    raise NotImplementedError
