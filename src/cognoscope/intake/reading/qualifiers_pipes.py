"""EDS-NLP's five qualifiers on a document of regions: they look at the sentences that hold an entity, no other."""

import re
from bisect import bisect_left, bisect_right
from functools import partial
from typing import Any

from cognoscope.intake.reading.conditions_pipeline import QUALIFIERS
from cognoscope.intake.reading.conditions_windows import Sentences, parts_with_entities
from cognoscope.intake.reading.regions_doc import Regions

CUES = {
    r"\bne\b(?=[ \n]*(?:\w*[ \n]*){3}(?:pas|point|ni|aucun|jamais|rien))": re.compile(r"\bne\b"),
    r"(\".+\")|(\«.+\»)": re.compile('["«]'),
}
"""What a word must hold for one of the qualifiers' own expressions (EDS-NLP 0.23) to find a cue."""


MANY = 200
"""Cues; where there are more (a page of figures is one sentence of commas) only those that count are kept, as the
qualifiers' own time grows with their square."""

MARGIN = 30
"""Tokens around the part of an entity in which a cue could still hide another one: none of EDS-NLP's is as long."""


class Qualifying:
    """The qualifiers of a pipeline.

    watch: what a reader of regions must watch for (see `RegionReader`).
    """

    def __init__(self, nlp: Any, sentences: Sentences) -> None:
        self._pipes = [nlp.get_pipe(name) for name in QUALIFIERS]
        self._expressions = [pipe.regex_matcher.regex for pipe in self._pipes]
        used = {one.pattern for found in self._expressions for _, patterns, *_ in found for one in patterns}
        self._known = used <= set(CUES)
        self.watch = tuple(CUES.values())
        for pipe in self._pipes:
            pipe._boundaries = partial(parts_with_entities, sentences)
            pipe.get_cues = partial(_cues_near, pipe.get_cues)

    def qualify(self, regions: Regions) -> None:
        """Qualify `doc.ents`; an expression that can find nothing is not run."""
        self._use_expressions(not self._known or any(regions.watched))
        for pipe in self._pipes:
            pipe(regions.doc)

    def restore(self) -> None:
        """Let the pipes use their expressions again whatever the document."""
        self._use_expressions(True)

    def _use_expressions(self, use: bool) -> None:
        for pipe, expressions in zip(self._pipes, self._expressions, strict=True):
            pipe.regex_matcher.regex = expressions if use else []


def _cues_near(get_cues: Any, doc: Any, spans: list[Any] | None = None) -> list[Any]:
    """The cues that EDS-NLP finds, those aside that are beyond the terminations around every entity."""
    cues: list[Any] = get_cues(doc, spans)
    if len(cues) <= MANY or not spans:
        return cues
    ends = sorted({cue.start for cue in cues if cue.label_ == "termination"})
    ranges = []
    for span in spans:
        before, behind = bisect_right(ends, span.start), bisect_left(ends, span.end)
        first = ends[before - 1] if before else 0
        last = ends[behind] if behind < len(ends) else len(doc)
        ranges.append((max(first, span.sent.start) - MARGIN, last + MARGIN))
    starts, reached = [], 0
    stops = []
    for first, last in sorted(ranges):
        reached = max(reached, last)
        starts.append(first)
        stops.append(reached)
    return [cue for cue in cues if (at := bisect_right(starts, cue.start)) and cue.start <= stops[at - 1]]
