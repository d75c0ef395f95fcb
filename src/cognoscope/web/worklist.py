"""What is to be read on images: the proposals of the applications that read them, by urgency and then by age."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select

from cognoscope.core.application import Application
from cognoscope.core.inbox import ProposalLine, recent_proposals, waiting
from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import LEDGER, of
from cognoscope.web.recall import read_case, read_proposal

Standing = Literal["new", "started", "deferred", "abstained", "reviewed"]
REVIEWED_FOR = timedelta(days=30)
MOST_REVIEWED = 300
UNITS = ("unit", "ward", "site_name")
"""Facts of a case that may name where its images were made, the first that does."""
_KEPT = 20_000
_abouts: dict[str, "About"] = {}


@dataclass(frozen=True)
class About:
    """What a case says of its images: modalities, unit, study."""

    modality: str
    unit: str
    studies: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One line: the proposal, what its case says, and how far people are with it."""

    line: ProposalLine
    about: About
    standing: Standing

    @property
    def urgency(self) -> float:
        """Of the headline; nothing without one."""
        return self.line.headline.urgency if self.line.headline else 0.0


def reads_images(application: Application) -> bool:
    """Whether the application proposes on images."""
    return "image" in application.card.kinds


def items(ledger: Ledger, at: datetime, names: Collection[str], blind: Collection[str] = ()) -> list[Item]:
    """Everything of these applications that waits, was abstained from, or was reviewed lately; most urgent first, then
    the oldest.

    blind: applications whose urgency would tell a reader what the program says: theirs stand by age alone.
    """
    names = sorted(names)
    open_lines = waiting(ledger, at, applications=names)
    known = {line.digest for line in open_lines}
    recent = [
        line
        for name in names
        for line in recent_proposals(ledger, application=name, since=at - REVIEWED_FOR, limit=MOST_REVIEWED)
        if line.digest not in known
    ]
    touched, decided = _reviewed(ledger, [line.digest for line in (*open_lines, *recent)])
    found = [Item(line, about(ledger, line.digest), _standing(line, touched)) for line in open_lines]
    done = [line for line in recent if line.digest in decided]
    found += [Item(line, about(ledger, line.digest), "reviewed") for line in done]
    return sorted(found, key=lambda one: (0 if one.line.application in blind else -one.urgency, one.line.as_of))


def about(ledger: Ledger, digest: str) -> About:
    """What the case of a proposal says of its images; a case never changes, so it is read once. Empty once erased."""
    if digest not in _abouts:
        made = read_proposal(ledger, digest)
        case = read_case(ledger, made.proposal.case_digest) if made else None
        images = case.images if case else ()
        unit = next((str(case.fact(name)) for name in UNITS if case.fact(name)), "") if case else ""
        if len(_abouts) >= _KEPT:
            _abouts.clear()
        studies = tuple(dict.fromkeys(image.study for image in images if image.study))
        _abouts[digest] = About(" ".join(dict.fromkeys(image.modality for image in images)), unit, studies)
    return _abouts[digest]


def of_study(ledger: Ledger, study: str, names: Collection[str], most: int = 2000) -> list[ProposalLine]:
    """The proposals on a study, newest first: among the last of these applications."""
    found = [
        line
        for name in sorted(names)
        for line in recent_proposals(ledger, application=name, limit=most)
        if study in about(ledger, line.digest).studies
    ]
    return sorted(found, key=lambda line: -line.seq)


def _standing(line: ProposalLine, touched: set[str]) -> Standing:
    if line.abstention is not None:
        return "abstained"
    if line.deferred:
        return "deferred"
    return "started" if line.digest in touched else "new"


def _reviewed(ledger: Ledger, digests: Sequence[str]) -> tuple[set[str], set[str]]:
    """Of these proposals, those with any review, and those decided as a whole."""
    touched: set[str] = set()
    decided: set[str] = set()
    columns = LEDGER.c
    with ledger.engine.connect() as connection:
        for start in range(0, len(digests), 5000):
            wanted = columns.proposal.in_(digests[start : start + 5000])
            query = select(columns.proposal, columns.element, columns.verdict).where(of("ReviewGiven"), wanted)
            for row in connection.execute(query):
                touched.add(row.proposal)
                if row.element == "" and row.verdict != "defer":
                    decided.add(row.proposal)
    return touched, decided
