"""Labelled stays of an evaluation folder: files in the layout of `case_file`, each stay with `corrupted`."""

from datetime import UTC, datetime
from pathlib import Path

from cognoscope.apps.records.coding.case import read_back, stay_case
from cognoscope.apps.records.coding.case_file import objects, record_of, stay_from
from cognoscope.apps.records.coding.synthetic.hospital import Made

EVERYTHING = datetime(9999, 12, 31, tzinfo=UTC)


def labelled_stays(folder: Path) -> list[Made]:
    """Every stay of the folder's JSON files that says whether its codes were spoiled.

    `corrupted` is true or false; `corruption` may name the kind. A stay without codes or that cannot be read is left
    out.

    Raises:
        InvalidInput: a file is not as it should be.
    """
    found: list[Made] = []
    for path in sorted([*folder.glob("*.json"), *folder.glob("*.jsonl")]) if folder.is_dir() else []:
        for number, one in enumerate(objects(path), start=1):
            if not isinstance(one, dict) or not isinstance(one.get("corrupted"), bool):
                continue
            told = {name: value for name, value in one.items() if name not in ("corrupted", "corruption")}
            record = record_of(stay_from(told, f"{path}, stay {number}"), len(found))
            stay = read_back(stay_case(record, EVERYTHING))
            if stay is not None and stay.coded:
                kind = str(one.get("corruption") or "spoiled") if one["corrupted"] else ""
                found.append(Made(record.person, stay, (), kind))
    return found
