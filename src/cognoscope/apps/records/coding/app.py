"""Coding of hospital stays: case in, two proposals out."""

from pathlib import Path

from cognoscope.apps.records.coding.app_codes import codes
from cognoscope.apps.records.coding.app_coherence import coherence
from cognoscope.apps.records.coding.app_frame import QUESTIONS, SILENCE, Frame
from cognoscope.apps.records.coding.card import CARD
from cognoscope.apps.records.coding.case import cases_from_file
from cognoscope.apps.records.coding.case_warehouse import cases_from_warehouse
from cognoscope.apps.records.coding.outcomes import outcomes
from cognoscope.apps.records.coding.stay import read_stay
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Proposal

METHOD = method_digest(__package__, CARD.version)


def propose(case: Case) -> list[Proposal]:
    """The stay's codes from its reports, then the coherence of the codes it carries; or why not."""
    frame = Frame(CARD.name, CARD.version, METHOD, case)
    try:
        stay = read_stay(case)
    except InvalidInput as error:
        code = str(error) if str(error) in SILENCE else "unreadable"
        return [frame.abstain(question, code) for question in QUESTIONS]
    return [codes(frame, stay), coherence(frame, stay)]


def _evaluate(folder: Path) -> Evaluation:
    # The invented hospital and the readers of reference data are needed by this verb only.
    from cognoscope.apps.records.coding.evaluate import evaluate

    return evaluate(folder)


APPLICATION = Application(
    card=CARD,
    model_digest=METHOD,
    propose=propose,
    cases_from_file=cases_from_file,
    cases_from_warehouse=cases_from_warehouse,
    outcomes=outcomes,
    evaluate=_evaluate,
    reference_folder="warehouse/synthea27nj-omop54",
)
