"""Finding in the ledger and the access log what the FHIR interface serves: one page, newest first."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, RowMapping, false, select

from cognoscope.core.access import ACCESS, AccessLog
from cognoscope.core.actor import Actor
from cognoscope.core.application import Application
from cognoscope.core.entry import Entry, read_entry, read_instant
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import OutcomeKnown, ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.queries import reviews
from cognoscope.core.tables import LEDGER, of
from cognoscope.exports.fhir import (
    audit_event,
    device,
    outcome_observation,
    proposal_observation,
    proposal_provenance,
    review_provenance,
)
from cognoscope.exports.fhir.adverse_event import DECLARATION, adverse_events
from cognoscope.exports.fhir.elements import OURS, Pseudonym, Resource
from cognoscope.exports.fhir_dates import DateFilter, parse_date

MOST_PER_PAGE = 200


@dataclass(frozen=True)
class FhirSources:
    """What the interface reads from. `applications` are those the asking person may read."""

    ledger: Ledger
    access_log: AccessLog
    applications: Sequence[Application]
    pseudonym: Pseudonym
    zone: ZoneInfo
    hospital: str
    started: datetime


@dataclass(frozen=True)
class Query:
    """A search: resource type, filters, page. `ids` and the others are None where nothing was asked."""

    kind: str
    count: int = 50
    before: int | None = None
    ids: Collection[str] | None = None
    subject: str | None = None
    target: str | None = None
    category: str | None = None
    dates: Sequence[DateFilter] = field(default=())


@dataclass(frozen=True)
class Found:
    """One page: the resources, whom or what they are about, and where the next page begins (None at the end)."""

    resources: list[Resource]
    subjects: frozenset[str]
    following: int | None


Row = tuple[int, Resource, str]


def read_query(kind: str, parameters: Sequence[tuple[str, str]], zone: ZoneInfo) -> Query:
    """A search from its address. Unknown parameters are refused: ignoring one would show more than was asked.

    Raises:
        InvalidInput: a parameter is unknown for this type, or its value cannot be used.
    """
    values: dict[str, Any] = {}
    dates = []
    for name, value in parameters:
        match kind, name:
            case _, "_count":
                values["count"] = _whole(name, value, MOST_PER_PAGE)
            case _, "_cursor":
                values["before"] = _whole(name, value, 1 << 62)
            case _, "_format" if value in ("json", "application/json", "application/fhir+json"):
                pass
            case _, "_id":
                values["ids"] = value.split(",")
            case ("Observation", "date") | ("AuditEvent", "date") | ("Provenance", "recorded"):
                dates.append(parse_date(value, zone))
            case "AdverseEvent", "_lastUpdated":
                dates.append(parse_date(value, zone))
            case (("Observation" | "AdverseEvent"), ("subject" | "subject:identifier")):
                values["subject"] = _subject(value)
            case "Observation", "category":
                values["category"] = value.removeprefix(f"{OURS}category|")
            case "Provenance", "target":
                values["target"] = value.removeprefix("Observation/")
            case _:
                raise InvalidInput(f"{kind} cannot be searched by {name[:40]!r}: /fhir/metadata lists what can.")
    return Query(kind, dates=tuple(dates), **values)


def find(sources: FhirSources, query: Query) -> Found:
    """One page of a search, newest first."""
    rows = _FINDERS[query.kind](sources, query)
    page = rows[: query.count]
    # What one entry gave stays on one page: the next begins after that entry.
    page += [row for row in rows[query.count :] if row[0] == page[-1][0]]
    return Found(
        [resource for _, resource, _ in page],
        frozenset(subject for _, _, subject in page if subject),
        page[-1][0] if len(rows) > query.count else None,
    )


def _observations(sources: FhirSources, query: Query) -> list[Row]:
    columns = LEDGER.c
    made = of("ProposalMade") & (columns.state != "shadow")
    known: ColumnElement[bool] = of("OutcomeKnown")
    if query.ids is not None:
        made &= columns.proposal.in_(query.ids)
        known &= columns.seq.in_(_numbers(query.ids))
    for wanted in query.dates:
        made &= wanted.holds(columns.as_of, columns.useful_until)
        known &= wanted.holds(columns.at, columns.at)
    kinds = {"proposal": made, "outcome": known, None: made | known}
    where = [kinds.get(query.category, false())]
    if query.subject is not None:
        where.append(columns.subject == query.subject)
    return [
        (row["seq"], _observation(sources, read_entry(row)), row["subject"]) for row in _ledger(sources, query, where)
    ]


def _observation(sources: FhirSources, entry: Entry) -> Resource:
    if isinstance(entry.event, OutcomeKnown):
        return outcome_observation(entry.event.outcome, entry.seq)
    assert isinstance(entry.event, ProposalMade)
    proposal = entry.event.proposal
    return proposal_observation(proposal, [given.review for given in reviews(sources.ledger, proposal.digest)])


def _provenances(sources: FhirSources, query: Query) -> list[Row]:
    columns = LEDGER.c
    where: list[ColumnElement[bool]] = [(of("ProposalMade") & (columns.state != "shadow")) | of("ReviewGiven")]
    if query.ids is not None:
        where.append(columns.seq.in_(_numbers(query.ids)))
    if query.target is not None:
        where.append(columns.proposal == query.target)
    where += [wanted.holds(columns.at, columns.at) for wanted in query.dates]
    found = []
    for row in _ledger(sources, query, where):
        entry = read_entry(row)
        if isinstance(entry.event, ReviewGiven):
            resource = review_provenance(entry.event.review, entry.actor, entry.seq, entry.at, sources.pseudonym)
        else:
            assert isinstance(entry.event, ProposalMade)
            resource = proposal_provenance(entry.event.proposal, entry.seq, entry.at)
        found.append((entry.seq, resource, row["subject"]))
    return found


def _audit_events(sources: FhirSources, query: Query) -> list[Row]:
    columns = ACCESS.c
    where = [wanted.holds(columns.at, columns.at) for wanted in query.dates]
    if query.ids is not None:
        where.append(columns.id.in_(_numbers(query.ids, "access-")))
    if query.before is not None:
        where.append(columns.id < query.before)
    chosen = select(ACCESS).where(*where).order_by(columns.id.desc()).limit(query.count + 1)
    with sources.access_log.engine.connect() as connection:
        rows = connection.execute(chosen).all()
    return [
        (
            row.id,
            audit_event(
                row.id,
                Actor(kind=row.actor_kind, id=row.actor_id, role=row.actor_role or None),
                row.what,
                row.subject or None,
                read_instant(row.at),
                sources.pseudonym,
            ),
            "",
        )
        for row in rows
    ]


def _adverse_events(sources: FhirSources, query: Query) -> list[Row]:
    columns = LEDGER.c
    where: list[ColumnElement[bool]] = [
        of("ProposalMade") & (columns.state != "shadow"),
        columns.question == DECLARATION,
    ]
    if query.subject is not None:
        where.append(columns.subject == query.subject)
    where += [wanted.holds(columns.at, columns.at) for wanted in query.dates]
    found: list[Row] = []
    # A declaration may hold several reactions, or none that stands: pages of the ledger are read until one is full.
    while len({number for number, _, _ in found}) <= query.count:
        rows = _ledger(sources, query, where)
        for row in rows:
            found += [
                (row["seq"], resource, row["subject"])
                for resource in _adverse_events_of(sources.ledger, row)
                if query.ids is None or resource["id"] in query.ids
            ]
        if len(rows) <= query.count:
            break
        query = replace(query, before=rows[-1]["seq"])
    return found


def _adverse_events_of(ledger: Ledger, row: RowMapping) -> list[Resource]:
    event = read_entry(row).event
    assert isinstance(event, ProposalMade)
    made = event.proposal
    if ledger.case_erased(made.case_digest):
        return []
    return adverse_events(made, ledger.case(made.case_digest), [given.review for given in reviews(ledger, made.digest)])


def _devices(sources: FhirSources, query: Query) -> list[Row]:
    found = [(number, device(application), "") for number, application in enumerate(sources.applications, start=1)]
    return [
        row
        for row in reversed(found)
        if (query.ids is None or row[1]["id"] in query.ids) and (query.before is None or row[0] < query.before)
    ]


_FINDERS: Mapping[str, Callable[[FhirSources, Query], list[Row]]] = {
    "Observation": _observations,
    "Provenance": _provenances,
    "AuditEvent": _audit_events,
    "Device": _devices,
    "AdverseEvent": _adverse_events,
}


def _ledger(sources: FhirSources, query: Query, where: list[ColumnElement[bool]]) -> Sequence[RowMapping]:
    names = [application.name for application in sources.applications]
    where.append(LEDGER.c.application.in_(names))
    if query.before is not None:
        where.append(LEDGER.c.seq < query.before)
    chosen = select(LEDGER).where(*where).order_by(LEDGER.c.seq.desc()).limit(query.count + 1)
    with sources.ledger.engine.connect() as connection:
        return connection.execute(chosen).mappings().all()


def _numbers(ids: Collection[str], prefix: str = "entry-") -> list[int]:
    """Row numbers out of ids like `entry-12`; others name nothing."""
    digits = [each.removeprefix(prefix) for each in ids if each.startswith(prefix)]
    return [int(each) for each in digits if each.isdecimal() and len(each) < 19]


def _whole(name: str, value: str, most: int) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise InvalidInput(f"{name} is a whole number from 1 to {most}.")
    return int(value)


def _subject(value: str) -> str:
    """`urn:cognoscope:unit|nord` or `unit:nord` as the ledger writes it."""
    system, bar, code = value.rpartition("|")
    return f"{system.removeprefix(OURS)}:{code}" if bar else value
