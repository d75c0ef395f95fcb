"""How every application asks a network about the images of a case: checks first, then gate, network, proposal.

What is the same in all of them is here, so that each says only what its answers mean.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cognoscope.core.card import Card
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.evidence import PixelsPointer, Pointer
from cognoscope.core.image_value import ImageValue
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.methods.images.display import displayed
from cognoscope.methods.images.kind import (
    ImageKind,
    Refusal,
    unreadable,
    wrong_with_case,
    wrong_with_image,
    wrong_with_pixels,
)
from cognoscope.methods.images.watchman import Watchman


@dataclass(frozen=True)
class Shape:
    """What the proposals of one application share.

    Attributes:
        card: of the application.
        digest: of method and weights.
        kind: of image.
        question: what is asked of each image; the eye, or a number, is added where a case holds several.
        useful: how long the answer helps anybody.
        command: what a person types to give the application its weights.
    reword: says a refusal of the gate in the application's own words.
    each: every image of a case gets an answer. Otherwise those that cannot be read are passed over where another one
        could: an ultrasound examination holds thirty planes, of which one is wanted.
    """

    card: Card
    digest: str
    kind: ImageKind
    question: str
    useful: timedelta
    command: str
    reword: Callable[[Refusal], Refusal] = lambda refusal: refusal
    each: bool = True


@dataclass(frozen=True)
class Asked:
    """One image of a case, as displayed, and how to answer about it.

    `suffix` tells apart what is said of several images of one case: "" or "-left", "-right", "-2"; it ends each key.
    """

    shape: Shape
    case: Case
    image: CaseImage
    suffix: str
    shown: NDArray[Any]

    @property
    def whole(self) -> PixelsPointer:
        """Evidence: the image."""
        return PixelsPointer(image=self.image.name)

    def abstain(self, refusal: Refusal) -> Proposal:
        """Nothing to propose, and why."""
        return _abstain(self.shape, self.case, self.suffix, refusal, (self.whole,))

    def answer(
        self,
        headline: Headline,
        value: ImageValue,
        evidence: Sequence[Pointer],
        would_change: Sequence[Sentence],
    ) -> Proposal:
        """A proposal on this image."""
        return Proposal(
            **_frame(self.shape, self.case, self.suffix),
            headline=headline,
            value=value,
            evidence=(self.whole, *evidence),
            would_change=tuple(would_change),
        )


def ask(shape: Shape, case: Case, weights: Path | None, own: Path, read: Callable[[Asked], Proposal]) -> list[Proposal]:
    """One proposal an image, or the reason why not.

    weights: the model folder, None where no person has given the application one.
    own: the folder of the application's own gate, used for weights that come without one.
    read: asks the network; called only on images that the gate accepts.

    Raises:
        NotInstalled: the extra `imaging` is missing.
    """
    refusal = wrong_with_case(case, shape.kind)
    if refusal is None and weights is None:
        refusal = _no_weights(shape)
    if refusal is not None:
        return [_abstain(shape, case, "", refusal)]
    assert weights is not None
    watchman = Watchman(weights, own)
    found = [_one(shape, case, image, suffix, watchman, read) for image, suffix in suffixed(case)]
    if shape.each:
        return found
    return [proposal for proposal in found if proposal.value is not None] or found[:1]


def suffixed(case: Case) -> list[tuple[CaseImage, str]]:
    """Each image with what tells it apart: its side where known, a number where that is not enough."""
    found: list[tuple[CaseImage, str]] = []
    for image in case.images:
        side = {"L": "-left", "R": "-right"}.get(image.laterality or "", "")
        same = sum(other.laterality == image.laterality for other, _ in found)
        found.append((image, f"{side}-{same + 1}" if same else side))
    return found


def _one(
    shape: Shape, case: Case, image: CaseImage, suffix: str, watchman: Watchman, read: Callable[[Asked], Proposal]
) -> Proposal:
    refusal = wrong_with_image(image, shape.kind)
    if refusal is not None:
        return _abstain(shape, case, suffix, refusal, (PixelsPointer(image=image.name),))
    try:
        shown = displayed(image)
    except ValueError:
        return _abstain(shape, case, suffix, unreadable(shape.kind), (PixelsPointer(image=image.name),))
    asked = Asked(shape, case, image, suffix, shown)
    refusal = wrong_with_pixels(shown, shape.kind) or watchman.refuses(shown)
    return read(asked) if refusal is None else asked.abstain(shape.reword(refusal))


def _no_weights(shape: Shape) -> Refusal:
    return Refusal(
        "no-model",
        Sentence(
            fr="Pas de proposition : cette application n'a pas de modèle ici. Une personne autorisée peut en "
            f"ajouter un avec la commande {shape.command}.",
            en="No proposal: this application has no model here. An authorised person can add one with the command "
            f"{shape.command}.",
        ),
    )


def _frame(shape: Shape, case: Case, suffix: str) -> dict[str, Any]:
    return {
        "application": shape.card.name,
        "version": shape.card.version,
        "model_digest": shape.digest,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "useful_until": case.as_of + shape.useful,
        "question": f"{shape.question}{suffix}",
        "title": shape.card.title,
    }


def _abstain(shape: Shape, case: Case, suffix: str, refusal: Refusal, evidence: tuple[Pointer, ...] = ()) -> Proposal:
    return Proposal(
        **_frame(shape, case, suffix),
        abstention=Abstention(code=refusal.code, sentence=refusal.sentence),
        evidence=evidence,
    )
