"""Reads measurements: a number with its unit, and what was measured where a known name stands before it on the line.

An own rule over two tables (`measurements_analytes.csv`, `measurements_units.csv`): `eds.quantities` reads more forms
(numbers in letters, tables) but costs 3.4 ms a report. The label is the analyte (`creatinine`) with its value in the
analyte's unit, or `quantity` with the unit as written; a value out of the analyte's plausible range is a `quantity`.
Blood pressure gives two mentions. Numbers are not qualified: nobody writes a negated creatinine.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.dates_of import dates_of
from cognoscope.intake.reading.measurements_known import Analyte, Known, flattened, known
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.reader_version import reader_version

REACH = 60
"""How far before its number the name of an analyte may stand."""
REACH_BARE = 25
"""The same where the number has no unit."""
_AGAIN = re.compile(r"(?:\s*(?:,|puis|a|et|=>|->|-|contre|vs|\()\s*)")
_NOT_ITS_VALUE = re.compile(r"[;\n<>]|\.\s|\b(?:entre|normes?|vn|valeurs? normales?|inferieure? a|superieure? a)\b")
"""What parts a name from a number after it: the end of a clause, a normal range, a bound."""
_PRESSURE = re.compile(
    r"(?:\b(?:ta|pa|tension arterielle|pression arterielle|tension)\b)[^\d\n;]{0,25}?"
    r"(?P<high>\d{1,3}(?:[.,]\d)?)\s?(?:mmhg|cmhg)?\s?/\s?(?P<low>\d{1,3}(?:[.,]\d)?)(?![\d/])\s?(?:mmhg|cmhg)?"
)


def read(texts: Sequence[str]) -> list[list[Mention]]:
    """The measurements of each text, by place.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    return [_read_one(text) for text in texts]


def _read_one(text: str) -> list[Mention]:
    flat = flattened(text)
    tables = known()
    pressures = list(_pressures(flat)) if "/" in flat else []
    found = [*pressures, *_values(flat, tables, {start for start, *_ in pressures})]
    found.sort()
    dates = dates_of(text, [(start, stop) for start, stop, *_ in found])
    return [
        Mention(start=start, stop=stop, group="measurement", label=label, value=value, unit=unit, date=date)
        for (start, stop, label, value, unit), date in zip(found, dates, strict=True)
    ]


Found = tuple[int, int, str, float, str]


def _pressures(flat: str) -> Iterator[Found]:
    for match in _PRESSURE.finditer(flat):
        high, low = number(match["high"]), number(match["low"])
        # 14/8 is said in centimetres of mercury.
        scale = 10.0 if high < 30 else 1.0
        if 40 <= high * scale <= 300 and 20 <= low * scale < high * scale:
            yield match.start("high"), match.end("high"), "systolic-pressure", high * scale, "mmHg"
            yield match.start("low"), match.end("low"), "diastolic-pressure", low * scale, "mmHg"


def _values(flat: str, tables: Known, taken: set[int]) -> Iterator[Found]:
    names = tables.names_in(flat)
    ends = [stop for _, stop, _ in names]
    used, used_until = -1, 0
    for match in tables.value.finditer(flat):
        start, written = match.start(), match["unit"]
        place = bisect_right(ends, start) - 1
        analyte = names[place][2] if place >= 0 else None
        gap = flat[ends[place] : start] if analyte and start - ends[place] <= REACH else None
        taken_up = place == used and not _AGAIN.fullmatch(flat[used_until:start])
        if gap is None or taken_up or _NOT_ITS_VALUE.search(gap):
            analyte = None
        read_as = _as_analyte(match["number"], written, analyte, len(gap or ""), tables)
        if read_as:
            used, used_until = place, match.end()
            if start not in taken:
                yield start, match.end(), *read_as
        elif written and written != "%" and start not in taken and (unit := tables.unit("*", written)):
            yield start, match.end(), "quantity", round(number(match["number"]) * unit[1], 6), unit[0]


def _as_analyte(
    digits: str, written: str | None, analyte: Analyte | None, gap: int, tables: Known
) -> tuple[str, float, str] | None:
    """Label, value and unit where this is a plausible value of the analyte."""
    if analyte is None:
        return None
    if written:
        unit = tables.unit(analyte.label, written)
        if unit is None or unit[0] != analyte.unit:
            return None
        value = number(digits, thousands=written.endswith("mm3")) * unit[1]
    elif analyte.bare and gap <= REACH_BARE:
        value = number(digits)
    else:
        return None
    return (analyte.label, round(value, 6), analyte.unit) if analyte.low <= value <= analyte.high else None


def number(digits: str, thousands: bool = False) -> float:
    """`3,5`, `3.5`, `10 000`, and `10.000` where thousands are meant."""
    plain = digits.replace(" ", "")
    if thousands and re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain):
        return float(re.sub(r"[.,]", "", plain))
    return float(plain.replace(",", "."))


COMPONENT = Component(
    "measurements", reader_version("measurements*", "dates_of.py", libraries=("pyahocorasick",)), read
)
