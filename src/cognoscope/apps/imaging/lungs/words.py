"""The names of what is measured, in both languages."""

from typing import Final

from cognoscope.core.image_value import OverlayClass
from cognoscope.core.noun import Sentence

_SIDES = {
    "both": Sentence(fr="des deux poumons", en="of both lungs"),
    "right": Sentence(fr="du poumon droit", en="of the right lung"),
    "left": Sentence(fr="du poumon gauche", en="of the left lung"),
}
_KINDS = {
    "lesions": Sentence(fr="Part malade", en="Share that is ill"),
    "ground-glass": Sentence(fr="Verre dépoli, part", en="Ground glass, share"),
    "consolidation": Sentence(fr="Condensation, part", en="Consolidation, share"),
}
_VOLUMES = {
    "lung": Sentence(fr="Volume", en="Volume"),
    "ill": Sentence(fr="Volume malade", en="Volume that is ill"),
}


def _joined(first: Sentence, second: Sentence) -> Sentence:
    return Sentence(fr=f"{first.fr} {second.fr}", en=f"{first.en} {second.en}")


LABELS: Final = {(kind, side): _joined(_KINDS[kind], _SIDES[side]) for kind in _KINDS for side in _SIDES}
VOLUMES: Final = {(kind, side): _joined(_VOLUMES[kind], _SIDES[side]) for kind in _VOLUMES for side in _SIDES}
FIELDS: Final = (
    OverlayClass(number=1, name="right-lung", label=Sentence(fr="Poumon droit", en="Right lung")),
    OverlayClass(number=2, name="left-lung", label=Sentence(fr="Poumon gauche", en="Left lung")),
)
CLASSES: Final = (
    OverlayClass(number=1, name="ground-glass", label=Sentence(fr="Verre dépoli", en="Ground glass")),
    OverlayClass(number=2, name="consolidation", label=Sentence(fr="Condensation", en="Consolidation")),
)
FROM_ONE_SLICE: Final = Sentence(fr=", sur cette seule coupe", en=", on this slice alone")
INCOMPLETE: Final = Sentence(
    fr=", les poumons étant coupés par le bord de la série", en=", the series cuts the lungs off"
)
WOULD_CHANGE: Final = (
    Sentence(
        fr="Une inspiration incomplète, un épanchement ou une atélectasie : le programme ne les distingue pas d'une "
        "condensation.",
        en="A shallow breath, an effusion or an atelectasis: the program does not tell them from a consolidation.",
    ),
    Sentence(fr="Un contour corrigé à la main.", en="An outline corrected by hand."),
)
