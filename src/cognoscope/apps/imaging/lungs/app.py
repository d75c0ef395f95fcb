"""Extent of lesions in the lungs: case in, proposal out."""

from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final

from cognoscope.apps.imaging.lungs.app_proposal import evidence_of, headline_of, value_of
from cognoscope.apps.imaging.lungs.card import CARD
from cognoscope.apps.imaging.lungs.case import cases_from_file, cases_from_study, cases_from_warehouse
from cognoscope.apps.imaging.lungs.looking import looked_at
from cognoscope.apps.imaging.lungs.outcomes import outcomes
from cognoscope.apps.imaging.lungs.proposing import Frame
from cognoscope.apps.imaging.lungs.refusals import NO_WEIGHTS, wrong_with
from cognoscope.apps.imaging.lungs.words import WOULD_CHANGE
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.evidence import PixelsPointer
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Proposal
from cognoscope.methods.images.kind import Refusal
from cognoscope.methods.images.model_folder import ModelFolder, digest_with

METHOD: Final = method_digest(__package__, CARD.version)
OWN: Final = Path(str(files(__package__))) / "weights"


def propose(case: Case, weights: Path | None, digest: str) -> list[Proposal]:
    """One proposal on the CT or slice of the case, or the reason why not."""
    frame = Frame(CARD, digest, case)
    refusal = wrong_with(case)
    if refusal is not None:
        return [frame.abstain(refusal)]
    if weights is None:
        return [frame.abstain(NO_WEIGHTS)]
    image = case.images[0]
    found = looked_at(image, weights, OWN)
    if isinstance(found, Refusal):
        return [frame.abstain(found)]
    value = value_of(found, image, ModelFolder(weights).about.more.get("shares", {}))
    evidence = (PixelsPointer(image=image.name), *evidence_of(found, image))
    return [frame.answer(headline_of(value, found), value, evidence, WOULD_CHANGE)]


def _evaluate(folder: Path, weights: Path | None) -> Evaluation:
    # Readers of reference data are needed by this verb only.
    from cognoscope.apps.imaging.lungs.evaluate import evaluate

    return evaluate(folder, weights)


def application(weights: Path | None) -> Application:
    """The application with the weights of a folder, or without any."""
    digest = digest_with(METHOD, weights)
    return Application(
        card=CARD,
        model_digest=digest,
        propose=partial(propose, weights=weights, digest=digest),
        cases_from_file=cases_from_file,
        cases_from_warehouse=cases_from_warehouse,
        outcomes=outcomes,
        evaluate=partial(_evaluate, weights=weights),
        reference_folder="imaging/ct_covid_medseg100",
        with_model=application,
        cases_from_study=cases_from_study,
    )


APPLICATION = application(OWN if (OWN / "model.onnx").is_file() else None)
