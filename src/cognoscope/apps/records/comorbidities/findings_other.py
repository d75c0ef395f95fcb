"""Drugs, TNM stages and measurements that the reports name, each once, with its last mention."""

from typing import Any

import pandas as pd

from cognoscope.apps.records.comorbidities.findings import spans
from cognoscope.apps.records.comorbidities.knowledge import measures
from cognoscope.apps.records.comorbidities.model import rows_of
from cognoscope.core.noun import Sentence
from cognoscope.core.values import Attribute, Finding

MOST_DRUGS = 40
MOST_MEASUREMENTS = 40
_DATE = Sentence(fr="date", en="date")
_VALUE = Sentence(fr="valeur", en="value")
_LAST = Sentence(fr="dernier document", en="last document")


def other_findings(mentions: pd.DataFrame) -> list[Finding]:
    """Asserted drugs by ATC code, stages by code, the last value of each analyte.

    mentions: one person's, as `case.read_mentions` gives them (reports the most recent first).
    """
    said = [one for one in rows_of(mentions) if not (one.negated or one.hypothesis or one.family or one.reported)]
    return [
        *_coded([one for one in said if one.group == "stage"], "stage", MOST_DRUGS),
        *_coded([one for one in said if one.group == "drug"], "drug", MOST_DRUGS),
        *_measured([one for one in said if one.group == "measurement" and one.label != "quantity"]),
    ]


def _coded(mentions: list[Any], group: str, most: int) -> list[Finding]:
    by_code: dict[str, list[Any]] = {}
    for one in mentions:
        by_code.setdefault(one.code, []).append(one)
    found = []
    for place, (code, rows) in enumerate(list(by_code.items())[:most]):
        name = " ".join(rows[0].words.split())[:80]
        dates = [one.date for one in rows if one.date]
        found.append(
            Finding(
                key=f"{group}:{code}" if code.isascii() and code.isalnum() and len(code) < 40 else f"{group}:{place}",
                label=Sentence(fr=name, en=name),
                group=group,
                code=code or None,
                vocabulary=rows[0].vocabulary or None,
                attributes=(
                    *([Attribute(name="date", label=_DATE, value=min(dates))] if dates else []),
                    Attribute(name="last-document", label=_LAST, value=rows[0].note_date),
                ),
                evidence=spans(rows),
            )
        )
    return found


def _measured(mentions: list[Any]) -> list[Finding]:
    """The last value: the latest date of a sentence or else of a report, then the place in the report."""
    last: dict[str, tuple[str, Any]] = {}
    for one in sorted(mentions, key=lambda one: (one.date or one.note_date, -one.note, one.start)):
        if isinstance(one.value, int | float):
            last[one.label] = (one.date or one.note_date, one)
    return [
        Finding(
            key=f"measurement:{label}",
            label=_written(one),
            group="measurement",
            attributes=(
                Attribute(name="value", label=_VALUE, value=float(one.value), unit=one.unit or None),
                Attribute(name="date", label=_DATE, value=when),
            ),
            evidence=spans([one]),
        )
        for label, (when, one) in sorted(last.items())[:MOST_MEASUREMENTS]
    ]


def _written(row: Any) -> Sentence:
    name = measures().get(row.label) or Sentence(fr=row.label, en=row.label)
    number = f"{float(row.value):.6g}"
    return Sentence(
        fr=f"{name.fr} {number.replace('.', ',')} {row.unit}".rstrip(), en=f"{name.en} {number} {row.unit}".rstrip()
    )
