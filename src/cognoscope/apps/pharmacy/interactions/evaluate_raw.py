"""What a thesaurus edition says of each pair of substances, worked out from its JSON files in the plainest way.

Nothing of the application is used, so that a mistake in its reading, its index or its class expansion shows: each
record is read, each heading is replaced by itself and by the substances of which the index or the heading's own list
says that they belong to it, and every pair of one with the other gets the record's levels.
"""

import gzip
import json
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Said = frozenset[tuple[frozenset[str], str]]
"""The two headings of a record and one of its levels."""


@dataclass(frozen=True)
class Raw:
    """names: substances as the index writes them, by their plain form. `pairs`: what is said of two plain substances.

    `direct`: the pairs of which a record speaks by both names, without a class.
    """

    names: dict[str, str]
    pairs: dict[frozenset[str], Said]
    direct: set[frozenset[str]]


def read_raw(folder: Path) -> Raw:
    """The pairs of one edition's folder."""
    records: list[dict[str, Any]] = []
    index: list[dict[str, Any]] = []
    for path in sorted(folder.iterdir()):
        if path.name.endswith((".json", ".json.gz")):
            content = path.read_bytes()
            rows = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
            if "plus_drug" in rows[0]:
                records = rows
            elif "drug_classes" in rows[0]:
                index = rows
    names = {plain(row["substance"]): row["substance"] for row in index}
    members: dict[str, set[str]] = defaultdict(set)
    for row in index:
        for each in row["drug_classes"]:
            members[plain(each)].add(plain(row["substance"]))
    for row in records:
        members[plain(row["main_drug"])] |= _listed(row.get("between_main_and_plus_drug") or "", names)
    pairs: dict[frozenset[str], set[tuple[frozenset[str], str]]] = defaultdict(set)
    direct: set[frozenset[str]] = set()
    for row in records:
        main, plus = plain(row["main_drug"]), plain(row["plus_drug"])
        said = {(frozenset((main, plus)), _level(each["level"])) for each in row["severity_levels"]}
        if main in names and plus in names:
            direct.add(frozenset((main, plus)))
        for first in _meant(main, members, names):
            for second in _meant(plus, members, names):
                if first != second:
                    pairs[frozenset((first, second))] |= said
    return Raw(names, {pair: frozenset(said) for pair, said in pairs.items()}, direct)


def plain(name: str) -> str:
    """The letters and digits of a name, without accents; + is kept."""
    split = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe"))
    return "".join(each for each in split if each.isascii() and (each.isalnum() or each == "+"))


def _meant(heading: str, members: dict[str, set[str]], names: dict[str, str]) -> set[str]:
    return members.get(heading, set()) | ({heading} if heading in names else set())


def _listed(between: str, names: dict[str, str]) -> set[str]:
    """Substances of the index in the list that ends with a closing bracket, unless it refers to other headings."""
    if not between.rstrip().endswith(")") or plain(between).startswith("voiraussi"):
        return set()
    depth, inside = 0, ""
    for letter in reversed(between.rstrip()):
        depth += (letter == ")") - (letter == "(")
        inside = letter + inside
        if depth == 0:
            break
    words = inside.replace("(", " ").replace(")", " ")
    return {plain(part) for part in words.split(",")} & names.keys()


def _level(written: str) -> str:
    word = plain(written)
    for start, level in (("contre", "contraindicated"), ("association", "discouraged"), ("precaution", "precaution")):
        if word.startswith(start):
            return level
    return "take-into-account"
