"""`ingest reports`: spontaneous reports into the warehouse; age band, sex, month and country are all that is kept."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from cognoscope.core.canonical import digest
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake.cdm import TABLES
from cognoscope.intake.reports import faers, pairs, vigibase
from cognoscope.intake.reports.report import Delivery, Rejection, Report, usable
from cognoscope.intake.reports.strata import FIRST_YEAR, Stratum
from cognoscope.intake.tables_commit import Ingested
from cognoscope.intake.warehouse import Warehouse

LAYOUTS = ("faers", "vigibase", "pairs")
REPORTS_A_PART = 100_000


def ingest_reports(path: Path, warehouse: Warehouse, at: datetime, layout: str | None = None) -> Ingested:
    """Take reports in; the same files count once, a later version of a case replaces the earlier one in every count.

    Args:
        path: a folder of FAERS quarterly files or of a VigiBase extract, or a table of reports.
        warehouse: its installation gives the key for the pseudonyms.
        at: the moment of the ingest; a report received later is quarantined.
        layout: `faers`, `vigibase` or `pairs`; found out where it is not given.

    Raises:
        InvalidInput: it is in none of the layouts, or a file that the layout needs is missing.
    """
    layout = layout or layout_of(path)
    if layout not in LAYOUTS:
        raise InvalidInput(f"There is no layout {layout!r}; there are: {', '.join(LAYOUTS)}.")
    source = digest({"reports": layout, "files": _contents(path)})
    found = _read(path, layout, warehouse.home)
    pseudonymiser = warehouse.pseudonymiser()
    before, known = warehouse.done(source), 0
    reports = iter(usable(past(found, at.date()), found.rejected))
    part = 0
    with warehouse.writing():
        while chunk := list(islice(reports, REPORTS_A_PART)):
            warehouse.commit(source, part, tables_of(chunk, found.source, pseudonymiser))
            part, known = part + 1, known + len(chunk)
        warehouse.commit(source, part, _rest(source, found, pseudonymiser))
        warehouse.settle()
    quarantined = len(found.rejected)
    return Ingested(source, known + quarantined, known, quarantined, part not in before)


def layout_of(path: Path) -> str:
    """The layout of a folder or file.

    Raises:
        InvalidInput: there is nothing, or no file of a known layout.
    """
    if path.is_file():
        return "pairs"
    if path.is_dir():
        if faers.is_faers(path):
            return "faers"
        if vigibase.is_vigibase(path):
            return "vigibase"
    raise InvalidInput(
        f"{path}: no reports were found there. Give a folder with the DEMO, DRUG and REAC files of FAERS, one with "
        "the DEMO, DRUG and ADR files of VigiBase, or a table with the columns CASEID, DRUG and AE."
    )


def _read(path: Path, layout: str, home: Home) -> Delivery:
    if (layout == "pairs") != path.is_file():
        raise InvalidInput(f"{path}: the layout {layout} is {'a file' if layout == 'pairs' else 'a folder'}.")
    if layout == "faers":
        return faers.read(path)
    return pairs.read(path) if layout == "pairs" else vigibase.read(path, _reaction_names(home))


def _reaction_names(home: Home) -> Callable[[str], str | None]:
    from cognoscope.intake.knowledge.store import NotLoaded, open_knowledge
    from cognoscope.intake.terminology import open_terminology

    try:
        terminology = open_terminology(open_knowledge(home))
    except NotLoaded:
        return lambda code: None

    def name(code: str) -> str | None:
        term = terminology.term(code)
        preferred = terminology.term(term.pt) if term else None
        return preferred.name if preferred else None

    return name


class Keys(Protocol):
    """What makes a number of an identifier: the hospital's pseudonymiser."""

    def key63(self, kind: str, identifier: str) -> int:
        """The number that stands for the identifier."""
        ...


def past(found: Delivery, today: date) -> Iterable[Report]:
    """The reports received by a day; the others are entered among the rejected."""
    for report in found.reports:
        if report.received is not None and not (report.received.year >= FIRST_YEAR and report.received <= today):
            reason = "received on a day that is not there yet, or long before there were reports"
            found.rejected.append(Rejection(report.file, report.line, "date", reason))
        else:
            yield report


def tables_of(reports: list[Report], source: str, pseudonymiser: Keys) -> dict[str, pa.Table]:
    """The rows of the warehouse for some reports of a source."""
    rows: dict[str, list[tuple[Any, ...]]] = {"adverse_report": [], "report_drug": [], "report_reaction": []}
    for report in reports:
        case = f"{source}:{report.case}"
        key = pseudonymiser.key63("adverse_report", f"{case}:{report.version}")
        month = report.received.replace(day=1) if report.received else None
        stratum = Stratum(report.sex, report.age_band, month.year if month else 0).code
        rows["adverse_report"].append(
            (
                key,
                pseudonymiser.key63("report_case", case),
                report.version,
                source,
                month,
                report.sex or None,
                report.age_band or None,
                report.country if report.country.isalpha() and report.country.isascii() else None,
                None if report.serious is None else int(report.serious),
                stratum,
                _fingerprint(report, pseudonymiser),
            )
        )
        rows["report_drug"] += [(key, drug, role, stratum) for drug, role in sorted(report.drugs.items())]
        rows["report_reaction"] += [(key, reaction, stratum) for reaction in sorted(report.reactions)]
    return {name: _table(name, of_table) for name, of_table in rows.items()}


def _fingerprint(report: Report, pseudonymiser: Keys) -> int | None:
    """The same for two reports of one event; None where too little is known for two reports to be called one."""
    if not report.sex or report.years is None or not report.day:
        return None
    content = [report.sex, f"{report.years:.2f}", report.day, report.country]
    said = "\x1f".join([*content, *sorted(report.drugs), "\x1e", *sorted(report.reactions)])
    return pseudonymiser.key63("report_content", said)


def _rest(source: str, found: Delivery, pseudonymiser: Keys) -> dict[str, pa.Table]:
    removed = [(pseudonymiser.key63("report_case", f"{found.source}:{case}"),) for case in found.removed]
    rejected = [(source, *each) for each in found.rejected]
    return {"report_removed": _table("report_removed", removed), "quarantine": _table("quarantine", rejected)}


def _table(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    schema = TABLES[name].schema
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema.names)
    return pa.table([pa.array(list(column), field.type) for column, field in zip(columns, schema, strict=True)], schema)


def _contents(path: Path) -> list[list[str]]:
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    try:
        return [[each.name, _sha256(each)] for each in files]
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read to its end: copy it again from its source.") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
