"""The content tree of a structured report (PS3.3 C.17.3) as plain items; each field is read only when asked for.

Templates differ from maker to maker, so the tree is walked rather than matched against one template.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import Coded
from cognoscope.intake.results.received import coded

DEEPEST = 24
MOST_ITEMS = 50_000
TOO_LARGE = "This structured report is nested too deeply or holds too many items to be one result: it was refused."


@dataclass(frozen=True)
class Item:
    """One content item with those below it."""

    dataset: Any
    names: frozenset[str]
    depth: int = 0

    @property
    def type(self) -> str:
        """CONTAINER, NUM, CODE, TEXT, SCOORD, IMAGE, ..."""
        return str(self.dataset.get("ValueType") or "").strip().upper()

    @property
    def relationship(self) -> str:
        """How it hangs on the item above: CONTAINS, HAS OBS CONTEXT, ..."""
        return str(self.dataset.get("RelationshipType") or "").strip().upper()

    @property
    def concept(self) -> Coded | None:
        """What the item is about."""
        return first_code(self.dataset.get("ConceptNameCodeSequence"), self.names)

    @property
    def name(self) -> str:
        """The code value of what the item is about; empty where it has none."""
        concept = self.concept
        return concept.value if concept else ""

    @property
    def code(self) -> Coded | None:
        """The value of a CODE item."""
        return first_code(self.dataset.get("ConceptCodeSequence"), self.names)

    @property
    def text(self) -> str:
        """The value of a TEXT, UIDREF or PNAME item, as it was sent."""
        for keyword in ("TextValue", "UID", "PersonName"):
            value = self.dataset.get(keyword)
            if value:
                return str(value).strip()
        return ""

    def below(self) -> "Iterator[Item]":
        """The items directly below."""
        if self.depth >= DEEPEST:
            raise InvalidInput(TOO_LARGE)
        for each in self.dataset.get("ContentSequence") or ():
            yield Item(each, self.names, self.depth + 1)

    def every(self) -> "Iterator[Item]":
        """This item and all below, from the top."""
        count, waiting = 0, [self]
        while waiting:
            item = waiting.pop()
            count += 1
            if count > MOST_ITEMS:
                raise InvalidInput(TOO_LARGE)
            yield item
            waiting += reversed(list(item.below()))


def first_code(sequence: Any, names: Iterable[str] = ()) -> Coded | None:
    """The first code of a code sequence (PS3.3 section 8), short, long or URN."""
    if not sequence or not hasattr(sequence, "__getitem__") or isinstance(sequence, str | bytes):
        return None
    item = sequence[0]
    value = item.get("CodeValue") or item.get("LongCodeValue") or item.get("URNCodeValue")
    return coded(value, item.get("CodingSchemeDesignator"), item.get("CodeMeaning"), names)
