"""Reads TNM stages: EDS-NLP's `eds.tnm`, run only on reports in which its own expression matches.

Cutting a report into tokens costs ten times the search for the expression, and few reports hold one. Label `tnm`, code
the normalised stage, status `metastatic` where M is 1 or more.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from msgspec.structs import asdict

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.dates_of import dates_of
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.reader_version import reader_version

LONGEST_CODE = 80


def read(texts: Sequence[str]) -> list[list[Mention]]:
    """The TNM stages of each text.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    return [_read_one(text) if _gate().search(text) else [] for text in texts]


def find_stages(text: str) -> list[tuple[int, int, str, str]]:
    """Start, stop, normalised stage and M of each stage, as `eds.tnm` finds them."""
    nlp = _pipeline()
    return [
        (span.start_char, span.end_char, span.kb_id_, span._.tnm.metastasis or "") for span in nlp(text).spans["tnm"]
    ]


def _read_one(text: str) -> list[Mention]:
    found = find_stages(text)
    if not found:
        return []
    from cognoscope.intake.reading.drugs_qualified import qualify_bounded

    spans = [(start, stop) for start, stop, _, _ in found]
    return [
        Mention(
            start=start,
            stop=stop,
            group="stage",
            label="tnm",
            code=code[:LONGEST_CODE],
            vocabulary="TNM",
            status="metastatic" if metastasis in {"1", "2", "3", "+"} else "",
            date=date,
            **asdict(said),
        )
        for (start, stop, code, metastasis), said, date in zip(
            found, qualify_bounded(text, spans), dates_of(text, spans), strict=True
        )
    ]


@cache
def _gate() -> Any:
    try:
        import regex
        from edsnlp.pipes.ner.tnm.patterns import tnm_pattern
    except ImportError as error:
        raise NotInstalled("Reading TNM stages needs the extra `text`: run `make text`.") from error
    return regex.compile(tnm_pattern)


@cache
def _pipeline() -> Any:
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.tnm", config={"span_setter": {"tnm": True}})
    # Reports come in one by one and may be long; the length was bounded when they were taken in.
    nlp.max_length = 10**9
    return nlp


COMPONENT = Component(
    "stages",
    reader_version(
        *("stages.py", "drugs_qualified.py", "dates_of.py", "qualifiers*", "conditions_pipeline.py", "regions_*"),
        libraries=("edsnlp", "spacy"),
    ),
    read,
)
