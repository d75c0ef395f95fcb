"""The verb `read`: the reports of the warehouse become mentions, each report once a version of what reads it."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from cognoscope.intake.reading.on_one_machine import Read
    from cognoscope.intake.warehouse import Warehouse


def register(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command("read")(_read)


def _read(
    component: list[str] = typer.Option([], help="Only this component, may be repeated; default: all of them."),
    workers: int | None = typer.Option(None, min=1, help="Processes; default: one a core."),
    spark: str | None = typer.Option(None, metavar="MASTER", help="Read on this Spark cluster: spark://host:7077."),
    shared: Path | None = typer.Option(None, help="With --spark: a folder that all machines of the cluster reach."),
) -> None:
    """Read the reports that are new, changed, or were read by an earlier version; for a timer, after each ingest."""
    from datetime import UTC, datetime

    from cognoscope.core.actor import program
    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.events import DocumentsRead
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.reading.component import COMPONENTS
    from cognoscope.intake.reading.on_one_machine import read_warehouse
    from cognoscope.intake.warehouse import open_warehouse

    if (spark is None) != (shared is None):
        raise InvalidInput("A reading on Spark needs both --spark MASTER and --shared FOLDER.")
    home = default_home()
    now = datetime.now(UTC)
    warehouse = open_warehouse(home, lambda sentence: typer.echo(sentence, err=True))
    with Ledger.open(home.ledger_url) as ledger:
        for name in component or COMPONENTS:
            if spark is not None and shared is not None:
                done = _on_spark(warehouse, spark, shared, name)
            else:
                (done,) = read_warehouse(warehouse, now.date(), names=[name], workers=workers, progress=_progress())
            if done.documents:
                event = DocumentsRead(system=done.system, documents=done.documents, mentions=done.mentions)
                ledger.append(event, program("reading"), now)
            refused = f", {done.refused} in quarantine" if done.refused else ""
            typer.echo(f"{name}: {done.documents} reports read, {done.mentions} mentions{refused}.")


def _on_spark(warehouse: "Warehouse", master: str, shared: Path, name: str) -> "Read":
    from datetime import UTC, datetime

    from cognoscope.core.errors import NotInstalled
    from cognoscope.intake.reading.on_spark import read_on_spark

    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NotInstalled("Reading on Spark needs PySpark and Java: run `make .venv/.spark`.") from error
    session = SparkSession.builder.master(master).appName("cognoscope read").getOrCreate()
    today = datetime.now(UTC).date()
    (done,) = read_on_spark(warehouse, session, shared, today, names=[name], progress=_progress())
    return done


def _progress() -> "Callable[[str, int, int], None]":
    from cognoscope.cli.progress import Progress

    lines: dict[str, Progress] = {}

    def tell(name: str, done: int, total: int) -> None:
        if name not in lines:
            lines[name] = Progress(
                lambda done, total, rate: f"{name}: {done:,} of {total:,} reports, {rate:.0f} a second"
            )
        lines[name](done, total)

    return tell
