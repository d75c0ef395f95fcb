"""Antibiotic options: case in, one proposal out."""

from pathlib import Path

from cognoscope.apps.pharmacy.antibiotics.app_frame import SILENCE, Frame
from cognoscope.apps.pharmacy.antibiotics.card import CARD
from cognoscope.apps.pharmacy.antibiotics.case import cases_from_file
from cognoscope.apps.pharmacy.antibiotics.case_warehouse import cases_from_warehouse
from cognoscope.apps.pharmacy.antibiotics.outcomes import outcomes
from cognoscope.apps.pharmacy.antibiotics.proposing import answer
from cognoscope.apps.pharmacy.antibiotics.question import read_question
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Proposal

METHOD = method_digest(__package__, CARD.version)


def propose(case: Case) -> list[Proposal]:
    """Options for the infection with what is missing, what was set aside and why; or why not."""
    frame = Frame(CARD.name, CARD.version, METHOD, case)
    try:
        question = read_question(case)
    except InvalidInput as error:
        code = str(error) if str(error) in SILENCE else "unreadable"
        return [frame.abstain(code)]
    return [answer(frame, question)]


def _evaluate(folder: Path) -> Evaluation:
    # The readers of reference data are needed by this verb only.
    from cognoscope.apps.pharmacy.antibiotics.evaluate import evaluate

    return evaluate(folder)


APPLICATION = Application(
    card=CARD,
    model_digest=METHOD,
    propose=propose,
    cases_from_file=cases_from_file,
    cases_from_warehouse=cases_from_warehouse,
    outcomes=outcomes,
    evaluate=_evaluate,
    reference_folder="drugs/antimicrobials-amr",
)
