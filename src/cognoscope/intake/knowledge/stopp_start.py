"""STOPP/START version 2 as executable criteria (Huibers et al., IJMI 2018), read from XML; LGPL, so never shipped.

Of each criterion only the statements that a French hospital can answer are kept: those with ICD-10 codes, and those
that ask for no diagnosis. The others (ICPC, ICD-9) say the same in nomenclatures that the warehouse does not hold.
"""

import gzip
import json
import re
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.source import Loaded, Source

LARGEST = 50_000_000
IDENTIFIER = re.compile(r"^(START|STOPP) [A-Z]\d{0,2}(\.\d)?$")
CODE = re.compile(r"^[A-Z0-9][A-Z0-9.]{0,9}$")
DIAGNOSES = frozenset({"icd9", "icd10", "icpc1nl", "icpc2"})
COMPARISONS = frozenset({"=", "!=", "<", ">"})
INTERVALS = frozenset("DWMY")
WANTED = "the file stoppstart.xml (or .xml.gz), with rules as in its schema stoppstart.xsd"


def load(path: Path) -> Loaded:
    """Read `stoppstart.xml` or `stoppstart.xml.gz`, or the folder that holds it.

    The table `criterion` has one row a criterion: `id` (`STOPP E4`), `kind` (`stop`, `start`), `text` (the English
    description), and `body`: its statements as JSON, any of which is enough. A statement holds `episodes`,
    `medicines` and `measurements`, all of which must hold, and `acts`, the ATC codes to stop or to start.

    Raises:
        InvalidInput: the file is missing, damaged, or not such criteria.
    """
    file = _file(path)
    root = _parsed(file)
    if root.tag != "rules" or not len(root):
        raise InvalidInput(f"{file} holds no STOPP/START criteria: it must be {WANTED}.")
    rows = []
    for rule in root:
        try:
            rows.append(_criterion(rule))
        except (ValueError, AttributeError) as error:
            name = rule.get("id")
            raise InvalidInput(f"{file}: the criterion {name!r} cannot be read; it must be {WANTED}.") from error
    rows.sort(key=lambda row: row["id"])
    if len({row["id"] for row in rows}) < len(rows):
        raise InvalidInput(f"{file}: two criteria have the same id; it must be {WANTED}.")
    return Loaded(edition="2", tables={"criterion": pa.Table.from_pylist(rows)})


STOPP_START = Source(
    name="stopp-start",
    title=Sentence(fr="STOPP/START, version 2", en="STOPP/START, version 2"),
    publisher="the OPERAM project (https://github.com/MichielCM/stoppstart)",
    licence="LGPL-3.0; loaded by the hospital, never shipped",
    expects=WANTED,
    load=load,
    reference="drugs/stopp-start-v2",
)


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = [path / name for name in ("stoppstart.xml", "stoppstart.xml.gz") if (path / name).is_file()]
    if not found:
        raise InvalidInput(f"{path} holds no stoppstart.xml: give {WANTED}.")
    return found[0]


def _parsed(file: Path) -> ElementTree.Element:
    try:
        content = file.read_bytes()
        if content[:2] == b"\x1f\x8b":
            with gzip.open(file) as packed:
                content = packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{file} cannot be read: give {WANTED}.") from error
    # A document type may define entities that grow without end, and this format has none.
    if len(content) > LARGEST or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InvalidInput(f"{file} is too large or declares entities: give {WANTED}.")
    try:
        return ElementTree.fromstring(content)  # noqa: S314 - document types are refused above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise InvalidInput(f"{file} is not XML, or cut off: give {WANTED}.") from error


def _criterion(rule: ElementTree.Element) -> dict[str, str]:
    name = rule.get("id", "")
    description = " ".join((rule.findtext("description") or "").split())
    if not IDENTIFIER.match(name) or not description:
        raise ValueError("no id or no description")
    statements = [statement for each in rule.findall("iteration") if (statement := _statement(each)) is not None]
    body = json.dumps(_unique(statements), sort_keys=True, separators=(",", ":"))
    return {"id": name, "kind": "start" if name.startswith("START") else "stop", "text": description, "body": body}


def _statement(iteration: ElementTree.Element) -> dict[str, Any] | None:
    """What must hold together, or None where it asks for a diagnosis in another nomenclature."""
    found: dict[str, Any] = {"episodes": [], "medicines": [], "measurements": [], "acts": []}
    named = {each.get("name") for each in iteration.iter("terminology")}
    if named & DIAGNOSES and "icd10" not in named:
        return None
    for condition in iteration.findall("condition"):
        for part in condition:
            found[f"{part.tag}s"].append(_part(part))
    for action in iteration.findall("action"):
        found["acts"] += [_part(part)["codes"] for part in action]
    found["acts"] = sorted({code for codes in found["acts"] for code in codes})
    return found


def _part(part: ElementTree.Element) -> dict[str, Any]:
    read: dict[str, Any] = {"codes": [], "but": [], "absent": part.get("negative") == "true"}
    for terminology in part.findall("terminology"):
        values = terminology.find("values")
        assert values is not None
        codes = [(value.text or "").strip() for value in values]
        if part.tag != "measurement" and not all(CODE.match(code) for code in codes):
            raise ValueError("a code is not in the form of one")
        read["but" if values.get("operator") == "!=" else "codes"] += sorted(codes)
    for name in ("frequency", "duration", "dose", "result"):
        if (bound := part.find(name)) is not None:
            read[name] = _bound(bound)
    status = part.find("status")
    if status is not None and status.get("active") == "false":
        read["ended"] = True
    return read


def _bound(bound: ElementTree.Element) -> list[Any]:
    """Comparison, value, and the interval or unit it is counted in."""
    values = bound.find("values")
    operator, text = (values.get("operator"), values[0].text) if values is not None and len(values) else (None, None)
    interval = bound.get("interval")
    if operator not in COMPARISONS or text is None or (interval is not None and interval not in INTERVALS):
        raise ValueError("a limit is not in the form of one")
    text = text.strip()
    value: float | str = float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text
    return [operator, value, interval or "", bound.get("unit") or ""]


def _unique(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({json.dumps(one, sort_keys=True): one for one in statements}.values())
