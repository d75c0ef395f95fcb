"""What applications measured on images and what turned out to be true, read from the ledger by study: for pages that
lay programs side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import LEDGER, of
from cognoscope.web.worklist import about

Array = NDArray[np.float64]
MOST = 20_000
"""Proposals of one application that are looked through, newest first."""


class _Measured(msgspec.Struct):
    key: str
    amount: float
    label: dict[str, str]
    unit: str = "1"


class _Value(msgspec.Struct):
    kind: str
    measurements: list[_Measured] = []


class _Proposal(msgspec.Struct):
    subject: str
    value: _Value | None = None


class _Made(msgspec.Struct):
    proposal: _Proposal


class _Known(msgspec.Struct):
    class Outcome(msgspec.Struct):
        subject: str
        element: str
        value: float | bool | str

    outcome: Outcome


@dataclass(frozen=True)
class Scored:
    """One proposal: its digest, whom it is about, and every number measured, by key; none where it abstained."""

    digest: str
    subject: str
    amounts: Mapping[str, float]


@dataclass(frozen=True)
class Read:
    """All that an application measured: by study (or by subject where a case names none), and the words of each key.

    labels: key to (French, English, unit).
    """

    cases: Mapping[str, Scored]
    labels: Mapping[str, tuple[str, str, str]]


def read_scores(ledger: Ledger, application: str, *, shadow: bool, decided_only: bool) -> Read:
    """The last proposal of an application on each study.

    shadow: those that nobody is shown too, for who may evaluate; decided_only: only those that a person decided on, so
    that no reader learns here what they are to read blind.
    """
    columns = LEDGER.c
    query = select(columns.proposal, columns.body, columns.state).where(
        of("ProposalMade"), columns.application == application
    )
    if not shadow:
        query = query.where(columns.state != "shadow")
    if decided_only:
        review = LEDGER.alias("review")
        done = select(review.c.proposal).where(
            of("ReviewGiven", review), review.c.application == application, review.c.element == ""
        )
        query = query.where(columns.proposal.in_(done.where(review.c.verdict != "defer")))
    cases: dict[str, Scored] = {}
    labels: dict[str, tuple[str, str, str]] = {}
    with ledger.engine.connect() as connection:
        rows = connection.execute(query.order_by(columns.seq.desc()).limit(MOST)).all()
    for digest, body, _ in rows:
        made = msgspec.json.decode(body, type=_Made).proposal
        measured = made.value.measurements if made.value and made.value.kind == "image" else []
        studies = about(ledger, digest).studies
        name = "|".join(sorted(studies)) or made.subject
        cases.setdefault(name, Scored(digest, made.subject, {one.key: one.amount for one in measured}))
        for one in measured:
            labels.setdefault(one.key, (one.label.get("fr", one.key), one.label.get("en", one.key), one.unit))
    return Read(cases, labels)


def read_truth(ledger: Ledger, applications: Mapping[str, str]) -> dict[str, float]:
    """What is known of each subject: the last outcome on the given element of any of the applications; yes is 1."""
    columns = LEDGER.c
    known: dict[str, float] = {}
    for application, element in applications.items():
        where = [of("OutcomeKnown"), columns.application == application, columns.element == element]
        last = select(func.max(columns.seq)).where(*where).group_by(columns.subject)
        with ledger.engine.connect() as connection:
            bodies = connection.scalars(select(columns.body).where(columns.seq.in_(last))).all()
        for body in bodies:
            outcome = msgspec.json.decode(body, type=_Known).outcome
            if isinstance(outcome.value, bool | float | int):
                known.setdefault(outcome.subject, float(outcome.value))
    return known


@dataclass(frozen=True)
class Aligned:
    """Two applications on the same studies: (n,) amounts and truth (NaN where there is none), whose, and which."""

    first: Array
    second: Array
    truth: Array
    subjects: list[str]
    digests: list[tuple[str | None, str | None]]


def aligned(one: Read, one_key: str, two: Read, two_key: str, truth: Mapping[str, float]) -> Aligned:
    """Every study that either application read."""
    names = sorted({*one.cases, *two.cases})
    pairs: list[tuple[Scored | None, Scored | None]] = [(one.cases.get(name), two.cases.get(name)) for name in names]
    subjects = [(first or second).subject for first, second in pairs if first or second]  # type: ignore[union-attr]

    def amounts(side: int, key: str) -> Array:
        found: list[Any] = [pair[side] for pair in pairs]
        return np.array([one.amounts.get(key, np.nan) if one else np.nan for one in found], dtype=np.float64)

    return Aligned(
        first=amounts(0, one_key),
        second=amounts(1, two_key),
        truth=np.array([truth.get(subject, np.nan) for subject in subjects], dtype=np.float64),
        subjects=subjects,
        digests=[(first.digest if first else None, second.digest if second else None) for first, second in pairs],
    )
