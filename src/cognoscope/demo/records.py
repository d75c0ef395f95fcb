"""The reports of the demonstration hospital: taken in, read, indexed; what the applications of `records` propose."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from cognoscope.core.actor import program
from cognoscope.core.application import Application
from cognoscope.core.events import DocumentsRead, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.running import run
from cognoscope.demo.staff import CLINICIAN, CODER, MANAGER, Member
from cognoscope.demo.stays import write_stays
from cognoscope.intake.cohorts import Cohort
from cognoscope.intake.cohorts_saved import save
from cognoscope.intake.fhir import complain, ingest_fhir
from cognoscope.intake.reading.on_one_machine import read_warehouse
from cognoscope.intake.search.index import open_index
from cognoscope.intake.warehouse import Warehouse, open_warehouse

STAYS = 160
REVIEWED = 12
DEPARTMENT = "records."
TAKEN_IN_AT = time(6, 20)
"""After the morning's forecasts."""
COHORTS = (
    {
        "name": "diabete-et-rein",
        "criterion": {
            "kind": "all",
            "of": [{"kind": "mention", "labels": ["diabetes"]}, {"kind": "mention", "labels": ["ckd"]}],
        },
    },
    {"name": "bpco", "criterion": {"kind": "mention", "labels": ["copd"]}},
)

Say = Callable[[str], None]


def can_read_reports() -> bool:
    """Whether the extra `text` is installed."""
    return all(find_spec(name) is not None for name in ("edsnlp", "onnxruntime", "tantivy"))


def take_in_reports(
    home: Home, applications: Iterable[Application], today: date, seed: int, say: Say, stays: int = STAYS
) -> int:
    """Let invented stays with their letters come in this morning, be read and proposed on.

    Without the extra `text` this says which command installs it and does nothing.

    Returns:
        Number of proposals made.
    """
    if not can_read_reports():
        say("reports are left out: `make text demo` installs what reads them (340 MB) and shows them too")
        return 0
    zone = ZoneInfo(home.settings().time_zone)
    at = datetime.combine(today, TAKEN_IN_AT, zone)
    warehouse = open_warehouse(home)
    say(f"{stays} invented hospital stays come in with their letters; each letter loses its names and is read")
    with Ledger.open(home.ledger_url) as ledger:
        _take_in(warehouse, ledger, stays, today, seed, at)
        for done in read_warehouse(warehouse, today):
            event = DocumentsRead(system=done.system, documents=done.documents, mentions=done.mentions)
            ledger.append(event, program("reading"), at)
        open_index(home).update(warehouse)
        for definition in COHORTS:
            save(ledger, Cohort.model_validate(definition), CODER.actor, at)
        chosen = [application for application in applications if application.name.startswith(DEPARTMENT)]
        proposed = [_propose(application, warehouse, ledger, at + timedelta(minutes=30)) for application in chosen]
        decided = [
            (ReviewGiven(review=review), member.actor, review.decided_at)
            for application, proposals in zip(chosen, proposed, strict=True)
            for member in (CODER if CODER.roles[0] in application.card.reviewers else CLINICIAN,)
            for review in _decisions(proposals, application, member, at + timedelta(minutes=30))
        ]
        ledger.append_many(sorted(decided, key=lambda entry: entry[2]))
        return sum(map(len, proposed))


def _take_in(warehouse: Warehouse, ledger: Ledger, stays: int, today: date, seed: int, at: datetime) -> None:
    with TemporaryDirectory() as sent:
        path = Path(sent) / "stays.ndjson"
        write_stays(path, stays, today, seed)
        complain(ingest_fhir(path, warehouse=warehouse, ledger=ledger, actor=program("demo"), at=at))


def _propose(application: Application, warehouse: Warehouse, ledger: Ledger, at: datetime) -> list[Proposal]:
    """What the application proposes this morning."""
    change_state(ledger, application.name, "shadow", MANAGER.actor, "première lecture", at)
    change_state(ledger, application.name, "advisory", MANAGER.actor, "figures locales lues", at)
    return [
        proposal
        for case in application.cases_from_warehouse(warehouse, at)
        for proposal in run(application, case, ledger, program("run"), at)
    ]


def _decisions(
    proposals: Iterable[Proposal], application: Application, member: Member, at: datetime
) -> Iterable[Review]:
    """The first proposals, accepted but for every fourth."""
    if member.roles[0] not in application.card.reviewers:
        return
    valued = [proposal for proposal in proposals if proposal.value is not None]
    for number, proposal in enumerate(valued[:REVIEWED]):
        shown = at + timedelta(minutes=40 + 2 * number)
        aside = number % 4 == 3
        yield Review(
            proposal=proposal.digest,
            verdict="overrule" if aside else "accept",
            reason=application.card.reasons[0].code if aside else None,
            shown_at=shown,
            decided_at=shown + timedelta(seconds=50),
        )
