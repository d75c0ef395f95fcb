"""A small hospital with reports, for the tests of searching."""

from datetime import date

import pyarrow as pa

from cognoscope.intake import keys
from cognoscope.intake.warehouse import open_warehouse


def with_reports(home, reports, source="a"):
    """Commit reports: dictionaries of `note` columns, of which only note_id, person_id and note_text are needed."""
    if not home.key_file.exists():
        keys.create(home)
    warehouse = open_warehouse(home)
    rows = [
        {
            "note_date": date(2025, 1, 1),
            "note_title": "Compte rendu",
            "note_type_concept_id": 32831,
            "note_class_concept_id": 0,
            "encoding_concept_id": 0,
            "language_concept_id": 0,
            **report,
        }
        for report in reports
    ]
    warehouse.commit(source * 64, 0, {"note": pa.Table.from_pylist(rows)})
    return warehouse


def texts(*all_of_them, first=1):
    """Reports of one person each, numbered from `first`."""
    return [
        {"note_id": number, "person_id": 100 + number, "note_text": text}
        for number, text in enumerate(all_of_them, start=first)
    ]
