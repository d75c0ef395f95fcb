"""Takes the identities out of texts: finds them, replaces them, and doubts the result."""

from collections.abc import Sequence

import msgspec

from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.deidentification.finder import Finder
from cognoscope.intake.deidentification.leak import HOLD_FROM, LeakDetector
from cognoscope.intake.deidentification.reasons import because_of
from cognoscope.intake.deidentification.span import Cleaned, Replaced, Span
from cognoscope.intake.deidentification.surrogates import Surrogates
from cognoscope.intake.identities import Identity


class Deidentifier:
    """Cleans texts under one installation's pseudonym key: the same name gets the same surrogate, irreversibly.

    Args:
        key: secret bytes; surrogates follow from them by HMAC-SHA256.
        rules: whether rules are used, `learned`: whether the classifier is; both, except where they are compared.

    Raises:
        NotInstalled: the extra `text` is missing.
    """

    def __init__(self, key: bytes, *, rules: bool = True, learned: bool = True) -> None:
        self._key = key
        self._finder = Finder(rules=rules, learned=learned)
        self._leaks: LeakDetector | None = None

    @classmethod
    def from_home(cls, home: Home) -> "Deidentifier":
        """With the pseudonym key of an installation.

        Raises:
            InvalidInput: there is no usable key file.
        """
        return cls(keys.read(home.key_file))

    def find(self, text: str, known: Identity | None = None) -> list[Span]:
        """The identities in a text, ordered, without overlap."""
        return self.find_many([text], [known])[0]

    def find_many(self, texts: Sequence[str], known: Sequence[Identity | None] | None = None) -> list[list[Span]]:
        """The identities in each text; `known` has one entry a text."""
        return self._finder.find(texts, known if known is not None else [None] * len(texts))

    def clean(self, text: str, *, known: Identity | None = None, person: str = "", shift_days: int = 0) -> Cleaned:
        """A text without its identities.

        Args:
            text: as the hospital sent it.
            known: what the vault holds of the patient; searched with typing errors, swapped order and initials.
            person: the patient's pseudonym; surrogates are stable within it.
            shift_days: added to every date; 0 keeps dates, but birth dates are always reduced to the year.
        """
        return self.clean_many([text], known=[known], person=[person], shift_days=[shift_days])[0]

    def clean_many(
        self,
        texts: Sequence[str],
        *,
        known: Sequence[Identity | None] | None = None,
        person: Sequence[str] | None = None,
        shift_days: Sequence[int] | None = None,
    ) -> list[Cleaned]:
        """Each text without its identities, in one batch; every argument has one entry a text. No text raises."""
        count = len(texts)
        known = known if known is not None else [None] * count
        person = person if person is not None else [""] * count
        shift_days = shift_days if shift_days is not None else [0] * count
        found = self.find_many(texts, known)
        cleaned = [
            replaced(text, spans, Surrogates(self._key, who, days))
            for text, spans, who, days in zip(texts, found, person, shift_days, strict=True)
        ]
        self._leaks = self._leaks or LeakDetector(self._finder.words)
        doubts = self._leaks.doubts(cleaned, known)
        return [
            msgspec.structs.replace(
                one, doubt=doubt.value, held_back=because_of(doubt.sign) if doubt.value >= HOLD_FROM else ""
            )
            for one, doubt in zip(cleaned, doubts, strict=True)
        ]


def replaced(text: str, spans: Sequence[Span], surrogates: Surrogates) -> Cleaned:
    """A text with each span replaced by its surrogate; what lies between stays as it was."""
    parts: list[str] = []
    changes: list[Replaced] = []
    at = length = 0
    for span in spans:
        instead = surrogates.of(span.label, text[span.start : span.stop])
        if instead is None:
            continue
        kept = text[at : span.start]
        length += len(kept)
        changes.append(Replaced(span.start, span.stop, length, length + len(instead), span.label))
        parts += (kept, instead)
        length += len(instead)
        at = span.stop
    return Cleaned(text="".join((*parts, text[at:])), replaced=tuple(changes))
