"""A person's review as a DICOM object states it: who verified, for whom, when, and what they decided."""

from dataclasses import dataclass

from cognoscope.core.review import Review


@dataclass(frozen=True)
class Reviewed:
    """The reviews of one proposal, oldest first, and who stands behind them.

    role: said in the language of the document ("Radiologue"). DICOM demands a name for a verifying observer
        (Verifying Observer Name is Type 1, PS3.3 C.17.2); the role stands there unless `name` is given.
    reason: why the proposal was set aside, in words, where it was.
    """

    reviews: tuple[Review, ...]
    role: str
    organisation: str
    name: str | None = None
    reason: str = ""

    @property
    def last(self) -> Review:
        """The review that stands."""
        return self.reviews[-1]
