"""Held-back reports: case in, proposal out."""

from datetime import timedelta
from pathlib import Path

from cognoscope.apps.records.pseudonyms.card import CARD
from cognoscope.apps.records.pseudonyms.case import KIND, cases_from_file, cases_from_warehouse
from cognoscope.apps.records.pseudonyms.model import Share, usable
from cognoscope.apps.records.pseudonyms.outcomes import outcomes
from cognoscope.apps.records.pseudonyms.words import ABSTENTIONS, headline, value_of, would_change
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.evidence import FactPointer, RowsPointer
from cognoscope.core.method_digest import method_digest
from cognoscope.core.proposal import Abstention, Proposal

METHOD = method_digest(__package__, CARD.version)
USEFUL_DAYS = 30


def propose(case: Case) -> list[Proposal]:
    """How many reports are held back and why, or the reason why nothing is said."""
    table = case.table("held_back") if case.kind == KIND else None
    reasons = table.column("reason") if table else None
    reports = table.column("reports") if table else None
    common = {
        "application": CARD.name,
        "version": CARD.version,
        "model_digest": METHOD,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "useful_until": case.as_of + timedelta(days=USEFUL_DAYS),
        "question": "held-back",
        "title": CARD.title,
    }
    wrong = usable(case.fact("shown"), reports.values) if reasons and reports else "not-counts"
    if wrong or reasons is None or reports is None:
        return [Proposal(**common, abstention=Abstention(code=wrong, sentence=ABSTENTIONS[wrong]))]
    counts = [int(count or 0) for count in reports.values]
    total = int(case.fact("shown") or 0) + sum(counts)
    held = Share(sum(counts), total)
    rows = [RowsPointer(table="held_back", start=0, stop=len(counts))] if counts else []
    return [
        Proposal(
            **common,
            headline=headline(held),
            value=value_of([str(reason) for reason in reasons.values], counts, total),
            evidence=(FactPointer(fact="shown"), *rows),
            would_change=would_change(),
        )
    ]


def _evaluate(folder: Path) -> Evaluation:
    # Needs the extra `text`, as only this verb does.
    from cognoscope.apps.records.pseudonyms.evaluate import evaluate

    return evaluate(folder)


APPLICATION = Application(
    card=CARD,
    model_digest=METHOD,
    propose=propose,
    cases_from_file=cases_from_file,
    cases_from_warehouse=cases_from_warehouse,
    outcomes=outcomes,
    evaluate=_evaluate,
    reference_folder="text/eds-pseudo-templates",
)
