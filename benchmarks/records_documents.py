"""The documents of the records' benchmark: real French texts, and as many seeded variations of them as one asks for.

A variation keeps a text's words and changes its figures (each number of two digits or more gets other digits behind the
first), the order of its sentences within each paragraph and of every other paragraph: no two are the same, so that
nothing that was computed for one document can be used for another.
"""

import gzip
import json
import random
import re
from pathlib import Path

CASES = "e3c-french/layer3_journal_cases_unannotated.jsonl.gz"
LEAFLETS = "e3c-french/layer3_notices_patient_sample.jsonl.gz"

_number = re.compile(r"\d\d+")
_sentence_end = re.compile(r"(?<=[.!?]) (?=[A-ZÀ-Þ])")


def base_documents(folder: Path) -> tuple[list[str], list[str]]:
    """(cases, leaflets) of a folder laid out like the reference texts."""
    return _texts(folder / CASES), _texts(folder / LEAFLETS)


def _texts(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def mixed(cases: list[str], leaflets: list[str], count: int, seed: int) -> list[int]:
    """Which base document (cases, then leaflets) each of `count` documents varies: whole rounds in seeded order."""
    order: list[int] = []
    drawn = random.Random(seed)
    while len(order) < count:
        one = list(range(len(cases) + len(leaflets)))
        drawn.shuffle(one)
        order += one
    return order[:count]


def stratified(cases: list[str], leaflets: list[str], count: int, seed: int) -> list[int]:
    """`count` base documents, cases and leaflets in the proportion in which they are there."""
    drawn = random.Random(seed)
    some = round(count * len(cases) / (len(cases) + len(leaflets)))
    chosen = drawn.sample(range(len(cases)), min(some, len(cases)))
    rest = min(count - some, len(leaflets))
    return chosen + drawn.sample(range(len(cases), len(cases) + len(leaflets)), rest)


def varied(text: str, seed: int) -> str:
    """Another document of the same words."""
    drawn = random.Random(seed)
    digits = iter(lambda: str(drawn.randrange(10)), None)
    text = _number.sub(lambda match: match[0][0] + "".join(next(digits) for _ in match[0][1:]), text)
    paragraphs = []
    for paragraph in text.split("\n"):
        sentences = _sentence_end.split(paragraph)
        drawn.shuffle(sentences)
        paragraphs.append(" ".join(sentences))
    odd = paragraphs[1::2]
    drawn.shuffle(odd)
    paragraphs[1::2] = odd
    return "\n".join(paragraphs)
