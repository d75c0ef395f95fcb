"""Declarations of adverse reactions: case in, one proposal out. What others may rely on in it stands in `contract`."""

from datetime import timedelta
from pathlib import Path

from cognoscope.apps.pharmacy.reactions.card import CARD
from cognoscope.apps.pharmacy.reactions.case import cases_from_file
from cognoscope.apps.pharmacy.reactions.case_warehouse import cases_from_warehouse
from cognoscope.apps.pharmacy.reactions.contract import QUESTION
from cognoscope.apps.pharmacy.reactions.findings import value_of
from cognoscope.apps.pharmacy.reactions.headline import headline_of
from cognoscope.apps.pharmacy.reactions.model import read
from cognoscope.apps.pharmacy.reactions.outcomes import outcomes
from cognoscope.apps.pharmacy.reactions.words import SILENCE, TITLE, WOULD_CHANGE
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.evidence import RowsPointer
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Abstention, Proposal

METHOD = method_digest(__package__, CARD.version)
USEFUL_DAYS = 90


def propose(case: Case) -> list[Proposal]:
    """What the declaration states, or why nothing is proposed."""
    common = {
        "application": CARD.name,
        "version": CARD.version,
        "model_digest": METHOD,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "useful_until": case.as_of + timedelta(days=USEFUL_DAYS),
        "question": QUESTION,
        "title": TITLE,
    }
    try:
        found = read(case)
        if not found.reactions and not found.drugs and not found.asides:
            raise InvalidInput("nothing-read")
    except InvalidInput as error:
        code = str(error) if str(error) in SILENCE else "unreadable"
        return [Proposal(**common, abstention=Abstention(code=code, sentence=SILENCE[code]))]
    return [
        Proposal(
            **common,
            headline=headline_of(found),
            value=value_of(found),
            evidence=(RowsPointer(table="note", start=0, stop=1),),
            would_change=(*(each.words for each in found.missing[:1]), *WOULD_CHANGE),
        )
    ]


def _evaluate(folder: Path) -> Evaluation:
    # Readers of reference data and the learned pieces are needed by this verb only.
    from cognoscope.apps.pharmacy.reactions.evaluate import evaluate

    return evaluate(folder)


APPLICATION = Application(
    card=CARD,
    model_digest=METHOD,
    propose=propose,
    cases_from_file=cases_from_file,
    cases_from_warehouse=cases_from_warehouse,
    outcomes=outcomes,
    evaluate=_evaluate,
    reference_folder="text",
)
