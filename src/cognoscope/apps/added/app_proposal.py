"""What an added network found, as measurements, overlays and evidence."""

import numpy as np

from cognoscope.apps.added.reading import Found
from cognoscope.apps.added.settings import Wording
from cognoscope.core import pixels
from cognoscope.core.evidence import PixelsPointer, Pointer
from cognoscope.core.image_value import ImageValue, Measurement, Overlay, OverlayClass
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.methods.images.answers import Answer
from cognoscope.methods.images.asking import Asked
from cognoscope.methods.images.model_folder import Description, Region
from cognoscope.methods.images.shapes import Mask

HOT = 128


def proposal(asked: Asked, about: Description, words: Wording, found: Found) -> Proposal:
    """A proposal on one image: each head and each region is a measurement, reviewable alone."""
    if about.task == "segmentation":
        return _outlined(asked, about, words, found)
    measured: list[Measurement] = []
    overlays: list[Overlay] = []
    evidence: list[Pointer] = []
    for name, answer in found.answers.items():
        cited: tuple[Pointer, ...] = ()
        if name in found.heat:
            heat = found.heat[name]
            label = _said("Où le modèle a regardé : ", "Where the model looked: ", words.label(name))
            overlays.append(
                Overlay(
                    key=f"{name}-map{asked.suffix}",
                    label=label,
                    kind="heatmap",
                    image=asked.image.name,
                    raster=pixels.keep(heat[np.newaxis]),
                )
            )
            cited = _around(heat >= HOT, asked.image.name)
            evidence += cited
        measured.append(_measured(asked, name, answer, words, cited))
    first, answer = measured[0], next(iter(found.answers.values()))
    said = first.words.fr if first.words else "", first.words.en if first.words else ""
    text = Sentence(
        fr=f"{first.label.fr} : {said[0]}, {_percent(answer.probability[_shown(answer)], ' %')}.",
        en=f"{first.label.en}: {said[1]}, {_percent(answer.probability[_shown(answer)], '%')}.",
    )
    urgency = round(answer.yes, 4) if answer.head.kind == "binary" else 0.0
    headline = Headline(element=first.key, text=text, expected=first.amount, urgency=urgency)
    value = ImageValue(measurements=tuple(measured), overlays=tuple(overlays))
    return asked.answer(headline, value, evidence, words.would_change)


def _measured(asked: Asked, name: str, answer: Answer, words: Wording, cited: tuple[Pointer, ...]) -> Measurement:
    """A binary head gives the probability of its "yes" in %, any other the number of its likeliest class."""
    binary = answer.head.kind == "binary"
    return Measurement(
        key=f"{name}{asked.suffix}",
        label=words.label(name),
        amount=round(100 * answer.yes, 2) if binary else float(answer.likely),
        unit="%" if binary else "1",
        words=words.class_(answer.head.classes[_shown(answer)]),
        options=tuple(words.class_(answer.head.classes[number]) for number in answer.plausible),
        evidence=cited or (asked.whole,),
    )


def _shown(answer: Answer) -> int:
    """The class that is named: "yes" of a binary head, whose probability is shown; else the likeliest."""
    return len(answer.probability) - 1 if answer.head.kind == "binary" else answer.likely


def _outlined(asked: Asked, about: Description, words: Wording, found: Found) -> Proposal:
    """Share of the image, or area where the size of a pixel is known, of each region; one overlay of all."""
    drawn = np.zeros(asked.shown.shape[:2], np.uint8)
    measured: list[Measurement] = []
    evidence: list[Pointer] = []
    for number, region in enumerate(about.regions, start=1):
        mask = found.regions[region.name] >= region.threshold
        drawn[mask] = number
        cited = _around(mask, asked.image.name)
        evidence += cited
        measured.append(_area(asked, region, mask, words, cited))
    overlay = Overlay(
        key=f"regions{asked.suffix}",
        label=Sentence(fr="Contours proposés", en="Proposed outlines"),
        kind="segmentation",
        image=asked.image.name,
        raster=pixels.keep(drawn[np.newaxis]),
        classes=tuple(
            OverlayClass(number=number, name=region.name, label=words.label(region.name))
            for number, region in enumerate(about.regions, start=1)
        ),
    )
    first = measured[0]
    unit = first.unit.replace("mm2", "mm²")
    text = Sentence(
        fr=f"{first.label.fr} : {first.amount:.1f} {unit}.".replace(".", ",", 1),
        en=f"{first.label.en}: {first.amount:.1f} {unit}.",
    )
    headline = Headline(element=first.key, text=text, expected=first.amount)
    return asked.answer(
        headline, ImageValue(measurements=tuple(measured), overlays=(overlay,)), evidence, words.would_change
    )


def _area(asked: Asked, region: Region, mask: Mask, words: Wording, cited: tuple[Pointer, ...]) -> Measurement:
    spacing = asked.image.spacing
    known = spacing is not None and spacing[1] > 0 and spacing[2] > 0
    amount = float(mask.sum()) * spacing[1] * spacing[2] if known and spacing else 100 * float(mask.mean())
    return Measurement(
        key=f"{region.name}{asked.suffix}",
        label=words.label(region.name),
        amount=round(amount, 2),
        unit="mm2" if known else "%",
        evidence=cited or (asked.whole,),
    )


def _around(mask: Mask, image: str) -> tuple[Pointer, ...]:
    """The box around what is marked; none where nothing is."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return ()
    box = int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
    return (PixelsPointer(image=image, box=box),)


def _said(fr: str, en: str, label: Sentence) -> Sentence:
    return Sentence(fr=fr + label.fr, en=en + label.en)


def _percent(chance: float, sign: str) -> str:
    """Never 0 % nor 100 %: no network is that sure."""
    return f"{min(max(round(100 * chance), 1), 99)}{sign}"
