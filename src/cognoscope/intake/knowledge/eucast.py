"""EUCAST's tables as the AMR R package lays them out: agents, breakpoints, intrinsic resistance, doses, germs.

The folder holds tab-separated files, gzipped or not. EUCAST's tables are free to use with attribution; the hospital
loads them, they do not ship. Example isolates that lie beside them are data, not knowledge, and are not loaded.
"""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.source import Loaded, Source

NEEDED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "agent": ("antimicrobials", ("ab", "name", "group", "atc", "abbreviations", "synonyms", "loinc")),
    "breakpoint": (
        "clinical_breakpoints_eucast",
        ("guideline", "method", "site", "mo", "rank_index", "ab", "breakpoint_S", "breakpoint_R", "uti"),
    ),
    "intrinsic": ("intrinsic_resistant_eucast", ("mo", "ab")),
    "dosage": ("dosage_eucast", ("ab", "name", "type", "dose", "dose_times", "administration", "eucast_version")),
    "germ": ("microorganisms_subset", ("mo", "fullname", "family", "genus", "species", "rank", "prevalence")),
    "group": ("microorganism_groups", ("mo_group", "mo")),
}
BROKEN = frozenset({"dosage_eucast"})
"""A file whose publisher leaves line breaks inside cells: lines broken so are left out, in this file alone."""

NUMBERS = frozenset({"breakpoint_S", "breakpoint_R", "rank_index", "prevalence"})


def load(folder: Path) -> Loaded:
    """Read the folder; every column as text but breakpoints and ranks, which are numbers.

    Raises:
        InvalidInput: a file or a column is missing, or a file cannot be read; the message names it.
    """
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is not a folder: EUCAST's tables are a folder of tab-separated files.")
    tables = {name: _table(folder, file, columns) for name, (file, columns) in NEEDED.items()}
    years = sorted(set(tables["breakpoint"].column("guideline").to_pylist()) - {None})
    if not years:
        raise InvalidInput(f"{folder}: the breakpoint table is empty; take the publisher's file again.")
    return Loaded(edition=years[-1], tables=tables)


def _table(folder: Path, file: str, columns: tuple[str, ...]) -> pa.Table:
    path = next((folder / f"{file}{end}" for end in (".tsv.gz", ".tsv") if (folder / f"{file}{end}").is_file()), None)
    if path is None:
        raise InvalidInput(f"{folder} has no file {file}.tsv or {file}.tsv.gz: take the whole folder again.")
    try:
        read = csv.read_csv(
            path,
            parse_options=csv.ParseOptions(
                delimiter="\t", quote_char=False, invalid_row_handler=_broken if file in BROKEN else None
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
        missing = [name for name in columns if name not in read.column_names]
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as a tab-separated UTF-8 table: take the file again.") from error
    if missing:
        raise InvalidInput(f"{path} has no column {missing[0]}: it is not the table it is named after.")
    return pa.table({name: _typed(read.column(name), name, path) for name in columns})


def _broken(_: object) -> str:
    return "skip"


def _typed(values: pa.ChunkedArray, name: str, path: Path) -> pa.ChunkedArray:
    if name not in NUMBERS:
        return values
    try:
        return pc.if_else(pc.equal(values, ""), None, values).cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InvalidInput(f"{path}: the column {name} holds something that is not a number.") from error


EUCAST = Source(
    name="eucast",
    title=Sentence(
        fr="Concentrations critiques et résistances naturelles (EUCAST)",
        en="Clinical breakpoints and intrinsic resistance (EUCAST)",
    ),
    publisher="EUCAST; tables as laid out by the AMR R package",
    licence="EUCAST: free to use with attribution; AMR package: GPL-2",
    expects="a folder with antimicrobials, clinical_breakpoints_eucast, intrinsic_resistant_eucast, dosage_eucast, "
    "microorganisms_subset and microorganism_groups (.tsv or .tsv.gz)",
    load=load,
    reference="drugs/antimicrobials-amr",
)
"""EUCAST's tables."""
