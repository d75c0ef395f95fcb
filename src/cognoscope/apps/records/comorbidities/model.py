"""What mentions of many persons add up to: the state of each condition, and the Charlson score. Frames in, frames out.

A condition is `present` where at least one mention asserts it, unless as many documents or more deny it and the last
denial is not older: then, and where it is only supposed or reported, it is `uncertain`. Where only denied it is
`denied`, where only of relatives `family`. Status and severity are the worst that is asserted. Words that EDS-NLP reads
as a condition but that are not it in the index (`HTA` as arterial disease) stay in the reading and are left out here
(`exclusions.csv`).

Charlson ME et al., J Chronic Dis 1987;40:373-383 (weights); Charlson M et al., J Clin Epidemiol 1994;47:1245-1251
(age); Quan H et al., Am J Epidemiol 2011;173:676-682 (updated weights). The severe form of a condition replaces the
common one; in the updated weights cancers count once, by the worst.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from cognoscope.apps.records.comorbidities.knowledge import (
    age_points,
    condition,
    conditions,
    exclusions,
    folded,
    grades,
)

MENTION_COLUMNS = (
    *("person", "note", "note_date", "group", "label", "words", "status", "severity", "date"),
    *("negated", "hypothesis", "family", "history", "reported"),
)
"""Columns of the frame of mentions. `person` and `note` are any keys; dates are ISO 8601 text, empty where unknown."""


def counted(mentions: pd.DataFrame) -> pd.DataFrame:
    """The mentions of conditions that count, with `condition`, `rank`, `severe` and how each is meant (`said`).

    A TNM stage counts as a mention of a solid tumour. `said` is `asserted`, `denied`, `supposed` or `family`.
    """
    kept = mentions[mentions["group"].isin(["condition", "stage"])].copy()
    kept["condition"] = kept["label"].where(kept["group"] == "condition", "solid_tumor")
    kept = kept[kept["condition"].isin({name for name, _ in conditions()})]
    kept = kept[~_excluded(kept)]
    rank, severe = _grade(kept, "status"), _grade(kept, "severity")
    kept["rank"] = rank["rank"].where(rank["rank"] >= severe["rank"], severe["rank"])
    kept["severe"] = rank["severe"] | severe["severe"]
    kept["said"] = "asserted"
    kept.loc[kept["hypothesis"] | kept["reported"], "said"] = "supposed"
    kept.loc[kept["negated"], "said"] = "denied"
    kept.loc[kept["family"], "said"] = "family"
    # What the family does not have says nothing of the patient.
    return kept[~(kept["family"] & kept["negated"])].copy()


def aggregate(mentions: pd.DataFrame) -> pd.DataFrame:
    """One row a person and condition, in the order of persons and of `conditions.csv`.

    Args:
        mentions: `MENTION_COLUMNS`.

    Returns:
        `person`, `condition`, `state` (`present`, `uncertain`, `denied`, `family`), `severe`, `rank`, `conflict`
        (asserted in one document, denied in another), `history` (every assertion is of the past), `first` (the
        earliest date), `last` (the last document), and how many mentions and documents say what.
    """
    return states_of(counted(mentions))


def states_of(rows: pd.DataFrame) -> pd.DataFrame:
    """`aggregate` of mentions that `counted` has gone through."""
    rows = rows.copy()
    keys = ["person", "condition"]
    rows["asserted"] = rows["said"] == "asserted"
    rows["denied"] = rows["said"] == "denied"
    rows["supposed"] = rows["said"] == "supposed"
    rows["of_family"] = rows["said"] == "family"
    rows["past"] = rows["history"] | ~rows["asserted"]
    rows["rank"] = rows["rank"].where(rows["asserted"], 0)
    rows["severe"] = rows["severe"] & rows["asserted"]
    # Dates as their rank: numbers are compared in one pass, texts group by group.
    when = rows["date"].where(rows["date"] != "", rows["note_date"])
    known = np.unique(np.concatenate([when.to_numpy(str), rows["note_date"].to_numpy(str), [""]]))
    rows["when"] = np.where(rows["asserted"], np.searchsorted(known, when.to_numpy(str)), len(known))
    seen = np.searchsorted(known, rows["note_date"].to_numpy(str))
    rows["seen"] = np.where(rows["asserted"], seen, 0)
    rows["seen_denied"] = np.where(rows["denied"], seen, 0)
    found = rows.groupby(keys, sort=False).agg(
        asserted=("asserted", "sum"),
        denied=("denied", "sum"),
        supposed=("supposed", "sum"),
        of_family=("of_family", "sum"),
        rank=("rank", "max"),
        severe=("severe", "max"),
        history=("past", "min"),
        first=("when", "min"),
        last=("seen", "max"),
        last_denied=("seen_denied", "max"),
    )
    by_note = rows.groupby([*keys, "note"], sort=False).agg(asserted=("asserted", "max"), denied=("denied", "max"))
    by_note["denied"] &= ~by_note["asserted"]
    notes = by_note.groupby(level=keys, sort=False).sum()
    found["notes_asserting"] = notes["asserted"].astype("int64")
    found["notes_denying"] = notes["denied"].astype("int64")
    found["conflict"] = (found["notes_asserting"] > 0) & (found["notes_denying"] > 0)
    found["history"] = found["history"].astype(bool) & (found["asserted"] > 0)
    found["state"] = "family"
    found.loc[found["denied"] > 0, "state"] = "denied"
    found.loc[(found["supposed"] > 0) | (found["asserted"] > 0), "state"] = "uncertain"
    outweighs = (found["notes_asserting"] > found["notes_denying"]) | (found["last"] > found["last_denied"])
    found.loc[(found["asserted"] > 0) & outweighs, "state"] = "present"
    found["first"] = np.append(known, "")[found["first"]]
    found["last"] = known[found["last"]]
    found = found.reset_index()
    order = {name: place for place, (name, _) in enumerate(conditions())}
    found["order"] = found["condition"].map(order)
    return found.sort_values(["person", "order"], ignore_index=True).drop(columns=["order", "last_denied"])


def charlson(states: pd.DataFrame, doubtful: bool = False) -> pd.DataFrame:
    """The scores of each person of `aggregate`'s rows: index `person`, columns `charlson_1987` and `quan_2011`.

    doubtful: count uncertain conditions too, for the highest score that the reports leave open.
    """
    counting = states[states["state"].isin(["present", "uncertain"] if doubtful else ["present"])]
    forms = [condition(name, severe) for name, _ in conditions() for severe in (False, True)]
    weights = pd.DataFrame(
        {
            "condition": [form.name for form in forms],
            "severe": [False, True] * len(conditions()),
            "charlson_1987": [form.charlson_1987 for form in forms],
            "quan_2011": [form.quan_2011 for form in forms],
            "category": [form.quan_category for form in forms],
        }
    ).drop_duplicates(["condition", "severe"])
    weighed = counting.astype({"severe": bool}).merge(weights, on=["condition", "severe"], how="left")
    persons = pd.Index(states["person"].unique(), name="person")
    old = weighed.groupby("person")["charlson_1987"].sum()
    updated = weighed.groupby(["person", "category"])["quan_2011"].max().groupby("person").sum()
    scores = pd.DataFrame({"charlson_1987": old, "quan_2011": updated})
    return scores.reindex(persons).fillna(0).astype("int64")


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Each row as a record with its columns as attributes."""
    return iter(frame.itertuples(index=False))


