"""What a measured head is in words, marks and evidence; or why nothing is proposed."""

import tomllib
from functools import lru_cache
from importlib.resources import files

import numpy as np

from cognoscope.apps.imaging.fetalhead.model import Head, Outline, measured
from cognoscope.core import pixels
from cognoscope.core.image_value import Coded, ImageMark, ImageValue, Measurement, Overlay, OverlayClass, on_pixels
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.methods.images.asking import Asked
from cognoscope.methods.images.kind import Refusal
from cognoscope.methods.images.segmenter import Segmenter

HEAD = Sentence(fr="Tête fœtale", en="Fetal head")
LOINC = "LN"
NO_SIZE = Refusal(
    "no-pixel-size",
    Sentence(
        fr="Pas de mesure : la taille d'un pixel en mm est inconnue. Envoyez l'image DICOM de l'échographe, ou donnez "
        "un fichier images.csv avec cette taille.",
        en="No measurement: the size of a pixel in mm is unknown. Send the DICOM image of the scanner, or give a file "
        "images.csv that says it.",
    ),
)
ABSURD_SIZE = Refusal(
    "pixel-size-out-of-range",
    Sentence(
        fr="Pas de mesure : la taille d'un pixel donnée avec l'image n'est pas possible en échographie. Vérifiez-la.",
        en="No measurement: the size of a pixel given with the image is not possible in ultrasound. Check it.",
    ),
)
NO_HEAD = Refusal(
    "no-head",
    Sentence(
        fr="Pas de mesure : aucune tête nette n'a été trouvée. Vérifiez le plan de coupe, ou mesurez à la main.",
        en="No measurement: no clear head was found. Check the plane, or measure by hand.",
    ),
)
NO_ELLIPSE = Refusal(
    "not-an-ellipse",
    Sentence(
        fr="Pas de mesure : le contour trouvé n'est pas celui d'une tête entière. Mesurez à la main.",
        en="No measurement: the outline found is not that of a whole head. Measure by hand.",
    ),
)
IMPLAUSIBLE = Refusal(
    "out-of-range",
    Sentence(
        fr="Pas de mesure : le périmètre calculé n'existe chez aucun fœtus. Vérifiez la taille d'un pixel.",
        en="No measurement: the circumference found exists in no fetus. Check the size of a pixel.",
    ),
)
WOULD_CHANGE = (
    Sentence(
        fr="Un plan qui n'est pas le plan standard : la mesure suppose le plan du périmètre crânien.",
        en="A plane other than the standard one: the measurement assumes the plane of the head circumference.",
    ),
    Sentence(fr="Un contour corrigé à la main.", en="An outline corrected by hand."),
)


def proposal(asked: Asked, segmenter: Segmenter, outline: Outline) -> Proposal:
    """Circumference and diameters of the head in one image, or why not."""
    limits, spacing = _limits(), asked.image.spacing
    if spacing is None:
        return asked.abstain(NO_SIZE)
    size = spacing[1], spacing[2]
    if not all(limits["least_pixel_mm"] <= side <= limits["most_pixel_mm"] for side in size):
        return asked.abstain(ABSURD_SIZE)
    region = segmenter.folder.about.regions[0]
    head = measured(segmenter.read(asked.shown)[region.name], region.threshold, size, outline)
    if head is None or head.certain < limits["least_certainty"]:
        return asked.abstain(NO_HEAD)
    if head.covered < limits["least_overlap"] or head.ellipse.short < limits["least_ratio"] * head.ellipse.long:
        return asked.abstain(NO_ELLIPSE)
    if not limits["least_mm"] <= head.circumference <= limits["most_mm"]:
        return asked.abstain(IMPLAUSIBLE)
    return _answer(asked, head, size, outline.level)


def _answer(asked: Asked, head: Head, size: tuple[float, float], level: float) -> Proposal:
    end, name = asked.suffix, asked.image.name
    marks = _marks(head, size, name, end)
    interval = Interval(level=level, low=round(head.low, 1), high=round(head.high, 1))
    around = Measurement(
        key=f"head-circumference{end}",
        label=Sentence(fr="Périmètre crânien", en="Head circumference"),
        amount=round(head.circumference, 1),
        unit="mm",
        interval=interval,
        code=Coded(value="11984-2", scheme=LOINC, meaning="Head Circumference"),
        evidence=(on_pixels(marks[0]),),
    )
    diameters = (
        Measurement(
            key=f"biparietal-diameter{end}",
            label=Sentence(
                fr="Diamètre bipariétal, bord externe à bord externe", en="Biparietal diameter, outer to outer"
            ),
            amount=round(2 * head.ellipse.short, 1),
            unit="mm",
            code=Coded(value="11820-8", scheme=LOINC, meaning="Biparietal Diameter"),
            evidence=(on_pixels(marks[2]),),
        ),
        Measurement(
            key=f"occipitofrontal-diameter{end}",
            label=Sentence(fr="Diamètre occipito-frontal", en="Occipitofrontal diameter"),
            amount=round(2 * head.ellipse.long, 1),
            unit="mm",
            code=Coded(value="11851-3", scheme=LOINC, meaning="Occipital-Frontal Diameter"),
            evidence=(on_pixels(marks[1]),),
        ),
    )
    overlay = Overlay(
        key=f"head{end}",
        label=HEAD,
        kind="segmentation",
        image=name,
        raster=pixels.keep(head.mask.astype(np.uint8)[np.newaxis]),
        classes=(OverlayClass(number=1, name="head", label=HEAD),),
    )
    text = Sentence(
        fr=f"Périmètre crânien {around.amount:.0f} mm, entre {interval.low:.0f} et {interval.high:.0f}.",
        en=f"Head circumference {around.amount:.0f} mm, between {interval.low:.0f} and {interval.high:.0f}.",
    )
    return asked.answer(
        Headline(element=around.key, text=text, expected=around.amount, interval=interval),
        ImageValue(measurements=(around, *diameters), marks=marks, overlays=(overlay,)),
        (on_pixels(marks[0]),),
        WOULD_CHANGE,
    )


def _marks(head: Head, size: tuple[float, float], image: str, end: str) -> tuple[ImageMark, ImageMark, ImageMark]:
    """The ellipse (a polygon, since a head lies at any angle) and both axes, in pixels and inside the image."""
    rows, columns = head.mask.shape

    def inside(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        return tuple(
            (
                round(min(max(row / size[0], 0.0), rows - 1.0), 2),
                round(min(max(column / size[1], 0.0), columns - 1.0), 2),
            )
            for row, column in points
        )

    def line(key: str, label: Sentence, long: bool) -> ImageMark:
        return ImageMark(
            key=f"{key}{end}", label=label, image=image, shape="polyline", points=inside(head.ellipse.axis(long))
        )

    outline = ImageMark(
        key=f"ellipse{end}",
        label=HEAD,
        image=image,
        shape="polygon",
        points=inside(head.ellipse.outline()),
        certainty=round(head.certain, 3),
    )
    return (
        outline,
        line("long-axis", Sentence(fr="Axe occipito-frontal", en="Occipitofrontal axis"), True),
        line("short-axis", Sentence(fr="Axe bipariétal", en="Biparietal axis"), False),
    )


@lru_cache(maxsize=1)
def _limits() -> dict[str, float]:
    read = tomllib.loads(files(__package__).joinpath("limits.toml").read_text(encoding="utf-8"))
    return {name: float(value) for name, value in read.items() if name != "source"}
