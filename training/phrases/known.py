"""Phrases with their code that the ridge learns from: PsyTAR's mentions, the names of CTCAE, the words of labels.

A mention of PsyTAR (CC BY 4.0) carries the name of a concept; where that name is, letter for letter, the name of a
reaction in CTCAE v5 or in the TAC 2017 labels (both public), or `concepts.csv` gives it such a name, the mention gets
the code of that reaction. Mentions of the test partition's sentences are left out.
"""

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from cognoscope.apps.pharmacy.reactions.phrases_words import plain, same
from cognoscope.apps.pharmacy.reactions.spans_tokens import WORD
from training.spans.corpus import sentences

SHEETS = ("ADR", "WD", "SSI", "DI")
LABELS = 2


def names(datasets: Path) -> dict[str, str]:
    """Code of each name of a reaction, CTCAE's first."""
    found: dict[str, str] = {}
    for name, code in _ctcae(datasets):
        found.setdefault(name, code)
    for row in _labels(datasets):
        for _, preferred, code, lowest, *_ in row["adverse_events"]:
            if code:
                found.setdefault(same(preferred), str(int(code)))
                found.setdefault(same(lowest), str(int(code)))
    return found


def mentions(datasets: Path) -> Iterator[tuple[str, list[str]]]:
    """Each mention of PsyTAR outside the test partition, with the names of its concept."""
    folder = datasets / "text" / "psytar"
    judged = {_run(words) for words, _ in sentences(folder / "all_test.conll.txt.gz")}
    book = load_workbook(folder / "PsyTAR_dataset.xlsx", read_only=True)
    sheets = {sheet.title.replace("-", "_").strip(): sheet for sheet in book}
    for kind in SHEETS:
        places = {
            (row[1], row[2])
            for row in sheets[f"{kind}_Identified"].iter_rows(min_row=2, values_only=True)
            if row[3] and _run(WORD.findall(str(row[3]))) in judged
        }
        for row in sheets[f"{kind}_Mapped"].iter_rows(min_row=2, values_only=True):
            if row[3] and (row[1], row[2]) not in places:
                yield str(row[3]), [same(name) for name in _concepts(str(row[4] or ""), str(row[5] or ""))]


def known(datasets: Path) -> list[tuple[str, str]]:
    """Phrase in plain spelling and code; the commonest code of a phrase that has several."""
    coded = names(datasets)
    text = (Path(__file__).parent / "concepts.csv").read_text(encoding="utf-8")
    ours = {row["concept"]: coded[same(row["name"])] for row in csv.DictReader(text.splitlines())}
    votes: dict[str, Counter[str]] = {}
    for phrase, concepts in mentions(datasets):
        said = [coded.get(name) or ours.get(name) for name in (*concepts, same(phrase))]
        code = next((one for one in said if one), None)
        if code:
            votes.setdefault(plain(phrase), Counter())[code] += 1
    found = {phrase: counted.most_common(1)[0][0] for phrase, counted in votes.items()}
    for name, code in _ctcae(datasets):
        found.setdefault(plain(name), code)
    for words, code in labelled(datasets):
        found.setdefault(plain(words), code)
    return [(phrase, code) for phrase, code in sorted(found.items()) if phrase]


def meanings(datasets: Path) -> list[tuple[str, str]]:
    """Phrase in plain spelling and what it means, to tune the encoder: its code if it has one, else its concept.

    Besides the phrases of `known`: PsyTAR's mentions of concepts that have no code, the names of its concepts, and
    every wording of the TAC 2017 labels.
    """
    coded = names(datasets)
    text = (Path(__file__).parent / "concepts.csv").read_text(encoding="utf-8")
    ours = {row["concept"]: coded[same(row["name"])] for row in csv.DictReader(text.splitlines())}
    found = {(plain(name), code) for name, code in coded.items()}
    for phrase, concepts in mentions(datasets):
        concepts = [concept for concept in concepts if concept and concept != "no code"]
        said = [coded.get(name) or ours.get(name) for name in (*concepts, same(phrase))]
        meaning = next((one for one in said if one), concepts[0] if concepts else None)
        if meaning:
            found |= {(plain(each), meaning) for each in (phrase, *concepts)}
    for row in _labels(datasets):
        found |= {(plain(words), str(int(code))) for words, _, code, *_ in row["adverse_events"] if code}
    return sorted(pair for pair in found if pair[0])


def labelled(datasets: Path) -> Iterator[tuple[str, str]]:
    """Words that the labels of at least `LABELS` drugs use for one and the same reaction, with its code."""
    used: dict[str, dict[str, set[str]]] = {}
    for row in _labels(datasets):
        for words, _, code, *_ in row["adverse_events"]:
            if code:
                used.setdefault(same(words), {}).setdefault(str(int(code)), set()).add(row["label_id"])
    for words, codes in sorted(used.items()):
        code, labels = max(codes.items(), key=lambda one: (len(one[1]), one[0]))
        if len(labels) >= LABELS:
            yield words, code


def _ctcae(datasets: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(datasets / "drugs" / "ctcae-v5" / "ctcae_v5.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield same(row["CTCAE.Term"].split(" - ")[0]), row["MedDRA.Code"]


def _labels(datasets: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(datasets / "text" / "tac2017-adr-labels" / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _run(words: list[str]) -> str:
    return same(" ".join(words))


def _concepts(unified: str, snomed: str) -> Iterator[str]:
    """`C0002170 / Alopecia / Disease` and `Loss of hair (finding) [...]` to their names."""
    parts = unified.split("/")
    if len(parts) > 1:
        yield parts[1]
    yield re.sub(r"\(.*", "", snomed)