def points_of_age(age: int) -> int:
    """Points that the age adds to the index."""
    return max(points for start, points in age_points() if age >= start)


def _excluded(rows: pd.DataFrame) -> pd.Series:
    """Which mentions are of words that do not count; each different wording is looked at once."""
    pairs = rows[["condition", "words"]].drop_duplicates()
    pairs = pairs[pairs["condition"].isin({rule.condition for rule in exclusions()})]
    out = {
        (name, words)
        for name, words in pairs.itertuples(index=False)
        if any(rule.condition == name and rule.pattern.search(folded(words)) for rule in exclusions())
    }
    if not out:
        return pd.Series(False, index=rows.index)
    excluded = pd.MultiIndex.from_tuples(sorted(out))
    return pd.Series(pd.MultiIndex.from_frame(rows[["condition", "words"]]).isin(excluded), index=rows.index)


def _grade(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rank and severity that a column gives each mention."""
    pairs = list(zip(rows["condition"], rows[column], strict=True))
    known = {pair: grades().get((pair[0], folded(pair[1]))) for pair in set(pairs)}
    ranks = [grade.rank if (grade := known[pair]) else 0 for pair in pairs]
    severe = [bool(grade and grade.severe) for grade in (known[pair] for pair in pairs)]
    return pd.DataFrame({"rank": ranks, "severe": severe}, index=rows.index, dtype=object).astype(
        {"rank": "int64", "severe": bool}
    )
