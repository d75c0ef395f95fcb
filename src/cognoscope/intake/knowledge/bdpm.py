"""Source `bdpm`: the French public database of medicines, from its tab-separated files in Windows-1252.

Columns: "Contenu et format des fichiers téléchargeables dans la BDM" (ANSM, HAS, UNCAM).
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.source import Loaded, Source

CIS, COMPOSITION, PRESENTATIONS = "CIS_bdpm", "CIS_COMPO_bdpm", "CIS_CIP_bdpm"
_CODE = re.compile(r"\d{8}")
_EDITION = re.compile(r"(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?")
_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
_MAX_BROKEN = 0.01
"""More broken lines than this share: the file is not what it is called."""


def load(path: Path) -> Loaded:
    """The specialities, their composition and, where the file is there, their presentations.

    The edition is the folder's name where it is a month or a day, else the newest authorisation in the file. A line
    that does not fit the layout is left out and counted in the table `left_out`.

    Raises:
        InvalidInput: a file is missing, is not in Windows-1252, or is mostly something else.
    """
    folder = path if path.is_dir() else path.parent
    left_out: list[tuple[str, int]] = []
    product = _read(folder, CIS, 12, left_out)
    composition = _read(folder, COMPOSITION, 8, left_out)
    known = {row[0] for row in product}
    tables = {
        "product": _table(
            ("cis", "label", "form", "routes", "authorisation", "procedure", "market", "authorised", "holder"),
            sorted({(*row[:8], row[10].strip()) for row in product}),
        ),
        "composition": _table(
            ("cis", "element", "code", "substance", "dose", "per", "nature", "link"),
            sorted({row[:8] for row in composition if row[0] in known}),
        ),
        "presentation": _table(
            ("cis", "cip7", "cip13", "label", "status", "market"),
            sorted(
                {
                    (row[0], row[1], row[6], row[2], row[3], row[4])
                    for row in _read(folder, PRESENTATIONS, 7, left_out, needed=False)
                    if row[0] in known
                }
            ),
        ),
        "left_out": _table(("file", "line"), [(name, str(line)) for name, line in left_out]),
    }
    return Loaded(_edition(folder, [row[7] for row in product]), tables)


def _read(
    folder: Path, name: str, columns: int, left_out: list[tuple[str, int]], needed: bool = True
) -> list[tuple[str, ...]]:
    path = next((each for each in (folder / f"{name}.txt", folder / f"{name}.txt.gz") if each.is_file()), None)
    if path is None:
        if not needed:
            return []
        raise InvalidInput(
            f"{folder}: {name}.txt is missing; put CIS_bdpm.txt and CIS_COMPO_bdpm.txt, from the page "
            "of downloads of base-donnees-publique.medicaments.gouv.fr, in one folder."
        )
    rows: list[tuple[str, ...]] = []
    broken: list[int] = []
    for number, line in _lines(path):
        cells = tuple(cell.strip() for cell in line.split("\t"))
        if len(cells) < columns or not _CODE.fullmatch(cells[0]):
            broken.append(number)
        else:
            rows.append(cells)
    if len(broken) > max(_MAX_BROKEN * (len(rows) + len(broken)), 0 if not rows else 3):
        raise InvalidInput(
            f"{path}: {len(broken)} of {len(rows) + len(broken)} lines are not a CIS code of 8 digits with {columns} "
            f"columns between tabs (the first is line {broken[0]}): take the file {name}.txt again from its publisher."
        )
    if not rows and needed:
        raise InvalidInput(f"{path} is empty: take the file {name}.txt again from its publisher.")
    left_out += [(name, number) for number in broken]
    return rows


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{path} cannot be read: it may be damaged; download it again.") from error
    text = _decoded(path, content)
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if line.strip():
            yield number, line


def _decoded(path: Path, content: bytes) -> str:
    """UTF-8 read as Windows-1252 gives "Ã©": refused by name, for a name so spoiled would never be found again."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise InvalidInput(
                f"{path}: byte {error.start} is not Windows-1252, the encoding of the official files: get it again."
            ) from error
    if text.isascii():
        return text
    if text.startswith("\ufeff") or "Ã©" not in text:
        return text.removeprefix("\ufeff")
    raise InvalidInput(f"{path}: its accents were spoiled by a conversion (Ã©): take the original file.")


def _edition(folder: Path, days: list[str]) -> str:
    named = _EDITION.search(folder.resolve().name)
    if named:
        return named[0]
    found = [match for day in days if (match := _DAY.fullmatch(day))]
    newest = max((f"{day[3]}-{day[2]}-{day[1]}" for day in found), default="")
    return f"authorisations to {newest}" if newest else "no date"


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> pa.Table:
    held = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pa.table({name: pa.array(list(cells), pa.string()) for name, cells in zip(columns, held, strict=True)})


BDPM = Source(
    name="bdpm",
    title=Sentence(fr="Base de données publique des médicaments", en="The French public database of medicines (BDPM)"),
    publisher="ANSM, HAS, UNCAM (base-donnees-publique.medicaments.gouv.fr)",
    licence="free re-use with source and date cited",
    expects="the folder of CIS_bdpm.txt, CIS_COMPO_bdpm.txt and, if there is one, CIS_CIP_bdpm.txt",
    load=load,
    reference="drugs/bdpm/2026-04",
)
