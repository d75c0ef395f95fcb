"""The Common Terminology Criteria for Adverse Events, version 5.0 (US National Cancer Institute, 2017, public domain).

Each of its terms is a MedDRA low level term (LLT) with its code and system organ class, and what grades 1 to 5 mean.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.source import Loaded, Source

GRADES = tuple(f"Grade.{number}" for number in range(1, 6))
COLUMNS = ("MedDRA.Code", "MedDRA.SOC", "CTCAE.Term", *GRADES, "Definition")
ABSENT = {"", "-"}
"""How the table says that a term has no such grade."""


def load(path: Path) -> Loaded:
    """The terms of a CSV file, or of the one CSV file in a folder, with the columns of the published table.

    Raises:
        InvalidInput: it cannot be read, lacks a column, or a row has no code or no term.
    """
    file = _file(path)
    rows = []
    for number, row in enumerate(_rows(file), start=2):
        code, name = (row["MedDRA.Code"] or "").strip(), (row["CTCAE.Term"] or "").strip()
        if not (code.isdigit() and len(code) == 8) or not name:
            raise InvalidInput(f"{file}: record {number} has no MedDRA code of eight digits or no term.")
        grades = (_said(row[grade]) for grade in GRADES)
        rows.append((code, name, (row["MedDRA.SOC"] or "").strip(), *grades, _said(row["Definition"])))
    codes = [row[0] for row in rows]
    if not rows or len(set(codes)) != len(codes):
        raise InvalidInput(f"{file} holds no term, or one code twice: it is not the published table.")
    names = ("code", "name", "soc", *(f"grade_{number}" for number in range(1, 6)), "definition")
    columns = dict(zip(names, map(list, zip(*sorted(rows), strict=True)), strict=True))
    return Loaded("5.0", {"term": pa.table(columns)})


def _file(path: Path) -> Path:
    if path.is_file():
        return path
    found = sorted(path.glob("*.csv*")) if path.is_dir() else []
    if len(found) != 1:
        raise InvalidInput(f"{path}: one CSV file with the CTCAE table is needed, and {len(found)} are there.")
    return found[0]


def _rows(file: Path) -> Iterator[dict[str, str]]:
    try:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise InvalidInput(f"{file} has no column {', '.join(missing)}: it is not the published CTCAE table.")
        for row in reader:
            if None in row or None in row.values():
                raise InvalidInput(f"{file}: the record that ends at line {reader.line_num} has too few or many cells.")
            yield row
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{file} cannot be read as a CSV file in UTF-8: {error}.") from error


def _said(cell: str | None) -> str | None:
    text = " ".join((cell or "").split())
    return None if text in ABSENT else text


CTCAE = Source(
    name="ctcae",
    title=Sentence(fr="CTCAE, critères de gravité des effets indésirables", en="CTCAE, grades of adverse events"),
    publisher="the US National Cancer Institute",
    licence="public domain",
    expects="the table of CTCAE v5.0 as CSV, or a folder with it",
    load=load,
    reference="drugs/ctcae-v5",
)
