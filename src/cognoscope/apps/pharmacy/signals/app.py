"""Signals of pharmacovigilance: case in, proposal out."""

from pathlib import Path

from cognoscope.apps.pharmacy.signals.card import CARD
from cognoscope.apps.pharmacy.signals.case import cases_from_file, cases_from_warehouse
from cognoscope.apps.pharmacy.signals.outcomes import outcomes
from cognoscope.apps.pharmacy.signals.proposing import proposal_on
from cognoscope.apps.pharmacy.signals.recall import recall
from cognoscope.apps.pharmacy.signals.rules import rules
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Proposal

METHOD = method_digest(__package__, CARD.version)


def propose(case: Case) -> list[Proposal]:
    """One table of the new signals of the database, or why none was looked for."""
    return [proposal_on(case, METHOD, rules())]


def _evaluate(folder: Path) -> Evaluation:
    # Readers of reference sets and the independent arithmetic are needed by this verb only.
    from cognoscope.apps.pharmacy.signals.evaluate import evaluate

    return evaluate(folder)


APPLICATION = Application(
    card=CARD,
    model_digest=METHOD,
    propose=propose,
    cases_from_file=cases_from_file,
    cases_from_warehouse=cases_from_warehouse,
    outcomes=outcomes,
    evaluate=_evaluate,
    reference_folder="drugs",
    recall=recall,
)
