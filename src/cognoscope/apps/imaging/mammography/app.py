"""Mammography: case in, proposals out."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np

from cognoscope.apps.imaging.mammography.app_proposal import NO_BREAST, Read, proposal
from cognoscope.apps.imaging.mammography.breast import prepared
from cognoscope.apps.imaging.mammography.card import CARD
from cognoscope.apps.imaging.mammography.case import KIND, cases_from_file, cases_from_study, cases_from_warehouse
from cognoscope.apps.imaging.mammography.model import Film, FilmReader
from cognoscope.apps.imaging.mammography.outcomes import outcomes
from cognoscope.core.application import Application
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Proposal
from cognoscope.methods.images.asking import Asked, Shape, ask, suffixed
from cognoscope.methods.images.display import displayed
from cognoscope.methods.images.kind import unreadable, wrong_with_case, wrong_with_image, wrong_with_pixels
from cognoscope.methods.images.model_folder import ModelFolder, digest_with
from cognoscope.methods.images.watchman import Watchman

METHOD = method_digest(__package__, CARD.version)
COMMAND = "`cognoscope models add research_models/mammography`"
OWN = Path(str(files(__package__))) / "weights"


def propose(case: Case, weights: Path | None, shape: Shape) -> list[Proposal]:
    """One proposal a case, all its films together; or the reason why not."""
    if weights is None or wrong_with_case(case, KIND) is not None:
        return ask(shape, case, weights, OWN, lambda asked: asked.abstain(NO_BREAST))
    reader, watchman = FilmReader(ModelFolder(weights)), Watchman(weights, OWN)
    reads = [_read(shape, case, image, suffix, reader, watchman) for image, suffix in suffixed(case)]
    beside = iter(reader.beside([film for _, film in reads if isinstance(film, Film)]))
    return [proposal([(asked, next(beside) if isinstance(film, Film) else film) for asked, film in reads])]


def _read(shape: Shape, case: Case, image: CaseImage, suffix: str, reader: FilmReader, watchman: Watchman) -> Read:
    """One film, or why it is not read."""
    nothing = Asked(shape, case, image, suffix, np.zeros((1, 1), np.uint8))
    refusal = wrong_with_image(image, KIND)
    if refusal is not None:
        return nothing, refusal
    try:
        asked = replace(nothing, shown=displayed(image))
    except ValueError:
        return nothing, unreadable(KIND)
    refusal = wrong_with_pixels(asked.shown, KIND) or watchman.refuses(asked.shown)
    if refusal is not None:
        return asked, refusal
    breast = prepared(asked.shown, image.spacing[1] if image.spacing else None)
    return asked, NO_BREAST if breast is None else reader.read(breast)


def _evaluate(folder: Path, weights: Path | None) -> Evaluation:
    # Readers of reference data are needed by this verb only.
    from cognoscope.apps.imaging.mammography.evaluate import evaluate

    return evaluate(folder, weights)


def application(weights: Path | None) -> Application:
    """The application with the weights of a folder, or without any."""
    digest = digest_with(METHOD, weights)
    shape = Shape(CARD, digest, KIND, "mammogram", timedelta(days=30), COMMAND)
    return Application(
        card=CARD,
        model_digest=digest,
        propose=partial(propose, weights=weights, shape=shape),
        cases_from_file=cases_from_file,
        cases_from_warehouse=cases_from_warehouse,
        outcomes=outcomes,
        evaluate=partial(_evaluate, weights=weights),
        reference_folder="imaging/mammo_mini_mias_1024",
        with_model=application,
        cases_from_study=cases_from_study,
    )


APPLICATION = application(OWN if (OWN / "model.onnx").is_file() else None)
