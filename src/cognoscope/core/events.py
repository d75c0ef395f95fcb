"""The closed list of what the ledger records, each with an actor; what people merely look at is in the access log."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from cognoscope.core.noun import Digest, Instant, Noun, Slug, Subject
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review

State = Literal["draft", "shadow", "advisory", "suspended"]


class CaseOpened(Noun):
    """A case was built; its content is in the case store under its digest."""

    event: Literal["CaseOpened"] = "CaseOpened"
    case: Digest
    kind: Slug
    subject: Subject
    as_of: Instant


class CaseErased(Noun):
    """The content of a kept case was deleted; its digest stays in the chain, its proposals cannot be replayed."""

    event: Literal["CaseErased"] = "CaseErased"
    case: Digest
    subject: Subject
    reason: str


class ProposalMade(Noun):
    """An application proposed or abstained."""

    event: Literal["ProposalMade"] = "ProposalMade"
    proposal: Proposal
    state: State

    def canonical(self) -> bytes:
        """The content in canonical JSON, around the proposal's own bytes, which its digest was made of."""
        return b'{"event":"ProposalMade","proposal":%b,"state":"%b"}' % (self.proposal.canonical(), self.state.encode())


class ReviewGiven(Noun):
    """A person decided."""

    event: Literal["ReviewGiven"] = "ReviewGiven"
    review: Review


class OutcomeKnown(Noun):
    """What really happened arrived."""

    event: Literal["OutcomeKnown"] = "OutcomeKnown"
    outcome: Outcome


class StateChanged(Noun):
    """A named person promoted or suspended an application."""

    event: Literal["StateChanged"] = "StateChanged"
    application: Slug
    before: State
    after: State
    reason: str


class AccountChanged(Noun):
    """An account was made, disabled, given a role or a password."""

    event: Literal["AccountChanged"] = "AccountChanged"
    account: str
    change: Literal["created", "roles_set", "password_set", "disabled", "enabled"]
    detail: str = ""


class IngestFinished(Noun):
    """A source was taken into the warehouse."""

    event: Literal["IngestFinished"] = "IngestFinished"
    source: Digest
    format: Literal["fhir", "omop", "table", "documents", "reports", "dicom", "results"]
    read: int
    written: int
    quarantined: int


class DocumentsRead(Noun):
    """A component of the reading went over documents of the warehouse; `system` names it with its version."""

    event: Literal["DocumentsRead"] = "DocumentsRead"
    system: str
    documents: int
    mentions: int


class CohortSaved(Noun):
    """A cohort's definition was saved: the query, never the list of persons. `cohort` is the definition's digest."""

    event: Literal["CohortSaved"] = "CohortSaved"
    cohort: Digest
    name: Slug
    definition: str


class KnowledgeLoaded(Noun):
    """A terminology or another table of reference was loaded; cases built from now on use this edition."""

    event: Literal["KnowledgeLoaded"] = "KnowledgeLoaded"
    name: Slug
    edition: str
    content: Digest
    rows: int


class ModelAdded(Noun):
    """A person added weights, their own or some whose licence needs their word; `content` is the folder's digest."""

    event: Literal["ModelAdded"] = "ModelAdded"
    name: Slug
    content: Digest
    licence: str
    detail: str = ""


class ModelRemoved(Noun):
    """A person took added weights away; `content` is the digest of the folder that was there."""

    event: Literal["ModelRemoved"] = "ModelRemoved"
    name: Slug
    content: Digest
    reason: str = ""


class PolicyChanged(Noun):
    """A person put a policy of an application in force: what it shows first, folds or keeps silent. `policy` is its
    canonical JSON, `content` the digest of that.
    """

    event: Literal["PolicyChanged"] = "PolicyChanged"
    application: Slug
    content: Digest
    policy: str
    reason: str


class OptOutChanged(Noun):
    """A person refused, or allowed again, the reuse of their data."""

    event: Literal["OptOutChanged"] = "OptOutChanged"
    person: Subject
    opted_out: bool


class VaultOpened(Noun):
    """Somebody entitled to it asked for the identity behind a pseudonym."""

    event: Literal["VaultOpened"] = "VaultOpened"
    person: Subject
    purpose: str
    found: bool


class ExtractExported(Noun):
    """Data left the platform."""

    event: Literal["ExtractExported"] = "ExtractExported"
    what: str
    rows: int
    purpose: str = ""


class AccessLogPurged(Noun):
    """Old lines of the access log were deleted, as the retention rule demands."""

    event: Literal["AccessLogPurged"] = "AccessLogPurged"
    before: Instant
    rows: int


class BackupMade(Noun):
    """A backup was written; `head` is the ledger's hash it holds."""

    event: Literal["BackupMade"] = "BackupMade"
    head: Digest
    files: int


class Restored(Noun):
    """This ledger continues one that was restored from a backup."""

    event: Literal["Restored"] = "Restored"
    head: Digest


Event = Annotated[
    CaseOpened
    | CaseErased
    | ProposalMade
    | ReviewGiven
    | OutcomeKnown
    | StateChanged
    | AccountChanged
    | IngestFinished
    | DocumentsRead
    | CohortSaved
    | KnowledgeLoaded
    | ModelAdded
    | ModelRemoved
    | PolicyChanged
    | OptOutChanged
    | VaultOpened
    | ExtractExported
    | AccessLogPurged
    | BackupMade
    | Restored,
    Field(discriminator="event"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
"""Reads an event back from its JSON."""
