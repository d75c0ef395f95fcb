"""Why a document cannot be taken."""

from cognoscope.core.errors import InvalidInput

LARGEST_FILE = 40 << 20
"""Bytes of one document; a report of more is a whole record scanned, or no report."""

LONGEST_TEXT = 2_000_000
"""Characters of one document once it is read: some thousand pages."""


class Refused(InvalidInput):
    """A document that cannot be read: `kind` to count by, and a sentence that holds nothing of it, nor its name."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


def too_large() -> Refused:
    """For a file above `LARGEST_FILE`."""
    return Refused("too_large", f"the document is larger than {LARGEST_FILE >> 20} MB: give its parts one by one")


def too_long() -> Refused:
    """For a text above `LONGEST_TEXT`."""
    return Refused("too_long", f"the text is longer than {LONGEST_TEXT:,} characters: give its parts one by one")


def unreadable(what: str) -> Refused:
    """For a file that its own format's library cannot read."""
    return Refused("corrupt", f"the {what} is damaged or cut off: export it again")
