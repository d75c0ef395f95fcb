"""Qualifiers of disorders: EDS-NLP's five, with two corrections that hold for disorders only.

The 18 conditions are read as EDS-NLP reads them; here it is free to do better. A bracket before a full stop hides the
end of the sentence from EDS-NLP; and what an examination is asked `to rule out` is supposed, not negated.
"""

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from msgspec.structs import replace

from cognoscope.intake.reading.qualifiers import Qualifiers, qualify

REACH = 80
"""Characters before a mention in which a cue of `disorders_cues.csv` makes it supposed."""


def qualified(text: str, spans: Sequence[tuple[int, int]]) -> list[Qualifiers]:
    """The qualifiers of each span, in their order.

    Raises:
        NotInstalled: where EDS-NLP is missing.
    """
    said = qualify(text.replace(").", " ."), spans)
    return [_supposed(text, start, about) for (start, _), about in zip(spans, said, strict=True)]


def _supposed(text: str, start: int, about: Qualifiers) -> Qualifiers:
    if about.negated and _cues().search(text[max(0, start - REACH) : start]):
        return replace(about, negated=False, hypothesis=True)
    return about


@cache
def _cues() -> re.Pattern[str]:
    """A cue with no end of a sentence after it."""
    rows = csv.DictReader(files(__package__).joinpath("disorders_cues.csv").read_text(encoding="utf-8").splitlines())
    words = "|".join(re.escape(row["words"]).replace("'", "['’]").replace(r"\ ", r"\s+") for row in rows)
    return re.compile(rf"(?i)\b(?:{words})\b[^.;]*$")
