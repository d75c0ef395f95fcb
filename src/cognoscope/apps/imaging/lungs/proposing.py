"""What all proposals of this application share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cognoscope.core.card import Card
from cognoscope.core.case import Case
from cognoscope.core.evidence import PixelsPointer, Pointer
from cognoscope.core.image_value import ImageValue
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.methods.images.kind import Refusal

USEFUL: Final = timedelta(days=7)
QUESTION: Final = "lung-lesions"


@dataclass(frozen=True)
class Frame:
    """Card, digest of method and weights, and the case."""

    card: Card
    digest: str
    case: Case

    def abstain(self, refusal: Refusal) -> Proposal:
        """Nothing to propose, and why."""
        whole = tuple(PixelsPointer(image=image.name) for image in self.case.images[:1])
        said = Abstention(code=refusal.code, sentence=refusal.sentence)
        return Proposal(**self._common(), abstention=said, evidence=whole)

    def answer(
        self, headline: Headline, value: ImageValue, evidence: Sequence[Pointer], would_change: tuple[Sentence, ...]
    ) -> Proposal:
        """A proposal."""
        return Proposal(
            **self._common(), headline=headline, value=value, evidence=tuple(evidence), would_change=would_change
        )

    def _common(self) -> dict[str, Any]:
        return {
            "application": self.card.name,
            "version": self.card.version,
            "model_digest": self.digest,
            "case_digest": self.case.digest,
            "subject": self.case.subject,
            "as_of": self.case.as_of,
            "useful_until": self.case.as_of + USEFUL,
            "question": QUESTION,
            "title": self.card.title,
        }
