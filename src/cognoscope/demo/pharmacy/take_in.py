"""The pharmacy of the demonstration hospital: what comes in this morning, what is proposed on it, what was decided."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from cognoscope.apps.pharmacy.reactions.case import build_case
from cognoscope.apps.pharmacy.reactions.declaration import Declaration
from cognoscope.core.actor import program
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.events import IngestFinished, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.running import run
from cognoscope.demo.pharmacy.isolates import write_isolates
from cognoscope.demo.pharmacy.knowledge import load_knowledge
from cognoscope.demo.pharmacy.prescriptions import write_prescriptions
from cognoscope.demo.pharmacy.reports import write_reports
from cognoscope.demo.records import can_read_reports
from cognoscope.demo.staff import MANAGER, PHARMACIST
from cognoscope.intake.fhir import complain, ingest_fhir
from cognoscope.intake.knowledge.eucast import EUCAST
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.intake.mapping import read_mapping
from cognoscope.intake.medicines import open_medicines
from cognoscope.intake.reports.ingest import ingest_reports
from cognoscope.intake.tables import ingest_table
from cognoscope.intake.tables_commit import Ingested
from cognoscope.intake.warehouse import Warehouse, open_warehouse

STAYS = 36
REPORTS = 8_000
ISOLATES = 700
DECIDED = 4
DEPARTMENT = "pharmacy."
TAKEN_IN_AT = time(7, 0)
"""After the reports of the stays."""

Say = Callable[[str], None]


def take_in_pharmacy(home: Home, applications: Iterable[Application], today: date, seed: int, say: Say) -> int:
    """Let prescriptions, spontaneous reports, isolates and declarations come in this morning and be proposed on.

    Without the extra `text` declarations are left out: nothing else takes the names out of what people write.

    Returns:
        Number of proposals made.
    """
    chosen = [application for application in applications if application.name.startswith(DEPARTMENT)]
    if not chosen:
        return 0
    at = datetime.combine(today, TAKEN_IN_AT, ZoneInfo(home.settings().time_zone))
    warehouse = open_warehouse(home)
    with Ledger.open(home.ledger_url) as ledger:
        load_knowledge(home, ledger, at, say)
        say(f"{STAYS} stays with their prescriptions and {REPORTS} spontaneous reports come in")
        _take_in(warehouse, ledger, today, seed, at)
        proposed = []
        for application in chosen:
            cases = _cases(application, warehouse, at)
            proposed.append((application, _propose(application, cases, ledger, at + timedelta(minutes=10))))
        decided = [
            (ReviewGiven(review=review), PHARMACIST.actor, review.decided_at)
            for application, proposals in proposed
            for review in _decisions(proposals, application, at + timedelta(minutes=10))
        ]
        ledger.append_many(sorted(decided, key=lambda entry: entry[2]))
    return sum(len(proposals) for _, proposals in proposed)


def _take_in(warehouse: Warehouse, ledger: Ledger, today: date, seed: int, at: datetime) -> None:
    knowledge = open_knowledge(warehouse.home)
    with TemporaryDirectory() as sent:
        folder = Path(sent)
        stays = folder / "prescriptions.ndjson"
        write_prescriptions(stays, open_medicines(knowledge), STAYS, at, seed)
        complain(ingest_fhir(stays, warehouse=warehouse, ledger=ledger, actor=program("demo"), at=at))
        reports = folder / "faers"
        reports.mkdir()
        write_reports(reports, REPORTS, today, seed)
        _record(ledger, "reports", ingest_reports(reports, warehouse, at, "faers"), at)
        if knowledge.has(EUCAST):
            isolates = folder / "isolats.csv"
            write_isolates(isolates, ISOLATES, today, seed)
            _record(ledger, "table", ingest_table(isolates, read_mapping("isolates"), warehouse, at), at)


def _record(ledger: Ledger, layout: str, done: Ingested, at: datetime) -> None:
    event = IngestFinished.model_validate(
        {
            "source": done.source,
            "format": layout,
            "read": done.read,
            "written": done.written,
            "quarantined": done.quarantined,
        }
    )
    ledger.append(event, program("demo"), at)


def _cases(application: Application, warehouse: Warehouse, at: datetime) -> Sequence[Case]:
    if application.name == "pharmacy.reactions" and can_read_reports():
        return list(_declared(warehouse.home, at))
    return application.cases_from_warehouse(warehouse, at)


def _declared(home: Home, at: datetime) -> Iterator[Case]:
    """The declarations people sent in the last days, without the names they wrote."""
    from cognoscope.intake.deidentification.deidentifier import Deidentifier

    text = files(__package__).joinpath("declarations.toml").read_text(encoding="utf-8")
    told: list[dict[str, Any]] = tomllib.loads(text)["declaration"]
    cleaner, knowledge = Deidentifier.from_home(home), open_knowledge(home)
    for number, (each, cleaned) in enumerate(
        zip(told, cleaner.clean_many([each["text"] for each in told]), strict=True), start=1
    ):
        if not cleaned.held_back:
            sent = at - timedelta(days=each["days_ago"], hours=1)
            declaration = Declaration(
                key=f"EI-DEMO-{number:04d}", text=cleaned.text, received_on=sent.date(), reporter=each["by"]
            )
            yield build_case(declaration, knowledge, sent, "declaration")


def _propose(application: Application, cases: Sequence[Case], ledger: Ledger, at: datetime) -> list[Proposal]:
    change_state(ledger, application.name, "shadow", MANAGER.actor, "première lecture", at)
    change_state(ledger, application.name, "advisory", MANAGER.actor, "figures locales lues", at)
    return [proposal for case in cases for proposal in run(application, case, ledger, program("run"), at)]


def _decisions(proposals: Sequence[Proposal], application: Application, at: datetime) -> Iterator[Review]:
    """The least urgent ones were decided already: most accepted, the last set aside."""
    valued = [proposal for proposal in proposals if proposal.value is not None and proposal.useful_until > at]
    quiet = sorted(valued, key=lambda proposal: proposal.headline.urgency if proposal.headline else 0.0)
    for number, proposal in enumerate(quiet[: min(DECIDED, len(quiet) // 3)]):
        shown = at + timedelta(minutes=20 + 3 * number)
        aside = number == DECIDED - 1
        yield Review(
            proposal=proposal.digest,
            verdict="overrule" if aside else "accept",
            reason=application.card.reasons[0].code if aside else None,
            shown_at=shown,
            decided_at=shown + timedelta(seconds=40),
        )
