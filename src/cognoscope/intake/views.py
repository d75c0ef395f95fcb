"""The warehouse as DuckDB views over its Parquet parts; nothing is stored in DuckDB itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
from ibis.backends.duckdb import Backend

from cognoscope.intake.cdm import TABLES, CdmTable, Kind
from cognoscope.intake.manifest import Manifest
from cognoscope.intake.parquet import configuration, quoted, read
from cognoscope.intake.pseudonyms import person_id

SQL_TYPES: dict[Kind, str] = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "text": "VARCHAR",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}


def connect(folder: Path, manifest: Manifest, opted_out: frozenset[str]) -> Backend:
    """An in-memory DuckDB with a typed view for each table; see `Warehouse.connect`."""
    backend = ibis.duckdb.connect(**configuration(folder))
    backend.raw_sql("CREATE SCHEMA internal")
    linked = bool(manifest.files("person_link"))
    _register_links(backend, folder, manifest)
    _register_opted_out(backend, opted_out)
    for definition in TABLES.values():
        backend.raw_sql(f"CREATE VIEW {quoted(definition.name)} AS {_view(definition, folder, manifest, linked)}")
    return backend


@contextmanager
def opened(folder: Path, manifest: Manifest, opted_out: frozenset[str]) -> Iterator[Backend]:
    """`connect`, and disconnect at the end."""
    backend = connect(folder, manifest, opted_out)
    try:
        yield backend
    finally:
        backend.disconnect()


def count(backend: Backend, name: str) -> int:
    """Rows of a view."""
    return int(backend.table(name).count().execute())


def _register_links(backend: Backend, folder: Path, manifest: Manifest) -> None:
    """Other identifiers of a person lead to one `person_id`; an identifier that two persons claim leads nowhere."""
    backend.raw_sql("CREATE TABLE internal.link (alias_person_id BIGINT, person_id BIGINT)")
    files = manifest.files("person_link")
    if files:
        backend.raw_sql(
            "INSERT INTO internal.link SELECT alias_person_id, min(person_id) "  # noqa: S608
            f"FROM {read(folder, files)} GROUP BY alias_person_id "
            "HAVING count(DISTINCT person_id) = 1 AND min(person_id) <> alias_person_id"
        )


def _register_opted_out(backend: Backend, opted_out: frozenset[str]) -> None:
    backend.raw_sql("CREATE TABLE internal.opted_out (person_id BIGINT)")
    if opted_out:
        values = ", ".join(f"({person_id(person)})" for person in sorted(opted_out))
        backend.raw_sql(f"INSERT INTO internal.opted_out VALUES {values}")  # noqa: S608
        backend.raw_sql(
            "INSERT INTO internal.opted_out "
            "SELECT person_id FROM internal.link WHERE alias_person_id IN (FROM internal.opted_out)"
        )


def _view(definition: CdmTable, folder: Path, manifest: Manifest, linked: bool) -> str:
    files = manifest.files(definition.name)
    names = [quoted(column.name) for column in definition.columns]
    if not files:
        nulls = [
            f"NULL::{SQL_TYPES[column.kind]} AS {name}" for column, name in zip(definition.columns, names, strict=True)
        ]
        return f"SELECT {', '.join(nulls)} WHERE false"
    follows_links = linked and definition.about_a_person and definition.name != "person_link"
    rows = f"SELECT * FROM {read(folder, files)}"  # noqa: S608
    if follows_links:
        rows = (
            "SELECT part.* REPLACE (coalesce(link.person_id, part.person_id) AS person_id) "  # noqa: S608
            f"FROM {read(folder, files)} part "
            "LEFT JOIN internal.link link ON part.person_id = link.alias_person_id"
        )
    distinct = manifest.distinct.get(definition.name) == len(files)
    # Following a link may bring two rows to one key where the person is the key.
    if not distinct or (follows_links and "person_id" in definition.key):
        rows = _latest(definition, rows)
    where = " WHERE person_id NOT IN (FROM internal.opted_out)" if definition.about_a_person else ""
    return f"SELECT {', '.join(names)} FROM ({rows}){where}"  # noqa: S608


def _latest(definition: CdmTable, rows: str) -> str:
    key = ", ".join(quoted(name) for name in definition.key)
    return (
        f"WITH every AS ({rows}) SELECT every.* FROM every SEMI JOIN "  # noqa: S608
        f"(SELECT {key}, max(_order) AS _order FROM every GROUP BY {key}) newest USING ({key}, _order)"
    )
