"""A tiny application made by hand, so that the pages are tested without a forecast having to be computed."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.web.people import START

from cognoscope.apps.emergency.arrivals import APPLICATION as ARRIVALS
from cognoscope.core.actor import Role, person, program
from cognoscope.core.application import Application
from cognoscope.core.card import Card
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.evidence import FactPointer, RowsPointer
from cognoscope.core.interval import Interval
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.core.running import run
from cognoscope.core.values import Driver, SeriesPoint, SeriesValue, TableColumn, TableRow, TableValue

RUNNER = program("cognoscope")
SIGNER = person("directrice", Role.MANAGER)
MODEL = "0" * 64
DAYS = 60
THURSDAY = "2026-11-26"


def said(text: str) -> Sentence:
    return Sentence(fr=text, en=f"EN {text}")


def card(**changes: Any) -> Card:
    """The arrivals' card under another name."""
    return ARRIVALS.card.model_copy(
        update={"name": "ward.test", "title": said("Essai"), "kinds": ("series", "table"), **changes}
    )


def case_at(at: datetime, unit: str = "Nord") -> Case:
    """Sixty days of counts up to an instant; the site's name is one that must be escaped."""
    days = [(at - timedelta(days=DAYS - rank)).date().isoformat() for rank in range(DAYS)]
    counts = tuple(180 + rank % 7 for rank in range(DAYS))
    daily = Table(
        name="daily",
        columns=(
            Column(name="date", type="date", values=tuple(days)),
            Column(name="arrivals", type="integer", unit="visits", values=counts),
        ),
    )
    facts = (Fact(name="site_name", value="Nord <b>&"), Fact(name="school_zone", value="B"))
    return Case(kind="ward", subject=f"unit:{unit}", as_of=at, facts=facts, tables=(daily,))


def _point(day: str, expected: float) -> SeriesPoint:
    drivers = (
        Driver(name="level", label=said("niveau"), amount=190.0),
        Driver(name="weekday", label=said("jour de la semaine"), amount=expected - 190.4),
        Driver(name="epidemic", label=said("épidémie"), amount=0.4),
    )
    intervals = tuple(
        Interval(level=level, low=expected - width, high=expected + width)
        for level, width in ((0.5, 8.0), (0.8, 16.0), (0.95, 26.0))
    )
    return SeriesPoint(key=day, expected=expected, intervals=intervals, drivers=drivers, sentence=said(f"Le {day}."))


def _propose(case: Case) -> list[Proposal]:
    first = case.as_of.date()
    days = [(first + timedelta(days=ahead)).isoformat() for ahead in range(7)]
    points = tuple(_point(day, 198.4 + rank) for rank, day in enumerate(days))
    common: dict[str, Any] = {
        "application": "ward.test",
        "version": ARRIVALS.card.version,
        "model_digest": MODEL,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "useful_until": case.as_of + timedelta(days=7),
    }
    evidence = (
        RowsPointer(table="daily", start=4, stop=DAYS, column="arrivals", note=said("huit semaines")),
        FactPointer(fact="school_zone"),
    )
    headline = Headline(
        text=said("198 attendus"),
        expected=198.4,
        interval=Interval(level=0.8, low=182.4, high=214.4),
        element=days[0],
        urgency=0.7,
    )
    table = TableValue(
        columns=(TableColumn(name="bed", label=said("lit")), TableColumn(name="free", label=said("libre"))),
        rows=(TableRow(key="12A", cells=("12A", True)), TableRow(key="12B", cells=("<i>12B</i>", None))),
    )
    series = SeriesValue(measure="arrivals", unit=said("passages"), step="day", points=points)
    return [
        Proposal(
            **common,
            question="daily",
            title=said("Passages"),
            headline=headline,
            value=series,
            evidence=evidence,
            would_change=(said("Une fermeture."),),
        ),
        Proposal(
            **common,
            question="beds",
            title=said("Lits"),
            headline=Headline(text=said("2 lits"), urgency=0.2),
            value=table,
            evidence=evidence,
        ),
        Proposal(
            **common,
            question="silent",
            title=said("Silence"),
            abstention=Abstention(code="too-short", sentence=said("Historique trop court.")),
        ),
    ]


def _none(*_: Any) -> list[Any]:
    return []


def _no_evaluation(_: Path) -> Evaluation:
    raise NotImplementedError


def application(**changes: Any) -> Application:
    """The application, its card changed where asked."""
    return Application(
        card=card(**changes),
        model_digest=MODEL,
        propose=_propose,
        cases_from_file=_none,
        cases_from_warehouse=_none,
        outcomes=_none,
        evaluate=_no_evaluation,
    )


def propose(ledger: Ledger, made_by: Application, at: datetime = START, unit: str = "Nord") -> dict[str, Proposal]:
    """Run it on a case and return what it proposed, by question."""
    return {one.question: one for one in run(made_by, case_at(at, unit), ledger, RUNNER, at)}


def put_into_service(ledger: Ledger, at: datetime = START - timedelta(days=30)) -> None:
    """From draft to advisory, by a named person."""
    change_state(ledger, "ward.test", "shadow", SIGNER, "essai", at)
    change_state(ledger, "ward.test", "advisory", SIGNER, "évaluée", at)
