"""What becomes of columns that point at somebody: the rule for keys, and `tables_identities.csv` for the rest.

Treatments: `drop` (an identity: never kept), `pseudonym` (replaced by the person's pseudonym), `text` (free text, in
which a name may stand: kept only where the hospital says that it is pseudonymised already). Every other text column of
OMOP holds a code or a unit of its source system.
"""

import csv
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from cognoscope.intake.cdm import CdmColumn

Treatment = Literal["drop", "pseudonym", "text"]
ROW_KEY = re.compile(r"(^|_)id(_\d)?$")
VOCABULARY = frozenset(
    {
        *("concept", "vocabulary", "domain", "concept_class", "concept_relationship", "relationship"),
        *("concept_synonym", "concept_ancestor", "source_to_concept_map", "drug_strength"),
    }
)
"""Tables of the OMOP vocabularies, published for everybody: taken as they are."""


def _read() -> Mapping[tuple[str, str], Treatment]:
    with files("cognoscope.intake").joinpath("tables_identities.csv").open(encoding="utf-8") as lines:
        return {(row["table"], row["column"]): row["treatment"] for row in csv.DictReader(lines)}  # type: ignore[misc]


TREATMENTS: Mapping[tuple[str, str], Treatment] = _read()


def is_row_key(table: str, column: CdmColumn) -> bool:
    """Whether the column holds a row's number in the source system: its own or another row's."""
    if table in VOCABULARY or column.name == "person_id" or "concept_id" in column.name or column.kind != "integer":
        return False
    return ROW_KEY.search(column.name) is not None or column.name.endswith("_event_id")


def replaced(values: pa.Array | pa.ChunkedArray, replace: Callable[[str], int | str], kind: pa.DataType) -> pa.Array:
    """Each distinct text replaced once; null stays null."""
    whole = pc.cast(values, pa.string())
    whole = whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole
    encoded = whole.dictionary_encode()
    return pa.array([replace(text) for text in encoded.dictionary.to_pylist()], kind).take(encoded.indices)


def shifted(values: pa.Array | pa.ChunkedArray, days: pa.Array) -> pa.Array:
    """Dates or times moved by each row's number of days; null stays null."""
    if pa.types.is_date32(values.type):
        return pc.add(pc.cast(values, pa.int32()), pc.cast(days, pa.int32())).cast(pa.date32())
    microseconds = pc.multiply(pc.cast(days, pa.int64()), 86_400_000_000)
    return pc.add(pc.cast(values, pa.int64()), microseconds).cast(pa.timestamp("us"))
