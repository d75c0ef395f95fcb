"""Runs cohorts on Spark in a process of its own, whose sockets and warnings end with it.

    python spark_session.py FOLDER OPTED_OUT NOTES < definitions.json

FOLDER holds one Parquet file a table; prints JSON: members of each cohort, keys of every condition, every mention,
whom NOTES (reports that an index found) are about, seconds of each.
"""

import json
import sys
import time
from pathlib import Path

import ibis
from pyspark.sql import SparkSession

from cognoscope.intake.cohorts import Cohort, TextFound, members
from cognoscope.intake.reading.rows import mentions


def main(folder: Path, opted_out: list[int], notes: list[int]) -> None:
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.warehouse.dir", str(folder / "spark"))
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    backend = ibis.pyspark.connect(session)
    for file in folder.glob("*.parquet"):
        backend.read_parquet(str(file), table_name=file.stem)
    found, seconds = [], []
    for definition in json.load(sys.stdin):
        start = time.monotonic()
        cohort = Cohort.model_validate(definition)
        found.append(sorted(members(cohort, backend, opted_out).to_pyarrow()["person_id"].to_pylist()))
        seconds.append(round(time.monotonic() - start, 3))
    conditions = session.table("condition_occurrence").select(
        "condition_occurrence_id", "person_id", "visit_occurrence_id", "condition_start_date"
    )
    keys = [["" if value is None else str(value) for value in row] for row in conditions.collect()]
    read = mentions(backend)
    rows = read.drop("visit_occurrence_id").order_by("note_nlp_id").to_pyarrow().to_pylist()
    words = Cohort(name="words", criterion=TextFound(text="x"))
    about = members(words, backend, find_text=lambda _: notes).to_pyarrow()["person_id"].to_pylist()
    result = {"members": found, "conditions": sorted(keys), "mentions": rows, "seconds": seconds}
    print(json.dumps({**result, "through_index": sorted(about)}, default=str))
    session.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3]))
