"""`ingest omop`: an export of another OMOP database (CDM 5.4) into the warehouse, without the identities in it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cognoscope.core.canonical import digest
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.cdm import TABLES
from cognoscope.intake.omop_files import OmopFile, find_files
from cognoscope.intake.omop_persons import Persons
from cognoscope.intake.omop_rows import OmopRows
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.tables_chunks import Rejected
from cognoscope.intake.tables_commit import Ingested, Parts, SeenKeys
from cognoscope.intake.tables_identities import VOCABULARY
from cognoscope.intake.tables_typing import Typist
from cognoscope.intake.warehouse import Warehouse

LEFT_OUT = frozenset({"cohort", "cohort_definition", "note_nlp", "cost", "episode_event", "fact_relationship"})
"""Tables about persons whose rows do not say about whom: a person's opt-out could not be honoured in them."""

OURS = frozenset({"site_count", "weekly_incidence", "daily_weather", "quarantine", "person_link"}) | {
    name for name in TABLES if name.startswith(("adverse_report", "report_"))
}


def ingest_omop(
    path: Path,
    warehouse: Warehouse,
    at: datetime,
    *,
    text_is_pseudonymised: bool = False,
    progress: Callable[[str, int], None] = lambda file, lines: None,
) -> Ingested:
    """Take an export in; the same export counts once, however often it is given or interrupted.

    Args:
        path: a folder or zip archive with one file (or folder of parts) a table.
        warehouse: where the rows go; its installation gives the key, the time zone and whether dates are shifted.
        at: the moment of the ingest; what began later is quarantined.
        text_is_pseudonymised: take free text too (`note_text`, `value_as_string`, ...), which the hospital has cleaned.
        progress: told the file and the number of its lines read so far.

    Raises:
        InvalidInput: no OMOP table, or no PERSON table to say whom the others are about; nothing was written.
    """
    found = find_files(path)
    if not any(each.table == "person" for each in found) and any(_about_persons(each) for each in found):
        raise InvalidInput(f"{path} has no PERSON table, without which its other tables are about nobody: add it.")
    with warehouse.writing(), Typist(warehouse.home.settings().time_zone) as typist:
        run = _Run(warehouse, typist, at, text_is_pseudonymised, progress)
        for file in found:
            run.take(file)
        warehouse.settle()
    return run.report()


def _about_persons(file: OmopFile) -> bool:
    return file.table is not None and TABLES[file.table].about_a_person


class _Run:
    """One export: the persons met so far and the sums over its files."""

    def __init__(
        self,
        warehouse: Warehouse,
        typist: Typist,
        at: datetime,
        keep_text: bool,
        progress: Callable[[str, int], None],
    ) -> None:
        settings = warehouse.home.settings()
        self._warehouse = warehouse
        self._typist = typist
        self._keep_text = keep_text
        self._progress = progress
        self._local = at.astimezone(ZoneInfo(settings.time_zone)).replace(tzinfo=None)
        self._pseudonymiser: Pseudonymiser = warehouse.pseudonymiser()
        self._persons = Persons(self._pseudonymiser)
        self._seen: dict[str, SeenKeys] = {}
        self._options: dict[str, object] = {"text": keep_text, "date_shift": settings.date_shift, "persons": []}
        self._sources: list[str] = []
        self._read = self._written = self._quarantined = 0
        self._new = False
        self._text_left_out = False

    def take(self, file: OmopFile) -> None:
        """Ingest one file, whatever is in it."""
        content = file.digest()
        if file.table == "person":
            self._options["persons"] = [*self._options["persons"], content]  # type: ignore[misc]
        source = digest({"omop": file.name, "content": content, **self._options})
        parts = Parts(self._warehouse, source, file.name)
        try:
            if file.table is None or file.table in LEFT_OUT | OURS:
                self._leave_out(file, parts)
            else:
                self._take_rows(file, file.table, parts)
        except InvalidInput as error:
            parts.add("quarantine", TABLES["quarantine"].schema.empty_table(), [Rejected(0, "file", str(error))])
            self._read += 1
        self._sources.append(source)
        self._written += parts.written
        self._quarantined += parts.quarantined
        self._new |= parts.new

    def report(self) -> Ingested:
        """The sums."""
        remarks = ("Free text was left out; if it is pseudonymised, say so with --text-is-pseudonymised.",)
        return Ingested(
            digest(self._sources),
            self._read,
            self._written,
            self._quarantined,
            self._new,
            remarks if self._text_left_out else (),
        )

    def _leave_out(self, file: OmopFile, parts: Parts) -> None:
        rows = sum(chunk.rows + len(chunk.rejected) for chunk in file.chunks(plain_tabs=False))
        if rows:
            why = "no table of OMOP CDM 5.4 has this name" if file.table not in LEFT_OUT else "its rows name no person"
            left = [Rejected(0, "table", f"{rows} rows left out: {why}")]
            parts.add("quarantine", TABLES["quarantine"].schema.empty_table(), left)
            self._read += 1

    def _take_rows(self, file: OmopFile, table: str, parts: Parts) -> None:
        maker: OmopRows | None = None
        seen = self._seen.setdefault(table, SeenKeys(TABLES[table]))
        read = 0
        for chunk in file.chunks(plain_tabs=table in VOCABULARY):
            rejected: list[Rejected] = []
            if maker is None:
                maker = OmopRows(
                    TABLES[table],
                    chunk.names,
                    self._typist,
                    self._persons,
                    self._pseudonymiser,
                    self._local,
                    keep_text=self._keep_text,
                )
                self._text_left_out |= maker.leaves_text_out
                rejected = maker.unknown_columns()
                self._read += len(rejected)
            rows, wrong = maker.rows(chunk)
            rows, doubles = seen.first(rows)
            read += chunk.rows + len(chunk.rejected)
            self._read += chunk.rows + len(chunk.rejected)
            parts.add(table, rows.drop_columns(["line"]), [*rejected, *chunk.rejected, *wrong, *doubles])
            self._progress(file.name, read)
