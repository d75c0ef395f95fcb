"""Builds a demonstration: history comes in by the ordinary ways, then the last weeks are lived again."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, time
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from cognoscope.core.actor import program
from cognoscope.core.application import Application
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.demo.hospital import Hospital
from cognoscope.demo.imaging.take_in import take_in_images
from cognoscope.demo.life import Life, Record, days_before
from cognoscope.demo.patients import write_patients
from cognoscope.demo.pharmacy.take_in import take_in_pharmacy
from cognoscope.demo.records import take_in_reports
from cognoscope.demo.sending import Records, history, morning, records
from cognoscope.intake.fhir import complain, ingest_fhir
from cognoscope.intake.warehouse import Warehouse, open_warehouse

DAYS = 18
PATIENTS = 3000
MOST_WORKERS = 4

Say = Callable[[str], None]


def build_invented(
    home: Home,
    hospital: Hospital,
    application: Application,
    record: Record,
    today: date,
    *,
    others: Sequence[Application] = (),
    seed: int = 1,
    days: int = DAYS,
    patients: int = PATIENTS,
    say: Say = lambda _: None,
) -> int:
    """Fill an installed, empty home. The same hospital, day and seed give the same files, proposals and reviews.

    Args:
        home: the installation.
        hospital: what is invented.
        application: the one that forecasts.
        record: enters an ingest into the ledger and joins outcomes.
        today: the day whose forecasts are left for the reader to decide on.
        others: applications that propose once, this morning, on the reports of invented stays.
        seed: of everything invented.
        days: how many mornings are lived again, today's included.
        patients: how many are invented.
        say: told how far it is.

    Returns:
        Number of proposals made.
    """
    say(f"{patients} invented patients come in")
    first = days_before(today, days)[0]
    before = datetime.combine(first, time(4, 0), ZoneInfo(home.settings().time_zone))
    with TemporaryDirectory() as sent, Ledger.open(home.ledger_url) as ledger:
        _take_in_patients(Path(sent) / "patients.ndjson", hospital, (patients, first, seed), home, ledger, before)
    known = records(hospital, today, seed)
    forecasts = build(home, known, application, record, today, days=days, seed=seed, say=say)
    if not others:
        return forecasts
    read = take_in_reports(home, others, today, seed, say)
    read += take_in_pharmacy(home, others, today, seed, say)
    return forecasts + read + take_in_images(home, others, today, seed, say)


def build(
    home: Home,
    known: Records,
    application: Application,
    record: Record,
    today: date,
    *,
    days: int = DAYS,
    seed: int | None = None,
    say: Say = lambda _: None,
) -> int:
    """Take in counts and epidemics and live the last days again; invented people decide only where a seed is given.

    Returns:
        Number of proposals made.
    """
    mornings = days_before(today, days)
    workers = min(MOST_WORKERS, os.cpu_count() or 1)
    with (
        TemporaryDirectory() as sent,
        Ledger.open(home.ledger_url) as ledger,
        ProcessPoolExecutor(workers, get_context("spawn")) as pool,
    ):
        zone = ZoneInfo(home.settings().time_zone)
        life = Life(application, open_warehouse(home), ledger, record, zone, known.daily(), seed)
        say("the counts of the past come in")
        before = life.at(mornings[0], time(5, 0))
        for sending in history(Path(sent), known, mornings[0]):
            record(life.take_in(sending, before), before)
        say(f"the last {days} days are lived again: each morning has its files, its forecasts and its decisions")
        prepared = [life.prepare(day, list(morning(Path(sent), known, day)), pool) for day in mornings]
        return life.live(prepared, say)


def _take_in_patients(
    path: Path, hospital: Hospital, invented: tuple[int, date, int], home: Home, ledger: Ledger, at: datetime
) -> None:
    count, until, seed = invented
    write_patients(path, hospital.sites, count, until, seed)
    warehouse: Warehouse = open_warehouse(home)
    complain(ingest_fhir(path, warehouse=warehouse, ledger=ledger, actor=program("demo"), at=at))
