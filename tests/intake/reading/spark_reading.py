"""Drives a reading on a standalone Spark cluster, in a process of its own, whose sockets and warnings end with it.

python spark_reading.py HOME MASTER SHARED READER
"""

import sys
from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession

from cognoscope.core.home import Home
from cognoscope.intake.reading.on_spark import read_on_spark
from cognoscope.intake.warehouse import open_warehouse


def main(home: str, master: str, shared: str, reader: str) -> None:
    session = (
        SparkSession.builder.master(master)
        .appName("reading")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.executor.cores", "1")
        .config("spark.executor.memory", "512m")
        .config("spark.pyspark.python", sys.executable)
        .config("spark.sql.warehouse.dir", f"{shared}/spark")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    warehouse = open_warehouse(Home(Path(home)))
    for done in read_on_spark(warehouse, session, Path(shared), date(2026, 11, 21), names=[reader]):
        print(done.documents, done.mentions, done.refused)
    session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
