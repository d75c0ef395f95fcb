"""The thesaurus asked by names of specialities: typed denomination, public database, substances, interactions.

Which specialities hold a substance of the thesaurus is worked out apart from the resolution under test: from the raw
lines of the composition, those whose only substance contains the words of the thesaurus' name.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import pyarrow as pa

from cognoscope.apps.pharmacy.interactions.evaluate_pairs import Edition, said
from cognoscope.intake.medicines import Medicine, Medicines, fold

_PARTS = (
    *("sodium", "potassium", "calcium", "magnesium", "aluminium", "fer", "or", "zinc", "iode", "phosphore", "fluor"),
    *("trometamol", "benzoate", "lithium", "strontium"),
)
"""Words that stand in the names of many salts without saying what they do."""


@dataclass(frozen=True)
class Sold:
    """expected, found: pairs of specialities of which the edition says something, and those of which all of it came.

    substances: of the edition, that have such a speciality; `without`: those that have none. `misread`: denominations
    that were not resolved to one medicine.
    """

    expected: int
    found: int
    substances: int
    without: tuple[str, ...]
    misread: tuple[str, ...]
    missed: tuple[str, ...]


Lines = Mapping[str, list[tuple[str, list[list[str]]]]]
"""By each word of it, the denominations of one substance alone, with the words of the names it is declared under."""


def lines_of(tables: Mapping[str, pa.Table]) -> Lines:
    """The raw lines of a public database, homeopathic ones left out."""
    held: dict[str, dict[str, list[list[str]]]] = defaultdict(lambda: defaultdict(list))
    for row in tables["composition"].to_pylist():
        held[row["cis"]][row["link"]].append(re.findall(r"[a-z0-9]+", fold(row["substance"])))
    by_word: dict[str, list[tuple[str, list[list[str]]]]] = defaultdict(list)
    for row in tables["product"].to_pylist():
        lines = list(held[row["cis"]].values())
        if (
            len(lines) == 1
            and "homéo" not in row["procedure"]
            and not any("homeopathiques" in each for each in lines[0])
        ):
            for word in {word for words in lines[0] for word in words}:
                by_word[word].append((row["label"], lines[0]))
    return by_word


def labels_by_substance(lines: Lines, names: Mapping[str, str]) -> dict[str, str]:
    """For each plain name of the thesaurus, the denomination of one speciality of that substance alone."""
    known = {key: re.findall(r"[a-z0-9]+", fold(name)) for key, name in names.items()}
    by_first: dict[str, list[list[str]]] = defaultdict(list)
    for words in known.values():
        if words and words[0] not in _PARTS:
            by_first[words[0]].append(words)
    found: dict[str, str] = {}
    for key, wanted in sorted(known.items()):
        if wanted and wanted[0] not in _PARTS:
            held = lines.get(wanted[0], ())
            label = next((label for label, declared in held if _means(declared, wanted, by_first)), "")
            if label:
                found[key] = label
    return found


def ask_by_brand(edition: Edition, medicines: Medicines, labels: Mapping[str, str]) -> Sold:
    """Type one denomination for each substance, and put every pair of them to the thesaurus."""
    raw = edition.raw
    typed: dict[str, Medicine] = {}
    misread: list[str] = []
    for key, label in labels.items():
        answer = medicines.resolve(label)
        if len(answer.medicines) == 1:
            typed[key] = answer.medicines[0]
        else:
            misread.append(label)
    expected = found = 0
    missed: list[str] = []
    for first, second in combinations(sorted(typed), 2):
        wanted = raw.pairs.get(frozenset((first, second)))
        if wanted and typed[first].substances != typed[second].substances:
            expected += 1
            if wanted <= said(edition.thesaurus.between(typed[first], typed[second])):
                found += 1
            elif len(missed) < 20:
                missed.append(f"{labels[first]} + {labels[second]}")
    without = tuple(name for key, name in sorted(raw.names.items()) if key not in labels)
    return Sold(expected, found, len(labels), without, tuple(misread[:20]), tuple(missed))


def _means(declared: list[list[str]], wanted: list[str], by_first: Mapping[str, list[list[str]]]) -> bool:
    """Whether one declared name holds the wanted words, and none holds those of another substance of the thesaurus.

    A name with a number of its own is an isotope's, which acts by its rays.
    """
    if not any(
        _holds(words, wanted) and not any(each[0].isdigit() for each in {*words} - {*wanted}) for words in declared
    ):
        return False
    others = [other for words in declared for word in words for other in by_first.get(word, ()) if _holds(words, other)]
    return all(_holds(wanted, other) for other in others)


def _holds(words: list[str], wanted: list[str]) -> bool:
    """Whether the wanted words stand in a declared name next to each other."""
    size = len(wanted)
    return any(words[at : at + size] == wanted for at in range(len(words) - size + 1))
