"""Which columns of a hospital's list of documents say what: by a mapping, else by the names that are usual.

The list is a table with one row a document. Its text is in a column of its own, or in a file that a column names.
"""

import csv
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Noun
from cognoscope.intake.mapping import MappedColumn, TableMapping
from cognoscope.intake.tables_counts import headings

Part = Literal["file", "text", "person", "date", "title", "visit", "type", "document", "family", "given", "birth_date"]
"""What a column can hold: `file` or `text`; `person`, `visit` and `document` are identifiers of the source; `family`,
`given` and `birth_date` are only looked for in the text, to be masked, and never kept."""


class DocumentsMapping(Noun):
    """The whole mapping. `index` is the list's name in a folder; the columns are those of `Part`."""

    columns: Annotated[dict[Part, MappedColumn], Field(min_length=1)]
    index: str | None = None
    encoding: str | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    skip_lines: Annotated[int, Field(ge=0)] = 0
    sheet: str | None = None

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: {"column": each} if isinstance(each, str) else each for name, each in value.items()}


def read_documents_mapping(path: Path) -> DocumentsMapping:
    """Read a mapping of documents.

    Raises:
        InvalidInput: no such file, not TOML, or something in it that cannot be followed; the sentence names the key.
    """
    try:
        return DocumentsMapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The mapping {path} is not TOML in UTF-8: {error}.") from error
    except OSError as error:
        raise InvalidInput(f"There is no mapping {path}: give a .toml file.") from error
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(str(part) for part in fault["loc"] if part != "[key]") or "the whole"
        raise InvalidInput(f"The mapping {path} cannot be used: `{key}`: {fault['msg']}.") from error


def reading(mapping: DocumentsMapping | None) -> TableMapping:
    """How the readers of tables are told to read the list."""
    date = MappedColumn(column="date")
    if mapping is None:
        return TableMapping(table="note", columns={"note_date": date})
    return TableMapping(
        table="note",
        columns={"note_date": date},
        encoding=mapping.encoding,
        separator=mapping.separator,
        skip_lines=mapping.skip_lines,
        sheet=mapping.sheet,
    )


def found_columns(names: Sequence[str], mapping: DocumentsMapping | None, file: str) -> Mapping[Part, MappedColumn]:
    """Where each part of a document stands.

    Args:
        names: the list's heading.
        mapping: what the hospital says; what it leaves out is looked for by its usual names.
        file: how the list is called in messages.

    Raises:
        InvalidInput: it does not say whom a document is about, its date, or where its text is.
    """
    found: dict[Part, MappedColumn] = dict(mapping.columns) if mapping else {}
    for part, mapped in found.items():
        if mapped.column is not None and mapped.column not in names:
            raise InvalidInput(
                f"The mapping takes `columns.{part}` from a column {mapped.column!r}, which {file} does not have; "
                f"{headings(tuple(names))}."
            )
    plain = {plainly(name): name for name in reversed(names)}
    for part, usual in _usual().items():
        if part not in found and (here := [plain[each] for each in usual if each in plain]):
            found[part] = MappedColumn(column=here[0])
    if mapping and "file" in mapping.columns:
        found.pop("text", None)
    elif "text" in found:
        found.pop("file", None)
    absent = [part for part in ("person", "date") if part not in found]
    if "text" not in found and "file" not in found:
        absent.append("file")
    if absent:
        raise InvalidInput(
            f"The list {file} lacks a column for {' and '.join(absent)}: name it under [columns] in a mapping "
            f"(--map FILE.toml); {headings(tuple(names))}."
        )
    return found


def plainly(name: str) -> str:
    """A heading as it is compared: without accents, case and punctuation."""
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return re.sub(r"[^a-z0-9]+", "_", "".join(each for each in letters if not unicodedata.combining(each))).strip("_")


@cache
def _usual() -> dict[Part, list[str]]:
    found: dict[Part, list[str]] = {}
    with files("cognoscope.intake.documents").joinpath("columns.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["field"], []).append(row["name"])  # type: ignore[arg-type]
    return found
