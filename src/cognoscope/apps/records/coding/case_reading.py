"""What the reading finds in reports becomes rows of a case: conditions and disorders, drugs, results."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cognoscope.apps.records.coding.case import Row, StayRecord
from cognoscope.core.errors import NotInstalled
from cognoscope.intake.reading.component import component
from cognoscope.intake.reading.mention import Mention

READ = ("conditions", "disorders", "drugs", "measurements", "sections")


@dataclass(frozen=True)
class InNote:
    """A mention and the row of the report it stands in."""

    note: int
    mention: Mention


def read_texts(notes: Sequence[Sequence[Row]]) -> list[list[InNote]]:
    """Mentions in the reports of each stay; none where the extra `text` is not installed."""
    texts = [str(note["note_text"] or "") for stay in notes for note in stay]
    found: list[list[Mention]] = [[] for _ in texts]
    if texts:
        for name in READ:
            try:
                each = component(name).read(texts)
            except NotInstalled:
                continue
            for mentions, more in zip(found, each, strict=True):
                mentions += more
    flat = iter(found)
    return [[InNote(row, mention) for row in range(len(stay)) for mention in next(flat)] for stay in notes]


def add_mentions(record: StayRecord, found: Sequence[InNote]) -> None:
    """Put them into the tables they belong to; a drug or result that the patient is not said to have is left out."""
    for each in found:
        mention = each.mention
        if mention.group in ("condition", "disorder", "section"):
            record.mentions.append(_plain(each))
        elif not mention.asserted or mention.history:
            continue
        elif mention.group == "drug" and mention.code:
            record.drugs.append({"atc": mention.code, "date": _dated(record, each.note), "source": "report"})
        elif mention.group == "measurement" and mention.value is not None:
            row = {"label": mention.label, "value": mention.value, "unit": mention.unit or None}
            record.biology.append(row | {"date": _dated(record, each.note), "source": "report"})


def _plain(each: InNote) -> Row:
    names = ("start", "stop", "group", "label", "code", "status", "severity")
    flags = ("negated", "hypothesis", "family", "history", "reported")
    return {"note": each.note, **{name: getattr(each.mention, name) for name in (*names, *flags)}}


def _dated(record: StayRecord, note: int) -> Any:
    return record.notes[note]["note_date"]
