"""Lines of the text files that reports come in: plain or gzip, UTF-8 or Latin-1, any line end."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from cognoscope.core.errors import InvalidInput

LONGEST_LINE = 20_000


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Each line with its number from 1, without its end; empty lines are passed over.

    Raises:
        InvalidInput: the file cannot be read, or is no text.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as stream:
            for number, raw in enumerate(stream, start=1):
                if b"\x00" in raw and number == 1:
                    raise InvalidInput(f"{path.name} is not a text file: export it as text again.")
                line = _decoded(raw.rstrip(b"\r\n"))
                if line.strip():
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{path.name} cannot be read to its end: copy it again from its source.") from error


def heading(path: Path) -> str:
    """The first line, or an empty text."""
    return next((line for _, line in lines_of(path)), "")


def _decoded(raw: bytes) -> str:
    if len(raw) > LONGEST_LINE:
        raw = raw[:LONGEST_LINE]
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
