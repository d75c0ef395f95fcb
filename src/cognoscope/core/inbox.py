"""Many proposals at a glance: what waits for a decision, and what was proposed lately.

A line holds what an inbox shows. It is read from the ledger's indexed columns and the few fields of the body that it
needs; bodies are immutable and named by their digest, so a line once read is kept in memory.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, exists, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from cognoscope.core.entry import instant_text, read_instant
from cognoscope.core.events import State
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import moved_states
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline
from cognoscope.core.tables import LEDGER, of

_MADE = LEDGER.alias("made")
_NEWER = LEDGER.alias("newer")
_REVIEW = LEDGER.alias("review")
_LINE = (
    _MADE.c.seq,
    _MADE.c.at,
    _MADE.c.proposal,
    _MADE.c.application,
    _MADE.c.subject,
    _MADE.c.question,
    _MADE.c.state,
    _MADE.c.as_of,
    _MADE.c.useful_until,
)


@dataclass(frozen=True)
class ProposalLine:
    """One proposal on one line; `deferred` says that somebody put it off, which leaves it waiting.

    `subject_name` is the unit's own name where the proposal gives one, else the subject's code without its kind.
    """

    seq: int
    made_at: datetime
    digest: str
    application: str
    version: str
    subject: str
    subject_name: str
    question: str
    state: State
    as_of: datetime
    useful_until: datetime
    title: Sentence
    headline: Headline | None
    abstention: Abstention | None
    deferred: bool


def waiting(
    ledger: Ledger,
    as_of: datetime,
    *,
    applications: Collection[str] | None = None,
    subject: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[ProposalLine]:
    """What waits for a decision at `as_of`, most urgent first.

    The latest proposal for each application, subject and question, made and still shown as advice (`advisory`), not
    yet past its use, and without a review that decides it as a whole: reviews of single elements and `defer` leave it.
    """
    with ledger.engine.connect() as connection:
        query = select(*_LINE, _deferred()).where(*_waits(connection, as_of, applications, subject))
        query = query.order_by(_MADE.c.urgency.desc(), _MADE.c.useful_until, _MADE.c.seq)
        return _lines(connection, connection.execute(query.limit(limit).offset(offset)).all())


@dataclass(frozen=True)
class Count:
    """How many proposals of one application wait about one subject."""

    application: str
    subject: str
    subject_name: str
    waiting: int


def count_waiting(ledger: Ledger, as_of: datetime, *, applications: Collection[str] | None = None) -> list[Count]:
    """How many proposals wait, by application and subject."""
    counts: dict[tuple[str, str], Count] = {}
    with ledger.engine.connect() as connection:  # counted here: grouping would lead SQLite to walk every proposal
        columns = (_MADE.c.application, _MADE.c.subject, _MADE.c.seq, _MADE.c.proposal)
        rows = connection.execute(select(*columns).where(*_waits(connection, as_of, applications, None))).all()
        said = _said(connection, rows)
    for row in rows:
        before = counts.get((row.application, row.subject))
        name = said[row.proposal].subject_name
        counts[row.application, row.subject] = Count(
            row.application, row.subject, name, 1 + (before.waiting if before else 0)
        )
    return sorted(counts.values(), key=lambda one: (one.application, one.subject_name))


def recent_proposals(
    ledger: Ledger,
    *,
    application: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    shadow: bool = False,
    limit: int = 50,
) -> list[ProposalLine]:
    """The proposals recorded last, newest first, decided or not; those made in the shadow only when asked for."""
    query = select(*_LINE, _deferred()).where(of("ProposalMade", _MADE))
    if application is not None:
        query = query.where(_MADE.c.application == application)
    if subject is not None:
        query = query.where(_MADE.c.subject == subject)
    if since is not None:
        query = query.where(_MADE.c.at >= instant_text(since))
    if not shadow:
        query = query.where(_MADE.c.state != "shadow")
    with ledger.engine.connect() as connection:
        rows = connection.execute(query.order_by(_MADE.c.seq.desc()).limit(limit)).all()
        return _lines(connection, rows)


def subject_names(ledger: Ledger, subjects: Collection[str]) -> dict[str, str]:
    """How each subject is called by the last proposal about it, else its code without its kind."""
    names = {}
    with ledger.engine.connect() as connection:
        for subject in subjects:
            last = select(_MADE.c.seq, _MADE.c.proposal).where(of("ProposalMade", _MADE), _MADE.c.subject == subject)
            rows = connection.execute(last.order_by(_MADE.c.seq.desc()).limit(1)).all()
            said = [words.subject_name for words in _said(connection, rows).values()]
            names[subject] = said[0] if said else bare(subject)
    return names


def proposal_titles(ledger: Ledger, digests: Collection[str]) -> dict[str, Sentence]:
    """The title of each recorded proposal, without decoding the rest of it."""
    query = select(_MADE.c.seq, _MADE.c.proposal).where(of("ProposalMade", _MADE), _MADE.c.proposal.in_(digests))
    with ledger.engine.connect() as connection:
        said = _said(connection, connection.execute(query).all())
    return {digest: words.title for digest, words in said.items()}


def bare(subject: str) -> str:
    """A subject's code or pseudonym, without its kind."""
    return subject.partition(":")[2]


