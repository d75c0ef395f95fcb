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
    said = ~(mentions["negated"] | mentions["hypothesis"] | mentions["family"] | mentions["reported"])
    return [
        *_coded(mentions[said & (mentions["group"] == "stage")], "stage", MOST_DRUGS),
        *_coded(mentions[said & (mentions["group"] == "drug")], "drug", MOST_DRUGS),
        *_measured(mentions[(mentions["group"] == "measurement") & (mentions["label"] != "quantity")]),
    ]


def _coded(mentions: pd.DataFrame, group: str, most: int) -> list[Finding]:
    found = []
    for place, code in enumerate(mentions["code"].unique()[:most]):
        rows = mentions[mentions["code"] == code]
        first = rows.iloc[0]
        name = " ".join(str(first["words"]).split())[:80]
        dates = [date for date in rows["date"] if date]
        found.append(
            Finding(
                key=f"{group}:{code}" if code.isalnum() and len(code) < 40 else f"{group}:{place}",
                label=Sentence(fr=name, en=name),
                group=group,
                code=code or None,
                vocabulary=first["vocabulary"] or None,
                attributes=(
                    *([Attribute(name="date", label=_DATE, value=min(dates))] if dates else []),
                    Attribute(name="last-document", label=_LAST, value=first["note_date"]),
                ),
                evidence=tuple(spans(rows)),
            )
        )
    return found


def _measured(mentions: pd.DataFrame) -> list[Finding]:
    """The last value: the latest date of a sentence or else of a report, then the place in the report."""
    if mentions.empty:
        return []
    when = mentions["date"].where(mentions["date"] != "", mentions["note_date"])
    ordered = mentions.assign(when=when).sort_values(["when", "note", "start"], ascending=[True, False, True])
    last = ordered.groupby("label", sort=True).tail(1).sort_values("label")
    return [
        Finding(
            key=f"measurement:{row.label}",
            label=_written(row),
            group="measurement",
            attributes=(
                Attribute(name="value", label=_VALUE, value=float(row.value), unit=row.unit or None),
                Attribute(name="date", label=_DATE, value=row.when),
            ),
            evidence=tuple(spans(last[last["label"] == row.label])),
        )
        for row in rows_of(last.head(MOST_MEASUREMENTS))
        if row.value is not None
    ]


def _written(row: Any) -> Sentence:
    name = measures().get(row.label) or Sentence(fr=row.label, en=row.label)
    number = f"{float(row.value):.6g}"
    return Sentence(
        fr=f"{name.fr} {number.replace('.', ',')} {row.unit}".rstrip(), en=f"{name.en} {number} {row.unit}".rstrip()
    )
