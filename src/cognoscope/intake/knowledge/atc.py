"""Source `atc`: codes of the Anatomical Therapeutic Chemical classification with the French names they stand for.

The public database of medicines holds no ATC code, and the WHO's own index is licensed: what is loaded is the
hospital's list, or the open one of EDS-NLP.
"""

import csv
import gzip
import io
import json
import re
import zlib
from pathlib import Path

import pyarrow as pa

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.source import Loaded, Source

_CODE = re.compile(r"[A-Z](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?")

_MAX_WRONG = 0.02


def load(path: Path) -> Loaded:
    """The table `name` (code, name), without the few misspelt codes that lists hold.

    Raises:
        InvalidInput: the file cannot be read, is laid out otherwise, or holds something that is no ATC code.
    """
    file = next((each for name in _NAMES if (each := path / name).is_file()), path) if path.is_dir() else path
    try:
        content = file.read_bytes()
        text = (gzip.decompress(content) if file.suffix == ".gz" else content).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{file} cannot be read: name a file with ATC codes and names.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file} is not in UTF-8: save it so.") from error
    rows = _of_json(file, text) if text.lstrip().startswith(("{", "[")) else _of_csv(file, text)
    wrong = [code for code, _ in rows if not _CODE.fullmatch(code)]
    if len(wrong) > _MAX_WRONG * len(rows):
        raise InvalidInput(
            f"{file}: {wrong[0][:20]!r} is not an ATC code (as C09AA05), nor are {len(wrong) - 1} others."
        )
    if not rows:
        raise InvalidInput(f"{file} holds no code.")
    rows = [(code, name) for code, name in rows if _CODE.fullmatch(code)]
    kept = sorted(set(rows))
    table = pa.table({"code": [code for code, _ in kept], "name": [name for _, name in kept]})
    return Loaded(f"{len({code for code, _ in kept})} codes of {file.name}", {"name": table})


def _of_json(file: Path, text: str) -> list[tuple[str, str]]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{file} is not JSON: get it again.") from error
    if not isinstance(held, dict) or not all(
        isinstance(names, list) and all(isinstance(name, str) for name in names) for names in held.values()
    ):
        raise InvalidInput(f"{file}: an object from each ATC code to the list of its names is expected.")
    return [(code.strip(), name.strip()) for code, names in held.items() for name in names if name.strip()]


def _of_csv(file: Path, text: str) -> list[tuple[str, str]]:
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    try:
        columns = {(each or "").strip().lower(): each for each in reader.fieldnames or ()}
        if "atc" not in columns or "name" not in columns:
            raise InvalidInput(f"{file}: the columns atc and name are expected in the first line.")
        read = [((row[columns["atc"]] or "").strip(), (row[columns["name"]] or "").strip()) for row in reader]
    except csv.Error as error:
        raise InvalidInput(f"{file} is not a table: {error}.") from error
    return [(code, name) for code, name in read if name]


_NAMES = ("drugs.json", "drugs.json.gz")

ATC = Source(
    name="atc",
    title=Sentence(fr="Codes ATC et leurs noms français", en="ATC codes and their French names"),
    publisher="WHO Collaborating Centre for Drug Statistics Methodology; open list in EDS-NLP (AP-HP)",
    licence="ATC: WHO, not for sale; EDS-NLP's list BSD-3-Clause",
    expects="a table with the columns atc and name, or EDS-NLP's drugs.json",
    load=load,
    reference="text/edsnlp-resources/drugs.json.gz",
)
