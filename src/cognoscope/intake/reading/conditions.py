"""Conditions in reports: EDS-NLP's 18 (16 of the Charlson index, alcohol, tobacco), with what qualifies them.

The mentions are the entities (`doc.ents`) of EDS-NLP's documented pipeline, see `conditions_pipeline`.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.conditions_engine import Engine
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.qualifiers import qualifiers_of
from cognoscope.intake.reading.reader_version import reader_version


def read(texts: Sequence[str]) -> list[list[Mention]]:
    """The conditions of each text, ordered by `start`.

    `status` is EDS-NLP's `detailed_status` in lower case (`metastasis`, `with_complication`, `abstinence`), empty for
    conditions that have none; `severity` is what the pipe noted of a stage (`stage`), where it did.

    Raises:
        NotInstalled: where the extra `text` is missing.
    """
    engine = _engine()
    return [[_mention(*entity) for entity in engine.entities(text)] for text in texts]


def _mention(start: int, stop: int, span: Any) -> Mention:
    said = qualifiers_of(span)
    graded = (span._.assigned or {}).get("stage")
    return Mention(
        start=start,
        stop=stop,
        group="condition",
        label=span.label_,
        negated=said.negated,
        hypothesis=said.hypothesis,
        family=said.family,
        history=said.history,
        reported=said.reported,
        status=(span._.detailed_status or "").lower(),
        severity=_words(graded),
    )


def _words(noted: Any) -> str:
    """What a pipe noted: a span, some spans (the first counts) or nothing."""
    first = next(iter(noted), None) if isinstance(noted, list) else noted
    return "" if first is None else " ".join(str(first).split()).lower()


@cache
def _engine() -> Engine:
    return Engine()


COMPONENT = Component(
    "conditions", reader_version("conditions*", "qualifiers*", "regions_*", libraries=("edsnlp", "spacy")), read
)