def _waits(
    connection: Connection, as_of: datetime, applications: Collection[str] | None, subject: str | None
) -> list[ColumnElement[bool]]:
    shown = [name for name, state in moved_states(connection).items() if state == "advisory"]
    if applications is not None:
        shown = [name for name in shown if name in applications]
    newer = select(_NEWER.c.seq).where(
        of("ProposalMade", _NEWER),
        _NEWER.c.application == _MADE.c.application,
        _NEWER.c.subject == _MADE.c.subject,
        _NEWER.c.question == _MADE.c.question,
        tuple_(_NEWER.c.as_of, _NEWER.c.seq) > tuple_(_MADE.c.as_of, _MADE.c.seq),
    )
    conditions = [
        of("ProposalMade", _MADE),
        _MADE.c.useful_until > instant_text(as_of),
        _MADE.c.state == "advisory",
        _MADE.c.application.in_(shown),
        ~exists(newer),
        ~exists(_whole_review().where(_REVIEW.c.verdict != "defer")),
    ]
    if subject is not None:
        conditions.append(_MADE.c.subject == subject)
    return conditions


def _whole_review() -> Select[Any]:
    query = select(_REVIEW.c.seq).where(
        of("ReviewGiven", _REVIEW), _REVIEW.c.proposal == _MADE.c.proposal, _REVIEW.c.element == ""
    )
    return query


def _deferred() -> ColumnElement[bool]:
    return exists(_whole_review().where(_REVIEW.c.verdict == "defer")).label("deferred")


class _Body(msgspec.Struct):
    """The few fields of a ProposalMade that a line shows; the decoder skips the rest."""

    class Proposal(msgspec.Struct):
        version: str
        title: dict[str, Any]
        subject: str
        subject_name: str | None = None
        headline: dict[str, Any] | None = None
        abstention: dict[str, Any] | None = None

    proposal: Proposal


@dataclass(frozen=True)
class _Words:
    version: str
    title: Sentence
    subject_name: str
    headline: Headline | None
    abstention: Abstention | None


_KNOWN: dict[str, _Words] = {}
_KEPT = 20_000


def _lines(connection: Connection, rows: Sequence[Row[Any]]) -> list[ProposalLine]:
    said = _said(connection, rows)
    return [_line(row, said[row.proposal]) for row in rows]


def _said(connection: Connection, rows: Sequence[Any]) -> dict[str, _Words]:
    """The words of each row's proposal by its digest, read where they are not known yet."""
    said = {row.proposal: words for row in rows if (words := _KNOWN.get(row.proposal)) is not None}
    unread = [row.seq for row in rows if row.proposal not in said]
    if len(_KNOWN) + len(unread) > _KEPT:
        _KNOWN.clear()
    if not unread:
        return said
    for digest, body in connection.execute(select(LEDGER.c.proposal, LEDGER.c.body).where(LEDGER.c.seq.in_(unread))):
        said[digest] = _KNOWN[digest] = _words(body)
    return said


def _words(body: str) -> _Words:
    made = msgspec.json.decode(body, type=_Body).proposal
    return _Words(
        version=made.version,
        title=Sentence.model_validate(made.title),
        subject_name=made.subject_name or bare(made.subject),
        headline=None if made.headline is None else Headline.model_validate(made.headline),
        abstention=None if made.abstention is None else Abstention.model_validate(made.abstention),
    )


def _line(row: Row[Any], words: _Words) -> ProposalLine:
    return ProposalLine(
        seq=row.seq,
        made_at=read_instant(row.at),
        digest=row.proposal,
        application=row.application,
        version=words.version,
        subject=row.subject,
        subject_name=words.subject_name,
        question=row.question,
        state=row.state,
        as_of=read_instant(row.as_of),
        useful_until=read_instant(row.useful_until),
        title=words.title,
        headline=words.headline,
        abstention=words.abstention,
        deferred=bool(row.deferred),
    )
