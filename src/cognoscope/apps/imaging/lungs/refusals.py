"""Why nothing is proposed on a case: what can be seen before any pixel, then from the values."""

from typing import Final

import numpy as np

from cognoscope.apps.imaging.lungs.case import HOUNSFIELD, KIND
from cognoscope.apps.imaging.lungs.orientation import flips
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.noun import Sentence
from cognoscope.methods.images.kind import Refusal, wrong_with_case, wrong_with_image

LEAST_FRAMES: Final = 10
LEAST_SPAN_MM: Final = 60.0
MOST_APART_MM: Final = 12.0
AIR_ABOVE: Final = -700
"""A CT whose lowest values lie above this holds no air: it is in no Hounsfield units, or it is not of a chest."""
PIXEL_MM: Final = (0.2, 3.0)

NO_LUNGS = Refusal(
    "no-lungs",
    Sentence(
        fr="Pas de proposition : aucun poumon n'a été trouvé. Vérifiez qu'il s'agit d'un scanner du thorax.",
        en="No proposal: no lung was found. Check that this is a CT of the chest.",
    ),
)
NOT_HOUNSFIELD = Refusal(
    "not-hounsfield",
    Sentence(
        fr="Pas de proposition : les valeurs ne sont pas des unités Hounsfield d'un thorax. Envoyez la série "
        "d'origine.",
        en="No proposal: the values are not Hounsfield units of a chest. Send the original series.",
    ),
)
TOO_FEW = Refusal(
    "too-few-slices",
    Sentence(
        fr="Pas de proposition : trop peu de coupes pour mesurer les poumons. Envoyez la série entière, ou une coupe "
        "seule comme image.",
        en="No proposal: too few slices to measure the lungs. Send the whole series, or a single slice as a picture.",
    ),
)
TOO_FAR = Refusal(
    "slices-too-far-apart",
    Sentence(
        fr="Pas de proposition : les coupes sont trop espacées pour mesurer un volume. Envoyez une série plus fine.",
        en="No proposal: the slices are too far apart to measure a volume. Send a thinner series.",
    ),
)
NO_SPACING = Refusal(
    "no-spacing",
    Sentence(
        fr="Pas de proposition : la taille des voxels est inconnue ou impossible. Envoyez la série DICOM d'origine.",
        en="No proposal: the size of the voxels is unknown or impossible. Send the original DICOM series.",
    ),
)
NOT_AXIAL = Refusal(
    "not-axial",
    Sentence(
        fr="Pas de proposition : ces coupes ne sont pas axiales. Envoyez la série axiale du même examen.",
        en="No proposal: these slices are not axial. Send the axial series of the same examination.",
    ),
)
NO_WEIGHTS = Refusal(
    "no-model",
    Sentence(
        fr="Pas de proposition : cette application n'a pas de modèle ici. Une personne autorisée peut en ajouter un "
        "avec la commande `cognoscope models add`.",
        en="No proposal: this application has no model here. An authorised person can add one with the command "
        "`cognoscope models add`.",
    ),
)
COLOUR = Refusal(
    "colour",
    Sentence(
        fr="Pas de proposition : une image en couleurs n'est pas une coupe de scanner. Envoyez la coupe d'origine.",
        en="No proposal: a picture in colours is no slice of a CT. Send the original slice.",
    ),
)


def wrong_with(case: Case) -> Refusal | None:
    """Why the case cannot be read, before its pixels are; None where nothing is wrong."""
    refusal = wrong_with_case(case, KIND)
    if refusal is not None:
        return refusal
    image = case.images[0]
    if not measured_in_hounsfield(image):
        return wrong_with_image(image, KIND)
    if image.modality not in KIND.modalities:
        return wrong_with_image(image, KIND)
    if len(image.raster.shape) != 3:
        return COLOUR
    if min(image.raster.rows, image.raster.columns) < KIND.least:
        return wrong_with_image(image.model_copy(update={"raster": image.raster}), KIND)
    return _wrong_with_stack(image)


def _wrong_with_stack(image: CaseImage) -> Refusal | None:
    spacing, frames = image.spacing, image.raster.frames
    if spacing is None or not all(PIXEL_MM[0] <= side <= PIXEL_MM[1] for side in spacing[1:]):
        return NO_SPACING
    if flips(image.affine) is None:
        return NOT_AXIAL
    if frames == 1:
        return None
    if not spacing[0] > 0:
        return NO_SPACING
    if frames < LEAST_FRAMES or frames * spacing[0] < LEAST_SPAN_MM:
        return TOO_FEW
    return TOO_FAR if spacing[0] > MOST_APART_MM else None


def wrong_with_values(image: CaseImage) -> Refusal | None:
    """Why the values of a CT cannot be Hounsfield units of a chest; looked at every eighth pixel."""
    some = image.raster.array()[:, ::8, ::8]
    if not np.isfinite(some.min()) or some.min() > AIR_ABOVE or some.max() < 0 or some.min() < -8192:
        return NOT_HOUNSFIELD
    return None


def measured_in_hounsfield(image: CaseImage) -> bool:
    """Whether the image is a CT with its own values, not a picture of one."""
    return image.unit == HOUNSFIELD
