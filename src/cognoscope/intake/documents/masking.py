"""What takes the identities out of a text, as this package needs it, and how it is found."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Protocol

from cognoscope.core.home import Home
from cognoscope.intake.deidentification.deidentifier import Deidentifier
from cognoscope.intake.deidentification.span import Cleaned
from cognoscope.intake.identities import Identity

SHORTEST_NAME = 3


class Cleaner(Protocol):
    """Takes identities out of texts; see `deidentification.deidentifier.Deidentifier`."""

    def clean_many(
        self,
        texts: Sequence[str],
        *,
        known: Sequence[Identity | None] | None = None,
        person: Sequence[str] | None = None,
        shift_days: Sequence[int] | None = None,
    ) -> list[Cleaned]:
        """Each text without its identities; every argument has one entry a text."""
        ...


MakeCleaner = Callable[[Home], Cleaner]
"""Makes a cleaner in the process that uses it; a function of a module, so that it can be handed to processes."""


def installed(home: Home) -> Cleaner:
    """The platform's own."""
    return Deidentifier.from_home(home)


def version() -> str:
    """Names the state of the platform's own cleaner, code and knowledge: with another one texts come out otherwise."""
    found = hashlib.sha256()
    for name, content in sorted(_contents(files("cognoscope.intake.deidentification"), "")):
        found.update(f"{name}\0".encode() + content)
    return found.hexdigest()


def _contents(folder: Traversable, above: str) -> Iterable[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir() and item.name != "__pycache__":
            yield from _contents(item, f"{above}{item.name}/")
        elif item.is_file():
            yield f"{above}{item.name}", item.read_bytes()


class Labels:
    """Titles and types of documents: kept where nothing in them is anybody's, else cleaned, else dropped."""

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._harmless: dict[str, bool] = {}

    def title(self, text: str | None, known: Identity, person: str, days: int) -> str | None:
        """A title without identities, or None."""
        plain = " ".join((text or "").split())[:300]
        if not plain or self._is_harmless(plain, known):
            return plain or None
        (cleaned,) = self._cleaner.clean_many([plain], known=[known], person=[person], shift_days=[days])
        if cleaned.held_back or names_in(cleaned.text, known):
            return None
        return cleaned.text

    def type(self, text: str | None, known: Identity) -> str | None:
        """A type as it stands, or None where it looks like somebody."""
        plain = " ".join((text or "").split())[:60]
        return plain if plain and self._is_harmless(plain, known) else None

    def _is_harmless(self, text: str, known: Identity) -> bool:
        if text not in self._harmless:
            if len(self._harmless) > 10_000:
                self._harmless.clear()
            (cleaned,) = self._cleaner.clean_many([text], known=[None], person=[""], shift_days=[1])
            self._harmless[text] = cleaned.text == text and not cleaned.held_back
        return self._harmless[text] and not names_in(text, known)


def names_in(text: str, known: Identity) -> bool:
    """Whether a word or number of the person's known identity stands in a short text."""
    words = set(_words(text))
    joined = "".join(_words(text))
    theirs = {word for value in _values(known) for word in _words(value) if len(word) >= SHORTEST_NAME}
    numbers = {value for value in map(_digits, _values(known)) if len(value) >= 5}
    return not words.isdisjoint(theirs) or any(number in joined for number in numbers)


def _values(known: Identity) -> list[str]:
    found = [each.rpartition("|")[2] for each in known.identifiers] + ([known.birth_date] if known.birth_date else [])
    for name in known.names:
        found += [str(name.get("family") or ""), *map(str, name.get("given") or [])]
    found += [str(each.get("value") or "") for each in known.telecom]
    return found


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(each for each in plain if not unicodedata.combining(each)))
