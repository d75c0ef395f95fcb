"""Polyps: case in, proposals out."""

from datetime import timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path

from cognoscope.apps.imaging.polyps.app_proposal import proposal
from cognoscope.apps.imaging.polyps.card import CARD
from cognoscope.apps.imaging.polyps.case import KIND, cases_from_file, cases_from_study, cases_from_warehouse
from cognoscope.apps.imaging.polyps.outcomes import outcomes
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Proposal
from cognoscope.methods.images.asking import Asked, Shape, ask
from cognoscope.methods.images.model_folder import ModelFolder, digest_with
from cognoscope.methods.images.segmenter import Segmenter

METHOD = method_digest(__package__, CARD.version)
COMMAND = "`cognoscope models add research_models/polyps`"
OWN = Path(str(files(__package__))) / "weights"


def propose(case: Case, weights: Path | None, shape: Shape) -> list[Proposal]:
    """One proposal an image of the case, or the reason why not."""

    def read(asked: Asked) -> Proposal:
        assert weights is not None
        return proposal(asked, Segmenter(ModelFolder(weights)))

    return ask(shape, case, weights, OWN, read)


def _evaluate(folder: Path, weights: Path | None) -> Evaluation:
    # Readers of reference data are needed by this verb only.
    from cognoscope.apps.imaging.polyps.evaluate import evaluate

    return evaluate(folder, weights)


def application(weights: Path | None) -> Application:
    """The application with the weights of a folder, or without any."""
    digest = digest_with(METHOD, weights)
    shape = Shape(CARD, digest, KIND, "polyp", timedelta(days=30), COMMAND, each=False)
    return Application(
        card=CARD,
        model_digest=digest,
        propose=partial(propose, weights=weights, shape=shape),
        cases_from_file=cases_from_file,
        cases_from_warehouse=cases_from_warehouse,
        outcomes=outcomes,
        evaluate=partial(_evaluate, weights=weights),
        reference_folder="imaging/polyp_kvasir_seg_256",
        with_model=application,
        cases_from_study=cases_from_study,
    )


APPLICATION = application(OWN if (OWN / "model.onnx").is_file() else None)
