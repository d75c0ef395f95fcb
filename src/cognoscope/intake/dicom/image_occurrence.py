"""The series of the image store as rows of the warehouse: `image_occurrence` of the OMOP medical imaging extension.

Park, W. Y. et al. (2024), "Development of Medical Imaging Data Standardization for Imaging-Based Observational
Research: OMOP Common Data Model Extension", J. Imaging Inform. Med. 37. Concepts of modality are those of the DICOM
vocabulary in Athena; where none was looked up the concept is 0 and the source value says it, as OMOP wants.
"""

from collections.abc import Iterable
from datetime import date

import pyarrow as pa

from cognoscope.core.canonical import digest
from cognoscope.intake.dicom.store_index import Index, SeriesRow
from cognoscope.intake.pseudonyms import Pseudonymiser, person_id
from cognoscope.intake.warehouse import Warehouse


def publish(index: Index, studies: Iterable[str], warehouse: Warehouse, pseudonymiser: Pseudonymiser) -> int:
    """Write one row a series of these studies (pseudonymous UIDs), as the store knows them now; returns their number.

    A series that grew replaces its older row; rows that are there already are not written again.
    """
    rows = [each for study in sorted(set(studies)) for each in index.series(study=study) if each[0].taken]
    if not rows:
        return 0
    source = digest(["image_occurrence", [[row.series, count] for row, count in rows]])
    warehouse.commit(source, 0, {"image_occurrence": _table(rows, pseudonymiser)})
    return len(rows)


def _table(rows: list[tuple[SeriesRow, int]], pseudonymiser: Pseudonymiser) -> pa.Table:
    return pa.table(
        {
            "image_occurrence_id": [pseudonymiser.key63("image_occurrence", row.series) for row, _ in rows],
            "person_id": [person_id(row.person) for row, _ in rows],
            "local_path": [f"{row.study}/{row.series}" for row, _ in rows],
            "image_occurrence_date": [date.fromisoformat(row.taken) for row, _ in rows],
            "image_study_uid": [row.study for row, _ in rows],
            "image_series_uid": [row.series for row, _ in rows],
            "modality_source_value": [row.modality for row, _ in rows],
            "anatomic_site_source_value": [row.body_part or None for row, _ in rows],
            "image_count": [count for _, count in rows],
        }
    )
