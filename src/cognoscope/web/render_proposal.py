"""Everything the proposal page shows, gathered once from the proposal, its case, its reviews and its outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cognoscope.core.card import Card
from cognoscope.core.case import Case
from cognoscope.core.evidence import FactPointer, PixelsPointer, Pointer, RowsPointer, SpanPointer
from cognoscope.core.image_value import ADDED, ImageValue
from cognoscope.core.inbox import bare
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import Reviewed
from cognoscope.core.values import SeriesValue, TextValue
from cognoscope.web import words
from cognoscope.web.charts import digits_for, series_chart
from cognoscope.web.i18n import N_, translate
from cognoscope.web.image_view import Amendments, added_views, amendments, image_value_view, viewer_data
from cognoscope.web.image_words import VERDICT, image_label
from cognoscope.web.render import (
    ELEMENTS_WITH_CONTROLS,
    CertaintyBar,
    Decision,
    ElementView,
    ValueView,
    certainty,
    decisions,
    value_view,
)
from cognoscope.web.render_text import FindingView, TextView, text_view

Status = Literal["current", "superseded", "expired"]

MINE = {VERDICT: N_("Conclusion avant de voir la proposition")}


@dataclass(frozen=True)
class Source:
    """One pointer of the evidence in words, and the page of the rows it points at; `pixels` is a place in the viewer:
    image, frame and box.
    """

    words: str
    note: str
    address: str | None
    pixels: str = ""


@dataclass(frozen=True)
class ProposalView:
    """A proposal as one person reads it at one moment.

    reader: whose own reading from before the proposal was shown stands beside it, where the college asks for one.
    """

    proposal: Proposal
    card: Card
    case: Case | None
    reviews: Sequence[Reviewed]
    known: Mapping[str, float]
    latest: str | None
    now: datetime
    zone: ZoneInfo
    language: str
    selected: str | None
    shown: str
    reads_texts: bool = True
    reads_images: bool = True
    reader: str | None = None

    @property
    def status(self) -> Status:
        """Whether it is still the one to decide on."""
        if self.latest is not None and self.latest != self.proposal.digest:
            return "superseded"
        return "expired" if self.proposal.useful_until <= self.now else "current"

    @property
    def open(self) -> bool:
        """Whether a decision is still asked for."""
        return self.status == "current"

    @property
    def subject(self) -> str:
        """The unit's own name where the case gives one, else the code of whom or what it is about."""
        name = self.case.fact("site_name") if self.case else None
        known = str(name) if name else self.proposal.subject_name or bare(self.proposal.subject)
        return words.short_subject(self.proposal.subject, known, self.language)

    @property
    def digits(self) -> int:
        """Decimals of the proposed numbers."""
        return digits_for(self.proposal.value) if isinstance(self.proposal.value, SeriesValue) else 1

    @cached_property
    def made(self) -> list[Decision]:
        """Every decision on it, newest first."""
        rest = isinstance(self.proposal.value, TextValue | ImageValue)
        return decisions(self.reviews, self.card, self.language, self.digits, whole_is_the_rest=rest)

    @property
    def whole(self) -> Decision | None:
        """The decision on the whole of it that stands."""
        return next((one for one in self.made if one.element is None and one.stands), None)

    @cached_property
    def value(self) -> ValueView | None:
        """The value as rows of words, None when the program abstained."""
        value = self.proposal.value
        if value is None:
            return None
        if isinstance(value, ImageValue):
            return image_value_view(value, self.case, self.language, self.made, self.amended, self.mine)
        return value_view(value, self.language, self.made, self.known, self.closer)

    @cached_property
    def amended(self) -> Amendments:
        """What people made of the elements on the images."""
        return amendments(self.reviews)

    @cached_property
    def mine(self) -> Amendments:
        """What this reader had entered before the proposal was shown to them."""
        return amendments(self.reviews, blind_of=self.reader) if self.reader else Amendments({}, ())

    @cached_property
    def added(self) -> list[ElementView]:
        """The places that people added to what was proposed."""
        return added_views(self.amended, self.case, self.language)

    @cached_property
    def viewer(self) -> dict[str, Any] | None:
        """Plain data for `static/image-view.js`; None where there is no image that this role may see."""
        if self.case is None or not self.case.images or not self.reads_images:
            return None
        value = self.proposal.value if isinstance(self.proposal.value, ImageValue) else None
        return viewer_data(self.proposal.digest, self.case, value, self.amended, self.language)

    @property
    def volumes(self) -> list[tuple[str, str]]:
        """The images that are a stack of slices, by name and label: they can be shown in three dimensions."""
        images = self.case.images if self.case and self.viewer else ()
        stacks = [one for one in images if one.raster.frames > 2 and len(one.raster.shape) == 3]
        return [(one.name, image_label(one, self.language)) for one in stacks]

    @cached_property
    def text(self) -> TextView:
        """The findings and the documents of a text proposal.

        Raises:
            TypeError: the value is of another kind.
        """
        if not isinstance(self.proposal.value, TextValue):
            raise TypeError("only what was read in texts has documents to show")
        case = self.case if self.reads_texts else None
        return text_view(self.proposal.value, case, self.language, self.text_address)

    @cached_property
    def elements_by_key(self) -> dict[str, ElementView]:
        """The elements of the value by their keys."""
        return {element.key: element for element in self.value.elements} if self.value else {}

    def element_words(self, key: str) -> str:
        """An element as people name it: a finding by its code and words, a day by its date."""
        found = self.elements_by_key.get(key)
        if found is None and key.startswith(ADDED):
            return translate(MINE.get(key, N_("Repère ajouté")), self.language)
        return found.label if found else words.element_label(key, self.language)

    @property
    def decided(self) -> int:
        """How many elements have a decision that stands and is not to decide later."""
        return sum(
            element.decision is not None and element.decision.verdict != "defer"
            for element in self.elements_by_key.values()
        )

    @property
    def all_decided(self) -> bool:
        """Whether a person decided on everything."""
        return bool(self.elements_by_key) and self.decided == len(self.elements_by_key)

    @property
    def answered(self) -> bool:
        """Whether a person said something on everything, be it to decide later."""
        return bool(self.elements_by_key) and all(one.decision for one in self.elements_by_key.values())

    @property
    def closer(self) -> dict[str, str]:
        """For each element that a person corrected and whose outcome is known: `program`, `people` or `equal`."""
        if not isinstance(self.proposal.value, SeriesValue):
            return {}
        people = corrected_numbers(self.reviews)
        found = {}
        for point in self.proposal.value.points:
            if point.key in self.known and point.key in people:
                lead = abs(people[point.key] - self.known[point.key]) - abs(point.expected - self.known[point.key])
                found[point.key] = "program" if lead > 0 else "people" if lead < 0 else "equal"
        return found

    @property
    def step(self) -> str:
        """`day` or `hour` for a series."""
        return self.proposal.value.step if isinstance(self.proposal.value, SeriesValue) else ""

    @property
    def kind(self) -> str:
        """The kind of the value; empty for an abstention."""
        return self.proposal.value.kind if self.proposal.value else ""

    @property
    def piecewise(self) -> bool:
        """Whether each element is decided alone, and the whole is what remains."""
        return self.kind in ("text", "image")

    @property
    def imaged(self) -> bool:
        """Whether there are images to show, or were."""
        return self.kind == "image" or bool(self.case and self.case.images)

    @property
    def all_controls(self) -> bool:
        """Whether every element has its own buttons on the page."""
        value = self.value
        if value is None or self.piecewise:
            return value is not None
        return 0 < len(value.elements) <= ELEMENTS_WITH_CONTROLS

    @property
    def controlled(self) -> list[ElementView]:
        """The elements with their own buttons: all of a few, else those of the chosen one's day."""
        if self.value is None or self.all_controls:
            return self.value.elements if self.value else []
        chosen = self.selected or self._most_telling
        return [element for element in self.value.elements if element.key[:10] == chosen[:10]]

    @property
    def _most_telling(self) -> str:
        headline = self.proposal.headline
        assert self.value is not None
        return (headline.element if headline else None) or self.value.elements[0].key

    @property
    def days(self) -> list[tuple[str, str]]:
        """For a series of hours, each day's first hour and its words: the way from one day to another."""
        if self.value is None or self.all_controls:
            return []
        first: dict[str, str] = {}
        for element in self.value.elements:
            first.setdefault(element.key[:10], element.key)
        return [(key, words.element_label(day, self.language, short=True)) for day, key in first.items()]

    @property
    def shown_day(self) -> str:
        """The day whose hours have buttons."""
        return self.controlled[0].key[:10]

    @property
    def correctable(self) -> bool:
        """Whether numbers can be corrected together in one form."""
        return isinstance(self.proposal.value, SeriesValue) and self.all_controls

    @property
    def headline(self) -> str:
        """The value in words, or that there is none."""
        if self.proposal.headline is None:
            return translate(N_("Le programme s'abstient"), self.language)
        return words.say(self.proposal.headline.text, self.language)

    @property
    def certainty(self) -> CertaintyBar | None:
        """The headline's small bar."""
        headline = self.proposal.headline
        return certainty(headline.expected, headline.interval, self.language) if headline else None

    @property
    def age(self) -> str:
        """How long ago it was computed."""
        return words.age(self.proposal.as_of, self.now, self.language)

    @property
    def as_of(self) -> str:
        """The instant up to which things were known."""
        return words.moment(self.proposal.as_of, self.zone, self.language)

    @property
    def useful_until(self) -> str:
        """The instant after which it needs no decision."""
        return words.moment(self.proposal.useful_until, self.zone, self.language)

    @property
    def chart_title(self) -> str:
        """What the figure is of."""
        return words.say(self.proposal.title, self.language)

    @property
    def chart_sentence(self) -> str:
        """What the figure says, for those who do not see it and those in a hurry."""
        sentences = [element.sentence for element in self.controlled if element.key == self._most_telling]
        return sentences[0] if sentences and sentences[0] else self.headline

    @cached_property
    def chart(self) -> dict[str, Any]:
        """Plain data for `static/charts.js`."""
        labels = {element.key: element.label for element in self.value.elements} if self.value else {}
        return series_chart(
            self.proposal, self.case, self.zone, self.now, labels, self.known, corrected_numbers(self.reviews)
        )

    @property
    def rows_address(self) -> str | None:
        """The page of the rows that the history was read from."""
        table = self.chart["table"]
        return f"/proposals/{self.proposal.digest}/rows/{table}" if table else None

    @property
    def driver_ranks(self) -> dict[str, int]:
        """Each driver's place in the table, which gives it its colour; beyond the fifth they share one."""
        names = self.value.driver_names if self.value else []
        return {name: min(rank, 6) for rank, (name, _) in enumerate(names)}

    @property
    def sources(self) -> list[Source]:
        """What it rests on, less what is shown with each finding."""
        value = self.proposal.value
        shown = {one for finding in value.findings for one in finding.evidence} if isinstance(value, TextValue) else ()
        return [self._source(pointer) for pointer in self.proposal.evidence if pointer not in shown]

    def sources_of(self, finding: FindingView) -> list[Source]:
        """What a finding rests on besides words: rows and facts."""
        return [self._source(pointer) for pointer in finding.others]

    def _source(self, pointer: Pointer) -> Source:
        note = words.say(pointer.note, self.language) if pointer.note else ""
        if isinstance(pointer, FactPointer):
            value = words.cell(self.case.fact(pointer.fact), self.language) if self.case else "–"
            return Source(note or f"{pointer.fact} : {value}", f"{pointer.fact} = {value}" if note else "", None)
        if isinstance(pointer, SpanPointer):
            read = pointer.text(self.case) if self.case and self.reads_texts else None
            address = f"{self.text_address(pointer.row)}#main" if read else None
            return Source(f"« {' '.join((read or '–').split())} »", note, address)
        if isinstance(pointer, PixelsPointer):
            return self._pixels(pointer, note)
        return Source(note or self._rows_words(pointer), self._rows_words(pointer) if note else "", self._rows(pointer))

    def _pixels(self, pointer: PixelsPointer, note: str) -> Source:
        image = self.case.image(pointer.image) if self.case else None
        said = image_label(image, self.language) if image else pointer.image
        if image and image.raster.frames > 1:
            slice_ = words.number(pointer.frame + 1, self.language)
            said = translate(N_("%(image)s, coupe %(slice)s"), self.language, image=said, slice=slice_)
        box = ",".join(str(edge) for edge in pointer.box or ())
        place = f"{pointer.image}:{pointer.frame}:{box}"
        return Source(note or said, said if note else "", "#viewer" if self.viewer else None, place)

    def _rows_words(self, pointer: RowsPointer) -> str:
        if pointer.stop - pointer.start == 1:
            row = words.number(pointer.stop, self.language)
            return translate(N_("Table %(table)s, ligne %(row)s"), self.language, table=pointer.table, row=row)
        return translate(
            N_("Table %(table)s, lignes %(start)s à %(stop)s"),
            self.language,
            table=pointer.table,
            start=words.number(pointer.start + 1, self.language),
            stop=words.number(pointer.stop, self.language),
        )

    def _rows(self, pointer: RowsPointer) -> str | None:
        if self.case is None:
            return None
        last = pointer.stop - 1
        return f"/proposals/{self.proposal.digest}/rows/{pointer.table}?row={last}#row-{last}"

    def text_address(self, row: int) -> str:
        """The page of the whole document in that row of the case."""
        return f"/proposals/{self.proposal.digest}/texts/{row}"

    @property
    def provenance(self) -> str:
        """Which program, version and case made it."""
        return translate(
            N_("%(application)s, version %(version)s · cas %(case)s · proposition %(digest)s"),
            self.language,
            application=self.proposal.application,
            version=self.proposal.version,
            case=self.proposal.case_digest[:12],
            digest=self.proposal.digest[:12],
        )


def corrected_numbers(reviews: Sequence[Reviewed]) -> dict[str, float]:
    """The last number a person gave for each element."""
    return {
        one.review.element: float(one.review.amended)
        for one in sorted(reviews, key=lambda one: one.seq)
        if one.review.element and isinstance(one.review.amended, int | float)
    }
