"""Comorbidities: case in, proposal out."""

from pathlib import Path

from cognoscope.apps.records.comorbidities.card import CARD
from cognoscope.apps.records.comorbidities.case_file import cases_from_file
from cognoscope.apps.records.comorbidities.case_warehouse import cases_from_warehouse
from cognoscope.apps.records.comorbidities.outcomes import outcomes
from cognoscope.apps.records.comorbidities.proposing import answer
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Proposal

METHOD = method_digest(__package__, CARD.version)


def propose(case: Case) -> list[Proposal]:
    """What the person's reports say of the conditions of the Charlson index, or the reason why nothing is said."""
    common = {
        "application": CARD.name,
        "version": CARD.version,
        "model_digest": METHOD,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "title": CARD.title,
    }
    return [answer(case, common)]


def _evaluate(folder: Path) -> Evaluation:
    # Reading the reference data needs the extra `text`, and only this verb needs them.
    from cognoscope.apps.records.comorbidities.evaluate import evaluate

    return evaluate(folder)


APPLICATION = Application(
    card=CARD,
    model_digest=METHOD,
    propose=propose,
    cases_from_file=cases_from_file,
    cases_from_warehouse=cases_from_warehouse,
    outcomes=outcomes,
    evaluate=_evaluate,
    reference_folder="text/e3c-french",
)
