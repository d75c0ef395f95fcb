"""Which code system a URI names: own knowledge, in `systems.csv` with the source of each line."""

import csv
from functools import cache
from importlib.resources import files


@cache
def _systems() -> dict[str, str]:
    text = files(__package__).joinpath("systems.csv").read_text(encoding="utf-8")
    return {row["uri"]: row["system"] for row in csv.DictReader(text.splitlines())}


def system_of(uri: str) -> str:
    """`CIS`, `CIP`, `UCD`, `ATC`, `CIM-10`, `LOINC`, or '' for one that is not known."""
    return _systems().get(uri.rstrip("/"), "")


def drug_code(uri: str, code: str) -> tuple[str, str] | None:
    """System and code of a drug as the orders want them: CIS, CIP13, CIP7 or ATC; None for another code.

    A CIP's length tells the two kinds apart, whatever the URI's name says. UCD codes are in no published open table:
    such a line is resolved by its words.
    """
    system = system_of(uri)
    if system == "CIS" and len(code) == 8 and code.isdigit():
        return "CIS", code
    if system == "CIP" and len(code) in (7, 13) and code.isdigit():
        return f"CIP{len(code)}", code
    if system == "ATC" and 3 <= len(code) <= 7 and code.isalnum():
        return "ATC", code.upper()
    return None
