"""Interactions of a prescription: case in, proposal out."""

from datetime import timedelta
from pathlib import Path

from cognoscope.apps.pharmacy.interactions.card import CARD
from cognoscope.apps.pharmacy.interactions.case_files import cases_from_file
from cognoscope.apps.pharmacy.interactions.case_warehouse import cases_from_warehouse
from cognoscope.apps.pharmacy.interactions.check import check
from cognoscope.apps.pharmacy.interactions.outcomes import outcomes
from cognoscope.apps.pharmacy.interactions.prescription_case import prescription_of
from cognoscope.apps.pharmacy.interactions.proposing import WOULD_CHANGE, evidence_of, headline_of, value_of
from cognoscope.apps.pharmacy.interactions.recall import recall
from cognoscope.apps.pharmacy.interactions.silence import silence_of, unreadable
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Abstention, Proposal

METHOD = method_digest(__package__, CARD.version)
USEFUL = timedelta(days=3)
AT_ONCE = timedelta(seconds=1)
"""A prescription with nothing to show is recorded, and waits for nobody: silence is part of what is offered."""


def propose(case: Case) -> list[Proposal]:
    """One proposal on the prescription, or why there is none."""
    frame = {
        "application": CARD.name,
        "version": CARD.version,
        "model_digest": METHOD,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "question": "prescription",
        "title": CARD.title,
    }
    try:
        asked = prescription_of(case)
        silence = silence_of(asked)
        checked = None if silence else check(asked)
    except (InvalidInput, ValueError, KeyError) as error:
        silence, checked = unreadable(str(error)), None
    if silence is not None or checked is None:
        code, sentence = silence or unreadable("")
        abstention = Abstention(code=code, sentence=sentence)
        return [Proposal(**frame, useful_until=case.as_of + USEFUL, abstention=abstention)]
    value = value_of(checked, case)
    headline = headline_of(checked, value)
    return [
        Proposal(
            **frame,
            useful_until=case.as_of + (USEFUL if headline.urgency else AT_ONCE),
            headline=headline,
            value=value,
            evidence=evidence_of(value, asked, case),
            would_change=WOULD_CHANGE,
        )
    ]


def _evaluate(folder: Path) -> Evaluation:
    # The readers of reference data are needed by this verb only.
    from cognoscope.apps.pharmacy.interactions.evaluate import evaluate

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
