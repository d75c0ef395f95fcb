"""Findings in texts as plain data for the templates: each with its words, and the documents with every span marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from cognoscope.core.case import Case, Cell, Table
from cognoscope.core.evidence import Pointer, SpanPointer
from cognoscope.core.values import Attribute, Finding, TextValue
from cognoscope.web import words
from cognoscope.web.i18n import N_, translate
from cognoscope.web.marked_text import Highlight, Passages, passages, quote
from cognoscope.web.reaction_words import CODED, KEYS

NOTE = "note"
AROUND_QUOTE = 70
QUOTES_SHOWN = 3
"""Passages quoted under a finding; the others are counted, and marked in the documents."""

SPANS_SHOWN = 240
"""Highlights of one page; with more, the later ones are only in the whole texts."""

UNSAID = frozenset({"level", "rule", "alert", "signature", "orders", "asks", "policy"})
"""Details by which programs find an alert again (see `docs/alerts.md`); its label and reason say them in words."""

RANKS = 6
"""Looks of highlights; groups beyond the last share it."""

QUALIFIERS = {
    "negated": N_("nié"),
    "hypothesis": N_("hypothèse"),
    "family": N_("famille"),
    "history": N_("antécédent"),
    "reported": N_("rapporté"),
    "conflict": N_("documents en désaccord"),
    "coded": N_("déjà codé"),
}
OF_WORDS = {"negated", "hypothesis", "family", "history", "reported"}
"""Those that words of a document carry, and that are written behind them; the others are the finding's own."""

HOLLOW = OF_WORDS - {"history"}
"""With one of these the words do not say it of the patient now: their highlight is an outline without a ground."""


@dataclass(frozen=True)
class Quote:
    """The words a finding rests on, within their line, and where they are on the page."""

    before: str
    words: str
    after: str
    address: str
    document: str


@dataclass(frozen=True)
class FindingView:
    """One finding in words."""

    key: str
    label: str
    code: str
    vocabulary: str
    certainty: float | None
    qualifiers: list[str]
    attributes: list[tuple[str, str]]
    reason: str
    quotes: list[Quote]
    more: int
    others: list[Pointer]


@dataclass(frozen=True)
class FindingGroup:
    """The findings under one heading."""

    name: str
    label: str
    rank: int
    findings: list[FindingView]


@dataclass(frozen=True)
class DocumentView:
    """One document of the case: what is shown of it."""

    row: int
    title: str
    date: str
    length: int
    marks: int
    note_id: int | None
    shown: Passages


@dataclass(frozen=True)
class TextView:
    """What a text proposal shows; `documents` is empty once the case was `erased`, or where it never held any."""

    groups: list[FindingGroup]
    documents: list[DocumentView]
    erased: bool
    hidden: int = 0


@dataclass(frozen=True)
class Look:
    """A group of highlights: its words, and its rank among the looks."""

    label: str
    rank: int


@dataclass(frozen=True)
class WholeText:
    """One document from its first character to its last, and what is highlighted in it."""

    title: str
    date: str
    text: str
    highlights: list[Highlight]
    groups: list[Look]


@dataclass
class _Notes:
    """The documents of the case and the highlights that findings lay over them."""

    table: Table | None
    language: str
    marked: dict[int, list[Highlight]] = field(default_factory=dict)
    hidden: int = 0

    def cell(self, column: str, row: int) -> Cell:
        found = self.table.column(column) if self.table else None
        return found.values[row] if found is not None and row < len(found.values) else None

    def text(self, row: int) -> str:
        cell = self.cell("note_text", row)
        return cell if isinstance(cell, str) else ""

    def title(self, row: int) -> str:
        given = self.cell("note_title", row)
        return str(given) if given else translate(N_("Document %(number)s"), self.language, number=row + 1)

    def date(self, row: int) -> str:
        given = self.cell("note_date", row)
        return words.cell(given, self.language, "date") if given else ""


def qualifier_words(names: Sequence[str], language: str) -> list[str]:
    """Each qualifier in the screen's language; one that is not known here, by its own name."""
    return [translate(QUALIFIERS[name], language) if name in QUALIFIERS else name for name in names]


def finding_label(finding: Finding, language: str) -> str:
    """Code and words: `E11.9 Diabète de type 2`."""
    said = words.say(finding.label, language)
    return said if not finding.code or finding.code in said else f"{finding.code} {said}"


def text_view(value: TextValue, case: Case | None, language: str, address: Callable[[int], str]) -> TextView:
    """The findings under their headings and the documents they were read in.

    address: the page that shows the whole of the document in that row of the case.
    """
    notes = _Notes(case.table(NOTE) if case else None, language)
    groups = []
    for rank, group in enumerate(value.groups, start=1):
        mine = [one for one in value.findings if one.group == group.name]
        if mine:
            look = min(rank, RANKS)
            views = [_finding(one, look, notes, case, address) for one in mine]
            groups.append(FindingGroup(group.name, words.say(group.label, language), look, views))
    rows = notes.table.rows if notes.table else 0
    return TextView(groups, [_document(row, notes) for row in range(rows)], case is None, notes.hidden)


