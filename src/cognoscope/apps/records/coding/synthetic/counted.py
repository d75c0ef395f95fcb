"""Gives each stay what the other stays of its hospital say, spoiled codes included, as a real warehouse would."""

from collections.abc import Sequence
from dataclasses import replace

from cognoscope.apps.records.coding.association import Book, Seen
from cognoscope.apps.records.coding.candidates import diagnoses
from cognoscope.apps.records.coding.synthetic.hospital import Made
from cognoscope.apps.records.coding.tokens import evidence_tokens, families


def counted(made: Sequence[Made]) -> list[Made]:
    """The same stays with their co-occurrence counts, each without its own person's stays."""
    seen = [Seen(each.person, families(each.stay), evidence_tokens(each.stay, diagnoses(each.stay))) for each in made]
    book = Book(seen)
    return [
        replace(each, stay=replace(each.stay, pairs=tuple(book.pairs(one))))
        for each, one in zip(made, seen, strict=True)
    ]
