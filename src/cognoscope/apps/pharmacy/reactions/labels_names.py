"""Names of reactions in published tables, which widen the dictionary: (written, preferred term) pairs, without codes.

CTCAE v5 (NCI) and the reactions of FAERS tables (FDA) are in the public domain. SIDER 4.1 (CC BY-NC-SA) is read for
evaluation only, where a hospital would have its own MedDRA: nothing of it is in a shipped file.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cognoscope.apps.pharmacy.reactions.labels_words import name_of

Pair = tuple[str, str]


def public_names(datasets: Path) -> list[Pair]:
    """Names of CTCAE and FAERS under the folder of reference data; fewer or none where files are absent."""
    pairs: dict[Pair, None] = {}
    for row in _table(datasets / "drugs" / "ctcae-v5" / "ctcae_v5.csv.gz", ","):
        if row.get("MedDRA.Code", "").isdigit():
            pairs[row["CTCAE.Term"], row["CTCAE.Term"]] = None
    for path in sorted((datasets / "drugs" / "faers-2022q3").glob("contingency_*.tsv.gz")):
        for row in _table(path, "\t"):
            pairs[row["AE"], row["AE"]] = None
    return list(pairs)


def sider_names(datasets: Path) -> list[Pair]:
    """Low level and preferred terms of SIDER: an LLT row is followed by the PT row of the same concept.

    As in MedDRA a term that is also a preferred term means itself, and any other belongs to one: that of most rows.
    """
    path = datasets / "drugs" / "sider-4.1" / "meddra_all_se.tsv.gz"
    if not path.is_file():
        return []
    belongs: dict[str, Counter[str]] = {}
    preferred: dict[str, None] = {}
    before: list[str] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = line.rstrip("\n").split("\t")
            if row[3] == "LLT":
                before = row
            elif row[3] == "PT":
                preferred[row[5]] = None
                if before and before[2] == row[2]:
                    belongs.setdefault(before[5], Counter())[row[5]] += 1
    themselves = {name_of(name) for name in preferred}
    low = {one: max(sorted(pts), key=pts.__getitem__) for one, pts in belongs.items() if name_of(one) not in themselves}
    return sorted({*((name, name) for name in preferred), *low.items()})


def _table(path: Path, separator: str) -> Iterator[dict[str, str]]:
    if path.is_file():
        # The published table has a few bytes that are no UTF-8, in definitions that are not read here.
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
            yield from csv.DictReader(lines, delimiter=separator)
