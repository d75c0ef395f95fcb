"""Who the rows of an OMOP export are about: from the export's `person_id` to the warehouse's."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cognoscope.intake.pseudonyms import Pseudonymiser, person_id
from cognoscope.intake.tables_identities import replaced

Ids = np.ndarray[tuple[int], np.dtype[np.int64]]


class Persons:
    """Sixteen bytes and a shift a person, however many there are.

    A person is known by `person_source_value` where the export has one, so that the same patient in another format
    gets the same pseudonym, and by `person_id` otherwise.
    """

    def __init__(self, pseudonymiser: Pseudonymiser) -> None:
        self._pseudonymiser = pseudonymiser
        self._source: Ids = np.empty(0, np.int64)
        self._key: Ids = np.empty(0, np.int64)
        self._days: Ids = np.empty(0, np.int64)

    def enter(self, ids: pa.ChunkedArray, source_values: pa.ChunkedArray | None) -> pa.Array:
        """Enter persons of the PERSON table; returns their pseudonyms."""
        known_by = pc.cast(ids, pa.string())
        if source_values is not None:
            known_by = pc.coalesce(source_values, known_by)
        pseudonyms = replaced(known_by, self._pseudonymiser.person, pa.string())
        keys = replaced(pseudonyms, person_id, pa.int64())
        days = replaced(pseudonyms, self._pseudonymiser.shift_days, pa.int64())
        source = np.concatenate([self._source, ids.to_numpy()])
        order = np.argsort(source, kind="stable")
        self._source = source[order]
        self._key = np.concatenate([self._key, keys.to_numpy()])[order]
        self._days = np.concatenate([self._days, days.to_numpy()])[order]
        return pseudonyms

    def find(self, ids: pa.ChunkedArray) -> tuple[pa.Array, pa.Array, pa.Array]:
        """For each id of the export: the warehouse's `person_id`, the days to shift by, and whether it is known."""
        wanted = ids.to_numpy()
        if not len(self._source):
            nothing = pa.repeat(pa.scalar(0, pa.int64()), len(wanted))
            return nothing, nothing, pa.repeat(pa.scalar(False), len(wanted))
        at = np.searchsorted(self._source, wanted).clip(max=len(self._source) - 1)
        return pa.array(self._key[at]), pa.array(self._days[at]), pa.array(self._source[at] == wanted)


def shifted_births(
    years: Sequence[int | None], months: Sequence[int | None], days: Sequence[int | None], shift: Sequence[int]
) -> tuple[list[int | None], list[int | None], list[int | None]]:
    """Dates of birth moved like every other date of the person; one that is not whole stays as it is."""
    moved = [_moved(*each) for each in zip(years, months, days, shift, strict=True)]
    return [each[0] for each in moved], [each[1] for each in moved], [each[2] for each in moved]


def _moved(
    year: int | None, month: int | None, day: int | None, shift: int
) -> tuple[int | None, int | None, int | None]:
    try:
        birth = np.datetime64(f"{year:04d}-{month:02d}-{day:02d}") + np.timedelta64(shift, "D")
    except (TypeError, ValueError):
        return year, month, day
    moved = birth.astype(object)
    return moved.year, moved.month, moved.day
