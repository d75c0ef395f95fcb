"""The ledger's entry of an ingest, made once however often the same source is taken in."""

from datetime import datetime

from cognoscope.core.actor import Actor
from cognoscope.core.events import IngestFinished
from cognoscope.core.ledger import Ledger


def record_once(ledger: Ledger, finished: IngestFinished, actor: Actor, at: datetime) -> None:
    """Append the event unless the ledger holds one of that source.

    Looked up rather than concluded from what was new: a run killed after its last row has yet to be recorded.
    """
    past = (entry.event for entry in ledger.entries(event="IngestFinished"))
    if not any(isinstance(event, IngestFinished) and event.source == finished.source for event in past):
        ledger.append(finished, actor, at)
