"""Reads what is unread on a Spark cluster, through EDS-NLP's own Spark execution; the same rows as on one machine.

The warehouse stays where it is: the texts go out as one Parquet file, the mentions come back as another, both in a
folder that every machine of the cluster reaches. Spark gives the work of a lost machine to the others. What was written
is entered chunk by chunk as on one machine; a run that is killed is simply run again.
"""

import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.reading.component import COMPONENTS, Component, component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.on_one_machine import CHUNK, PATIENCE_SECONDS, Progress, Read, source_of
from cognoscope.intake.reading.unread import Notes, count_unread, tables_of, unread
from cognoscope.intake.reading.work import read_each, refusals
from cognoscope.intake.warehouse import Warehouse
from cognoscope.intake.writelock import exclusive

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TEXTS_A_TASK = 250
"""Reports of one Spark task: small enough that a lost machine costs little, large enough to outweigh the sending."""

Row = dict[str, Any]
_MENTIONS = msgspec.json.Decoder(list[Mention])


def read_on_spark(
    warehouse: Warehouse,
    session: "SparkSession",
    shared: Path,
    on: date,
    *,
    names: Iterable[str] = COMPONENTS,
    progress: Progress = lambda name, done, total: None,
) -> list[Read]:
    """What `read_warehouse` does, with the texts read by the executors of a Spark session.

    Args:
        warehouse: holds `note`; only this process writes into it.
        session: its executors run this installation's Python with the extra `text`.
        shared: a folder that driver and executors reach; what is put there is removed again.
        on: the day of reading.
        names: the components.
        progress: told after each chunk that was entered.

    Raises:
        NotInstalled: EDS-NLP is missing.
    """
    try:
        import edsnlp  # noqa: F401
    except ImportError as error:
        raise NotInstalled("Reading on Spark needs EDS-NLP: run `make text`.") from error
    lock = warehouse.folder / "reading.lock"
    with exclusive(lock, f"the readings of {warehouse.folder}", lambda sentence: None, PATIENCE_SECONDS):
        return [_read(warehouse, session, shared, component(name), on, progress) for name in names]


def _read(
    warehouse: Warehouse, session: "SparkSession", shared: Path, reader: Component, on: date, progress: Progress
) -> Read:
    backend = warehouse.connect()
    folder = shared / f"reading-{reader.name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        total = count_unread(backend.con, reader)
        documents = mentions = refused = 0
        if total:
            _send(backend.con, reader, folder / "texts.parquet")
            _execute(session, reader.name, folder, -(-total // TEXTS_A_TASK))
            source = source_of(warehouse, reader)
            for part, rows in enumerate(_chunks(folder / "mentions")):
                notes = Notes(rows["note_id"], rows["person_id"], rows["note_text"])
                found = [_MENTIONS.decode(mentions) for mentions in rows["mentions"]]
                failures = {place: why for place, why in enumerate(rows["failure"]) if why}
                tables = tables_of(reader, notes, found, on) | refusals(reader, source, notes, failures)
                warehouse.commit(source, part, tables)
                documents += len(found)
                mentions += sum(map(len, found))
                refused += len(failures)
                progress(reader.name, documents, total)
            warehouse.settle()
        return Read(f"{reader.name}:{reader.version[:12]}", documents, mentions, refused)
    finally:
        backend.disconnect()
        shutil.rmtree(folder, ignore_errors=True)


def _send(connection: Any, reader: Component, file: Path) -> None:
    """The unread texts as Parquet, a chunk in memory at a time."""
    schema = pa.schema([("note_id", pa.int64()), ("person_id", pa.int64()), ("note_text", pa.string())])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for notes in unread(connection, reader, CHUNK):
            columns = [list(notes.note_ids), list(notes.person_ids), list(notes.texts)]
            writer.write_table(pa.table(columns, schema=schema))


def _execute(session: "SparkSession", name: str, folder: Path, tasks: int) -> None:
    import edsnlp
    from pyspark.sql import types

    fields = [("note_id", types.LongType()), ("person_id", types.LongType()), ("note_text", types.StringType())]
    fields += [("mentions", types.BinaryType()), ("failure", types.StringType())]
    schema = types.StructType([types.StructField(field, kind) for field, kind in fields])
    texts = session.read.parquet(str(folder / "texts.parquet")).repartition(tasks)
    stream = edsnlp.data.from_spark(texts, converter=_as_it_is)
    stream = stream.map_batches(reading_of(name), batch_size=TEXTS_A_TASK)
    stream = stream.set_processing(backend="spark")
    rows = stream.to_spark(converter=_as_it_is, dtypes=schema)
    rows.write.mode("overwrite").parquet(str(folder / "mentions"))


def reading_of(name: str) -> Callable[[list[Row]], list[Row]]:
    """What an executor does with some rows; it finds the component itself, so nothing of it travels."""

    def read(rows: list[Row]) -> list[Row]:
        found, failures = read_each(component(name), [row["note_text"] for row in rows])
        return [
            row | {"mentions": msgspec.json.encode(mentions), "failure": failures.get(place, "")}
            for place, (row, mentions) in enumerate(zip(rows, found, strict=True))
        ]

    return read


def _as_it_is(row: Row) -> Row:
    return row


def _chunks(folder: Path) -> Iterable[dict[str, list[Any]]]:
    """The rows that came back, ordered by file, in pieces that fit in memory."""
    for file in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(CHUNK):
            yield batch.to_pydict()
