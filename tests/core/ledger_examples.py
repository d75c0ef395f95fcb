"""Small cases, proposals and an application that the tests of the ledger share."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cognoscope.core.actor import Role, person, program
from cognoscope.core.application import Application
from cognoscope.core.card import AIAct, Card, Reason, ReferenceFigure, Risk
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.evidence import RowsPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.core.review import Review
from cognoscope.core.values import SeriesPoint, SeriesValue

AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
NURSE = person("claire", Role.BED_MANAGER)
CHIEF = person("marc", Role.ADMINISTRATOR)
ROBOT = program("test")
MODEL = "ab" * 32


def words(text: str = "Essai") -> Sentence:
    return Sentence(fr=text, en=text)


def make_case(subject: str = "unit:north", as_of: datetime = AT, level: int = 100) -> Case:
    values = tuple(level + day for day in range(7))
    counts = Table(name="counts", columns=(Column(name="arrivals", type="integer", values=values),))
    return Case(kind="arrivals", subject=subject, as_of=as_of, facts=(Fact(name="zone", value="B"),), tables=(counts,))


def make_proposal(
    case: Case, *, question: str = "arrivals-daily", urgency: float = 0.5, version: str = "1", days: int = 3
) -> Proposal:
    keys = [(case.as_of + timedelta(days=ahead)).date().isoformat() for ahead in range(1, days + 1)]
    points = tuple(SeriesPoint(key=key, expected=100.0 + place) for place, key in enumerate(keys))
    return Proposal(
        application="test.counts",
        version=version,
        model_digest=MODEL,
        case_digest=case.digest,
        subject=case.subject,
        as_of=case.as_of,
        useful_until=case.as_of + timedelta(days=days),
        question=question,
        title=words("Passages attendus"),
        headline=Headline(element=keys[0], text=words("100"), expected=100.0, urgency=urgency),
        value=SeriesValue(measure="arrivals", unit=words("passages"), step="day", points=points),
        evidence=(RowsPointer(table="counts", start=0, stop=7, column="arrivals"),),
    )


def make_review(proposal: Proposal, verdict: str = "accept", **rest: Any) -> Review:
    reason = "known-event" if verdict == "overrule" else None
    given = {"reason": reason, "shown_at": AT, "decided_at": AT + timedelta(minutes=1), **rest}
    return Review.model_validate({"proposal": proposal.digest, "verdict": verdict, **given})


def make_outcome(proposal: Proposal, element: str, value: float) -> Outcome:
    return Outcome(
        application=proposal.application,
        subject=proposal.subject,
        measure="arrivals",
        element=element,
        value=value,
        known_at=AT + timedelta(days=10),
        source="table",
    )


def make_application(
    propose: Callable[[Case], list[Proposal]] | None = None, version: str = "1", model: str = MODEL
) -> Application:
    card = Card(
        name="test.counts",
        version=version,
        title=words(),
        purpose=words(),
        kinds=("series",),
        reviewers=(Role.BED_MANAGER,),
        users=(words(),),
        inputs=(words(),),
        limits=(words(),),
        risks=(Risk(risk=words(), measure=words()),),
        ai_act=AIAct(classification="minimal", reason=words()),
        reference_figures=(ReferenceFigure(name=words(), value=words(), source="a test"),),
        reasons=(Reason(code="known-event", label=words()),),
    )

    def nothing_known(_warehouse: Any, _proposals: Sequence[Proposal], _as_of: datetime) -> list[Outcome]:
        return []

    def evaluate(_data: Path) -> Evaluation:
        raise NotImplementedError("the example has no data")

    return Application(
        card=card,
        model_digest=model,
        propose=propose or (lambda case: [make_proposal(case, version=version)]),
        cases_from_file=lambda _path, as_of: [make_case(as_of=as_of)],
        cases_from_warehouse=lambda _warehouse, as_of: [make_case(as_of=as_of)],
        outcomes=nothing_known,
        evaluate=evaluate,
    )
