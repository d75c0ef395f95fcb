"""CIM-10 as the PMSI publishes it, where a copy lies on this machine: which codes exist, and their French labels.

Looked up while a case is built, so that proposing needs no file: EDS-NLP's package (extra `text`) carries ATIH's
labels; else the folder of reference data may hold the SNDS table. Without either, no code is said not to exist.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from cognoscope.apps.records.coding.knowledge import bare, dotted, rows
from cognoscope.apps.records.coding.stay import Known
from cognoscope.datasets.registry import datasets_folder


def look_up(codes: Iterable[str]) -> dict[str, Known]:
    """What is known of some codes, by code without dot."""
    labels = cim10()
    own = {bare(row["code"]): row["label_fr"] for row in rows("terms")}
    found = {}
    for code in sorted({bare(code) for code in codes}):
        label = own.get(code) or labels.get(code, "")
        found[code] = Known(label or dotted(code), code in labels if labels else None)
    return found


@cache
def cim10() -> dict[str, str]:
    """Every code of the PMSI's CIM-10 without its dot, and its label; empty where no copy is found."""
    spec = find_spec("edsnlp")
    for folder in spec.submodule_search_locations or () if spec else ():
        if (path := Path(folder) / "resources" / "cim10.csv.gz").is_file():
            return dict(_pairs(path, ",", "code", "long"))
    path = datasets_folder() / "warehouse" / "snds-pmsi" / "IR_CIM_V.csv.gz"
    return dict(_pairs(path, ";", "CIM_COD", "CIM_LIB")) if path.is_file() else {}


def _pairs(path: Path, separator: str, code: str, label: str) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter=separator):
            yield row[code].strip(), row[label].strip()
