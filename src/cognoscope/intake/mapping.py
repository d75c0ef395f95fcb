"""A mapping: how a hospital's own table becomes one of the warehouse's, written in TOML by the hospital."""

import difflib
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Noun
from cognoscope.intake.cdm import TABLES, CdmTable
from cognoscope.intake.tables_identities import TREATMENTS

NOT_FOR_MAPPING = frozenset({"quarantine", "person_link", "cohort", "cohort_definition"})


class MappedColumn(Noun):
    """Where one column of the warehouse comes from: a column of the file, or the same constant for every row.

    format: how dates are written (strptime), one way or several tried in order; without it ISO 8601 or day/month/year.
    values: translations; a value not listed is refused, unless `"*"` is.
    missing: texts that mean "no value", beside the empty one.
    zero_means_missing: a zero stands for "not transmitted", never for none.
    plus_days: days added to a date.
    """

    column: str | None = None
    constant: str | int | float | None = None
    format: tuple[str, ...] = ()
    values: dict[str, str] = {}
    missing: tuple[str, ...] = ()
    zero_means_missing: bool = False
    plus_days: int = 0

    @field_validator("format", "missing", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("values", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return {key: str(each) for key, each in value.items()} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either `column` or `constant`")
        return self


class TableMapping(Noun):
    """The whole mapping; `person` is the file's column that says whom a row is about, replaced by a pseudonym."""

    table: str
    columns: Annotated[dict[str, MappedColumn], Field(min_length=1)]
    person: str | None = None
    encoding: str | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[".", ","] = "."
    skip_lines: Annotated[int, Field(ge=0)] = 0
    sheet: str | None = None
    text_is_pseudonymised: bool = False

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: {"column": each} if isinstance(each, str) else each for name, each in value.items()}

    @property
    def definition(self) -> CdmTable:
        """The table to fill."""
        return TABLES[self.table]


def read_mapping(name: str) -> TableMapping:
    """Read a mapping file, or one that ships with the platform by its name (`sentinelles`).

    Raises:
        InvalidInput: no such file, not TOML, or something in it that no table can follow; the sentence names the key.
    """
    path = Path(name)
    shipped = files("cognoscope.intake").joinpath("mappings")
    try:
        if path.exists() or path.suffix == ".toml":
            content = path.read_text(encoding="utf-8-sig")
        else:
            content = shipped.joinpath(f"{path.name}.toml").read_text(encoding="utf-8")
        mapping = TableMapping.model_validate(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"The mapping {name} is not TOML: {error}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The mapping {name} is not UTF-8 text: save it again as UTF-8.") from error
    except OSError as error:
        known = ", ".join(sorted(each.name[:-5] for each in shipped.iterdir() if each.name.endswith(".toml")))
        raise InvalidInput(f"There is no mapping {name}: give a .toml file, or one that ships: {known}.") from error
    except ValidationError as error:
        raise InvalidInput(f"The mapping {name} cannot be used: {_first_fault(error)}.") from error
    check_target(mapping, name)
    return mapping


def check_target(mapping: TableMapping, name: str) -> None:
    """Make sure that the warehouse has the table and its columns, and that no identity is mapped into it.

    Raises:
        InvalidInput: naming the key at fault and what there is instead.
    """
    if mapping.table not in TABLES or mapping.table in NOT_FOR_MAPPING:
        tables = sorted(set(TABLES) - NOT_FOR_MAPPING)
        near = difflib.get_close_matches(mapping.table, tables, 3) or tables
        raise InvalidInput(
            f"The mapping {name} fills a table {mapping.table!r}, which is not one of {', '.join(near)}."
        )
    table = mapping.definition
    for column in mapping.columns:
        if column not in table.schema.names:
            has = ", ".join(table.schema.names)
            raise InvalidInput(f"The mapping {name} fills `columns.{column}`, but {table.name} has only: {has}.")
        treatment = TREATMENTS.get((table.name, column))
        if treatment in ("drop", "pseudonym") or column == "person_id":
            instead = "; say the person's column with `person`" if table.about_a_person else ""
            raise InvalidInput(f"The mapping {name} fills `columns.{column}`, where identities do not belong{instead}.")
        if treatment == "text" and not mapping.text_is_pseudonymised:
            raise InvalidInput(
                f"The mapping {name} fills `columns.{column}` with free text: pseudonymise it, then write "
                "`text_is_pseudonymised = true`."
            )
    if table.about_a_person != (mapping.person is not None):
        needs = "needs `person`, the column that says whom" if table.about_a_person else "cannot have `person`:"
        raise InvalidInput(f"The mapping {name} {needs} a row of {table.name} is about.")
    missing = [
        c.name for c in table.columns if c.required and c.name not in mapping.columns and not _made(table, c.name)
    ]
    if missing:
        raise InvalidInput(
            f"The mapping {name} lacks `columns.{missing[0]}`, without which {table.name} has no meaning."
        )


def _made(table: CdmTable, column: str) -> bool:
    """Whether the platform fills the column by itself: persons, concepts not mapped, a key made from the row."""
    if column == "person_id" or column.endswith("_concept_id"):
        return True
    return table.key == (column,) and table.about_a_person


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    key = ".".join(str(part) for part in fault["loc"]) or "the whole"
    if fault["type"] == "extra_forbidden":
        return f"it has an unknown key `{key}`"
    said = fault["msg"].removeprefix("Value error, ")
    return f"`{key}`: {said[:1].lower()}{said[1:]}"
