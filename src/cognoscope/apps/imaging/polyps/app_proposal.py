"""What was outlined on an image of a colonoscopy, in words, boxes and an overlay."""

import numpy as np

from cognoscope.apps.imaging.polyps.model import Outlined, outlined
from cognoscope.core import pixels
from cognoscope.core.image_value import ImageMark, ImageValue, Measurement, Overlay, OverlayClass, on_pixels
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.methods.images.asking import Asked
from cognoscope.methods.images.segmenter import Segmenter

POLYP = Sentence(fr="Polype", en="Polyp")
MOST_MARKS = 8
WOULD_CHANGE = (
    Sentence(
        fr="L'histologie : l'image ne dit pas si un polype est bénin.",
        en="Histology: the image does not say whether a polyp is harmless.",
    ),
    Sentence(
        fr="Une muqueuse normale : le modèle n'a appris que des images avec polype, il peut en voir à tort.",
        en="Normal mucosa: the model learnt only from images with a polyp and may see one wrongly.",
    ),
)


def proposal(asked: Asked, segmenter: Segmenter) -> Proposal:
    """What looks like a polyp on one image: outline, boxes, share of the image."""
    region = segmenter.folder.about.regions[0]
    found = outlined(segmenter.read(asked.shown)[region.name], region.threshold)
    marks, end = _marks(asked, found), asked.suffix
    certainty = Measurement(
        key=f"certainty{end}",
        label=Sentence(
            fr="Certitude moyenne dans la plus grande zone (non étalonnée)",
            en="Mean certainty in the largest place (not calibrated)",
        ),
        amount=round(found.parts[0].certain, 3) if found.parts else 0.0,
        evidence=tuple(on_pixels(mark) for mark in marks[:1]) or (asked.whole,),
    )
    area = Measurement(
        key=f"polyp-area{end}",
        label=Sentence(fr="Part de l'image", en="Share of the image"),
        amount=round(100 * found.share, 1),
        unit="%",
        evidence=tuple(on_pixels(mark) for mark in marks) or (asked.whole,),
    )
    count = Measurement(
        key=f"polyp-count{end}",
        label=Sentence(fr="Zones entourées", en="Outlined places"),
        amount=float(len(found.parts)),
    )
    overlay = Overlay(
        key=f"polyp{end}",
        label=POLYP,
        kind="segmentation",
        image=asked.image.name,
        raster=pixels.keep(found.mask.astype(np.uint8)[np.newaxis]),
        classes=(OverlayClass(number=1, name="polyp", label=POLYP),),
    )
    return asked.answer(
        Headline(
            element=area.key,
            text=_headline(found),
            expected=area.amount,
            urgency=round(found.parts[0].certain, 3) if found.parts else 0.0,
        ),
        ImageValue(measurements=(certainty, area, count), marks=marks, overlays=(overlay,)),
        tuple(on_pixels(mark) for mark in marks),
        WOULD_CHANGE,
    )


def _headline(found: Outlined) -> Sentence:
    if not found.parts:
        return Sentence(
            fr="Rien n'est entouré ; cela n'exclut pas un polype.", en="Nothing is outlined; this excludes no polyp."
        )
    share = f"{100 * found.share:.0f}"
    if len(found.parts) == 1:
        return Sentence(
            fr=f"Un polype possible, {share} % de l'image.", en=f"One possible polyp, {share}% of the image."
        )
    number = len(found.parts)
    return Sentence(
        fr=f"{number} zones possibles, {share} % de l'image.", en=f"{number} possible places, {share}% of the image."
    )


def _marks(asked: Asked, found: Outlined) -> tuple[ImageMark, ...]:
    return tuple(
        ImageMark(
            key=f"box-{number}{asked.suffix}",
            label=POLYP,
            image=asked.image.name,
            shape="box",
            points=((float(each.box[0]), float(each.box[1])), (float(each.box[2] - 1), float(each.box[3] - 1))),
            certainty=round(each.certain, 3),
        )
        for number, each in enumerate(found.parts[:MOST_MARKS], start=1)
    )