def whole_text(value: TextValue, case: Case, row: int, language: str) -> WholeText:
    """The text in a row of the case's documents and every highlight that findings lay over it."""
    notes = _Notes(case.table(NOTE), language)
    looks = [
        Look(words.say(group.label, language), min(rank, RANKS)) for rank, group in enumerate(value.groups, start=1)
    ]
    ranks = {group.name: look.rank for group, look in zip(value.groups, looks, strict=True)}
    highlights = [
        _highlight(finding, pointer, number, ranks[finding.group], language)
        for finding in value.findings
        for number, pointer in enumerate(_spans(finding, case))
        if pointer.row == row
    ]
    return WholeText(notes.title(row), notes.date(row), notes.text(row), highlights, looks)


def _finding(
    finding: Finding, rank: int, notes: _Notes, case: Case | None, address: Callable[[int], str]
) -> FindingView:
    spans = _spans(finding, case)
    quotes: list[Quote] = []
    for number, pointer in enumerate(spans):
        highlight = _highlight(finding, pointer, number, rank, notes.language)
        shown = sum(map(len, notes.marked.values())) < SPANS_SHOWN
        if shown:
            notes.marked.setdefault(pointer.row, []).append(highlight)
        else:
            notes.hidden += 1
        if len(quotes) < QUOTES_SHOWN:
            place = f"#{highlight.anchor}" if shown else f"{address(pointer.row)}#{highlight.anchor}"
            said = quote(notes.text(pointer.row), pointer.start, pointer.stop, AROUND_QUOTE)
            document = " · ".join(filter(None, (notes.title(pointer.row), notes.date(pointer.row))))
            quotes.append(Quote(*said, address=place, document=document))
    return FindingView(
        key=finding.key,
        label=words.say(finding.label, notes.language),
        code=finding.code or "",
        vocabulary=finding.vocabulary or "",
        certainty=finding.certainty,
        qualifiers=qualifier_words(finding.qualifiers, notes.language),
        attributes=[_attribute(one, notes.language) for one in finding.attributes if one.name not in UNSAID | KEYS],
        reason=words.say(finding.reason, notes.language) if finding.reason else "",
        quotes=quotes,
        more=len(spans) - len(quotes),
        others=[one for one in finding.evidence if not isinstance(one, SpanPointer)],
    )


def _spans(finding: Finding, case: Case | None) -> list[SpanPointer]:
    """The spans of documents that exist in the case, less those that only hold another one of the same finding."""
    if case is None:
        return []
    pointers = [one for one in finding.evidence if isinstance(one, SpanPointer)]
    found = [one for one in pointers if (one.table, one.column) == (NOTE, "note_text") and one.exists_in(case)]
    places = list({(one.row, one.start, one.stop): one for one in found}.values())
    return [one for one in places if not any(_holds(one, other) for other in places)]


def _holds(outer: SpanPointer, inner: SpanPointer) -> bool:
    """Whether one span is more than the other and contains it: a sentence, its words."""
    inside = outer.start <= inner.start and inner.stop <= outer.stop
    return outer.row == inner.row and inside and outer.stop - outer.start > inner.stop - inner.start


def _highlight(finding: Finding, pointer: SpanPointer, number: int, rank: int, language: str) -> Highlight:
    said = ", ".join(qualifier_words([name for name in finding.qualifiers if name in OF_WORDS], language))
    title = finding_label(finding, language) + (f" ({said})" if said else "")
    return Highlight(
        start=pointer.start,
        stop=pointer.stop,
        anchor=f"span-{finding.key}-{number}",
        rank=rank,
        about=finding.key,
        hollow=bool(HOLLOW & set(finding.qualifiers)),
        words=said,
        title=title,
    )


def _attribute(one: Attribute, language: str) -> tuple[str, str]:
    coded = CODED.get(one.value) if isinstance(one.value, str) else None
    value = (
        translate(coded, language)
        if coded
        else words.cell(one.value, language, "date" if _is_day(one.value) else "text")
    )
    return words.say(one.label, language), f"{value} {one.unit}" if one.unit else value


def _is_day(value: Cell) -> bool:
    try:
        return isinstance(value, str) and "-" in value and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _document(row: int, notes: _Notes) -> DocumentView:
    text, marks = notes.text(row), notes.marked.get(row, [])
    note_id = notes.cell("note_id", row)
    return DocumentView(
        row=row,
        title=notes.title(row),
        date=notes.date(row),
        length=len(text),
        marks=len(marks),
        note_id=note_id if isinstance(note_id, int) else None,
        shown=passages(text, marks),
    )
