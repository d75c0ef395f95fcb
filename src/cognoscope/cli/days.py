"""Days as they are typed."""

from datetime import date

from cognoscope.core.errors import InvalidInput


def day(text: str | None) -> date | None:
    """The day of `2026-11-21`; None where nothing was typed.

    Raises:
        InvalidInput: it is no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no day: write it as 2026-11-21.") from error
