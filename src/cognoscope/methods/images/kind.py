"""What kind of image an application reads, and why one that it was given cannot be it: sizes, colours, values."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.case import Case, CaseImage
from cognoscope.core.noun import Sentence


@dataclass(frozen=True)
class ImageKind:
    """What one application reads.

    Attributes:
        case: kind of its cases.
        name: what one image is called, with its article, in the middle of a sentence.
        modalities: DICOM modalities it may come from; the first is given to pictures that came without any.
        least: shortest side in pixels.
        most: images that one case may hold.
        longest: how many times longer than wide an image may be.
    """

    case: str
    name: Sentence
    modalities: tuple[str, ...]
    least: int
    most: int = 8
    longest: float = 4.0


@dataclass(frozen=True)
class Refusal:
    """Why an image is not looked at: a code to count by, what a person reads."""

    code: str
    sentence: Sentence


def wrong_with_case(case: Case, kind: ImageKind) -> Refusal | None:
    """Why the case as a whole cannot be looked at, or None."""
    name = kind.name
    if case.kind != kind.case or not case.images:
        return Refusal(
            "no-image",
            Sentence(
                fr=f"Pas de proposition : le dossier ne contient pas {name.fr}. Envoyez l'image depuis le PACS.",
                en=f"No proposal: the case does not hold {name.en}. Send the image from the PACS.",
            ),
        )
    if len(case.images) > kind.most:
        return Refusal(
            "too-many",
            Sentence(
                fr=f"Pas de proposition : {len(case.images)} images dans un seul dossier, {kind.most} au plus.",
                en=f"No proposal: {len(case.images)} images in one case, {kind.most} at most.",
            ),
        )
    return None


def wrong_with_image(image: CaseImage, kind: ImageKind) -> Refusal | None:
    """Why an image cannot be looked at, by what is known before any pixel is read; None where nothing is wrong."""
    rows, columns, name = image.raster.rows, image.raster.columns, kind.name
    if image.modality not in kind.modalities:
        return Refusal(
            "other-modality",
            Sentence(
                fr=f"Pas de proposition : une image de modalité {image.modality} n'est pas {name.fr}.",
                en=f"No proposal: an image of modality {image.modality} is not {name.en}.",
            ),
        )
    if min(rows, columns) < kind.least:
        return Refusal(
            "too-small",
            Sentence(
                fr=f"Pas de proposition : l'image a {rows} x {columns} pixels, il en faut {kind.least} de côté. "
                "Envoyez l'original.",
                en=f"No proposal: the image has {rows} x {columns} pixels, at least {kind.least} a side are needed. "
                "Send the original.",
            ),
        )
    if max(rows, columns) > kind.longest * min(rows, columns) or image.raster.frames > 1:
        return Refusal(
            "shape",
            Sentence(
                fr=f"Pas de proposition : un film ou une bande de {rows} x {columns} pixels n'est pas {name.fr}.",
                en=f"No proposal: a film loop or a strip of {rows} x {columns} pixels is not {name.en}.",
            ),
        )
    return None


def wrong_with_pixels(shown: NDArray[Any], kind: ImageKind) -> Refusal | None:
    """Why an image as displayed cannot be looked at: everywhere the same value, or next to it."""
    top = 255.0 if shown.dtype == np.uint8 else 1.0
    if float(np.std(shown, dtype=np.float64)) < 0.01 * top:
        return Refusal(
            "flat",
            Sentence(
                fr=f"Pas de proposition : l'image est presque d'une seule couleur, ce n'est pas {kind.name.fr}.",
                en=f"No proposal: the image is almost of one colour, it is not {kind.name.en}.",
            ),
        )
    return None


def unreadable(kind: ImageKind) -> Refusal:
    """The refusal of an image whose values are no numbers."""
    return Refusal(
        "unreadable",
        Sentence(
            fr="Pas de proposition : certaines valeurs de l'image ne sont pas des nombres. Exportez-la de nouveau.",
            en="No proposal: some values of the image are no numbers. Export it again.",
        ),
    )
