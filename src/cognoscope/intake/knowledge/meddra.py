"""A hospital's own MedDRA: the ASCII distribution of the MSSO, in any of its languages; licensed, never shipped.

The layout is that of the "MedDRA Distribution File Format Document": fields end with `$`, one record a line. Read are
the five levels (`soc`, `hlgt`, `hlt`, `pt`, `llt`) and `mdhier`, which gives every path of a preferred term (PT) up to
a system organ class (SOC), with the primary one marked. `meddra_release.asc` names version and language.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.source import Loaded, Source

LEVELS = ("soc", "hlgt", "hlt", "pt", "llt")
FILES = (*LEVELS, "mdhier")
FEWEST = {"soc": 2, "hlgt": 2, "hlt": 2, "pt": 4, "llt": 10, "mdhier": 12}
"""Fields up to the last one that is read."""

PT_OF_LLT, CURRENT_OF_LLT, PRIMARY_OF_PATH = 2, 9, 11
TERM_COLUMNS = ("code", "name", "level", "pt", "current")
PATH_COLUMNS = ("pt", "hlt", "hlgt", "soc", "primary")


def load(path: Path) -> Loaded:
    """Terms of all levels and the paths of each preferred term.

    Raises:
        InvalidInput: a file is missing or not in the published layout, or a term points at one that is not there.
    """
    files = _files(path)
    encoding = _encoding([files[name] for name in FILES])
    records = {name: list(_records(files[name], FEWEST[name], encoding)) for name in FILES}
    terms = [
        (fields[0], fields[1], level.upper(), *_belongs(level, fields)) for level in LEVELS for fields in records[level]
    ]
    paths = [(*fields[:4], fields[PRIMARY_OF_PATH] == "Y") for fields in records["mdhier"]]
    _check(path, terms, [fields[:4] for fields in records["mdhier"]])
    tables = {
        "term": _table(TERM_COLUMNS, sorted(terms)),
        "path": _table(PATH_COLUMNS, sorted(paths, key=lambda row: (row[0], not row[4], row[1:4]))),
    }
    return Loaded(_edition(files.get("meddra_release"), encoding), tables)


def _files(path: Path) -> dict[str, Path]:
    if not path.is_dir():
        raise InvalidInput(f"{path} is no folder: give the one that holds llt.asc, pt.asc and the other .asc files.")
    here = {file.stem.lower(): file for file in sorted(path.rglob("*")) if file.suffix.lower() == ".asc"}
    missing = [f"{name}.asc" for name in FILES if name not in here]
    if missing:
        raise InvalidInput(
            f"{path} is not a whole MedDRA distribution: {', '.join(missing)} missing. Copy the folder MedAscii again."
        )
    return here


def _encoding(files: list[Path]) -> str:
    """UTF-8 since version 23.1, one byte a letter before."""
    try:
        for file in files:
            file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    except OSError as error:
        raise InvalidInput(f"{error.filename} cannot be read: {error.strerror}.") from error
    return "utf-8-sig"


def _records(file: Path, fewest: int, encoding: str) -> Iterator[list[str]]:
    # Not splitlines(): a name may hold one of the rarer separators, only \n ends a record.
    for number, line in enumerate(file.read_bytes().decode(encoding, errors="replace").split("\n"), start=1):
        if not line.strip("\r\ufeff "):
            continue
        fields = [field.strip() for field in line.strip("\r\ufeff").split("$")]
        if len(fields) < fewest or not (fields[0].isascii() and fields[0].isdigit()) or not fields[1]:
            raise InvalidInput(
                f"{file}, line {number}: a code, a name and at least {fewest} fields ending with $ are expected."
            )
        yield fields


def _belongs(level: str, fields: list[str]) -> tuple[str | None, bool]:
    """The preferred term of a term, and whether it is current."""
    if level == "llt":
        return fields[PT_OF_LLT], fields[CURRENT_OF_LLT] == "Y"
    return fields[0] if level == "pt" else None, True


def _check(path: Path, terms: list[tuple[str, str, str, str | None, bool]], paths: list[list[str]]) -> None:
    known = {level: {term[0] for term in terms if term[2] == level} for level in ("SOC", "HLGT", "HLT", "PT")}
    orphan = next((term for term in terms if term[2] == "LLT" and term[3] not in known["PT"]), None)
    if orphan is not None:
        raise InvalidInput(f"{path}: LLT {orphan[0]} points at PT {orphan[3]}, which pt.asc does not hold.")
    for row in paths:
        for level, code in zip(("PT", "HLT", "HLGT", "SOC"), row, strict=False):
            if code not in known[level]:
                raise InvalidInput(f"{path}: mdhier.asc names {level} {code}, which {level.lower()}.asc does not hold.")
    homeless = known["PT"] - {row[0] for row in paths}
    if homeless or not known["PT"]:
        raise InvalidInput(f"{path}: {len(homeless)} preferred terms have no path in mdhier.asc, or there are none.")


def _table(names: tuple[str, ...], rows: list[tuple[object, ...]]) -> pa.Table:
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})


def _edition(file: Path | None, encoding: str) -> str:
    fields = file.read_bytes().decode(encoding, errors="replace").strip().split("$") if file else []
    return " ".join(field.strip() for field in fields[:2] if field.strip()) or "not stated"


MEDDRA = Source(
    name="meddra",
    title=Sentence(fr="MedDRA, le dictionnaire de l'hôpital", en="MedDRA, the hospital's own copy"),
    publisher="the MSSO (meddra.org), under the hospital's licence",
    licence="licensed by the MSSO",
    expects="the folder of the ASCII distribution (llt.asc, pt.asc, hlt.asc, hlgt.asc, soc.asc, mdhier.asc)",
    load=load,
)
