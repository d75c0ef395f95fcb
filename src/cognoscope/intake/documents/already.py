"""What of a list is in the warehouse already, as it is: neither read nor written again."""

from dataclasses import replace

import duckdb
import numpy as np
import numpy.typing as npt

from cognoscope.core.canonical import digest
from cognoscope.intake.documents.items import Batch
from cognoscope.intake.manifest import Part
from cognoscope.intake.parquet import configuration, read
from cognoscope.intake.warehouse import Warehouse


def content_keys(warehouse: Warehouse) -> npt.NDArray[np.int64]:
    """Of every document that is in the warehouse as it was taken in; sorted, 8 bytes each.

    A note that was written over since (by another intake, without its text) is not among them.
    """
    committed = warehouse.manifest()
    origins, notes = committed.files("note_origin"), committed.files("note")
    if not origins or not notes:
        return np.empty(0, np.int64)
    sql = f"""
        WITH origin AS (
            SELECT note_id, arg_max(content_key, _order) AS content_key, max(_order) AS _order
            FROM {read(warehouse.folder, origins)} GROUP BY note_id
        ), latest AS (SELECT note_id, max(_order) AS _order FROM {read(warehouse.folder, notes)} GROUP BY note_id)
        SELECT content_key FROM origin SEMI JOIN latest USING (note_id, _order)
    """  # noqa: S608 - made of the paths of the warehouse's own parts
    with duckdb.connect(config=configuration(warehouse.folder)) as database:
        return np.sort(np.asarray(database.execute(sql).fetchnumpy()["content_key"], np.int64))


def to_do(warehouse: Warehouse, batch: Batch) -> Batch | Part:
    """The batch, or what was committed of it when that still stands.

    It does not where a document was changed and came back as it was: then the batch is done again under another name,
    so that its rows come after those of the change.
    """
    done = warehouse.parts(batch.source).get(0)
    if done is None:
        return batch
    aside = sum(tally.quarantined for tally in done.tallies.values())
    if len(batch.items) + len(batch.flaws) == aside:
        return done
    committed = sum(len(source.parts) for source in warehouse.manifest().sources.values())
    return replace(batch, source=digest([batch.source, committed]))


def is_in(there: npt.NDArray[np.int64], keys: list[int]) -> list[bool]:
    """Whether each key is among the sorted ones."""
    if not len(there):
        return [False] * len(keys)
    wanted = np.asarray(keys, np.int64)
    places = np.searchsorted(there, wanted).clip(max=len(there) - 1)
    found: list[bool] = (there[places] == wanted).tolist()
    return found
