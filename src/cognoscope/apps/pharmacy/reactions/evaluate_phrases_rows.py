"""The rows to judge and the rows to learn from, read from a folder laid out like SMM4H 2017 task 3."""

import csv
import gzip
import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np

from cognoscope.apps.pharmacy.reactions.phrases_coder import Row
from cognoscope.apps.pharmacy.reactions.phrases_encoder import vectors
from cognoscope.apps.pharmacy.reactions.phrases_grams import grams
from cognoscope.apps.pharmacy.reactions.phrases_known import digest, shipped
from cognoscope.apps.pharmacy.reactions.phrases_ridge import Known
from cognoscope.apps.pharmacy.reactions.phrases_words import plain, same
from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.registry import datasets_folder

FOLDER, FILE = "smm4h2017-adr-normalisation", "task3_train.tsv.gz"
LABELS = Path("text") / "tac2017-adr-labels" / "train.jsonl.gz"


def rows_of(folder: Path) -> list[Row]:
    """Every row with a code in the tab-separated files of a folder: identifier, phrase, code. Others are left out."""
    return [row for path in sorted([*folder.glob("*.tsv"), *folder.glob("*.tsv.gz")]) for row in _read(path)]


def reference() -> list[Row]:
    """The training file of the reference set, empty where it is not there."""
    path = datasets_folder() / "text" / FOLDER / FILE
    return list(_read(path)) if path.is_file() else []


def split(folder: Path) -> tuple[list[Row], list[Row]]:
    """Rows to learn from and rows to judge; none to learn from where the folder must be judged on itself, in folds.

    A row of the folder is a training row if the reference's training file holds it, identifier, phrase and code.

    Raises:
        InvalidInput: the folder holds no row with a code.
    """
    given = rows_of(folder)
    if not given:
        raise InvalidInput(f"{folder}: rows of an identifier, a phrase and a code, apart by tabs, are needed.")
    learnt = reference()
    known = set(learnt)
    unseen = [row for row in given if row not in known]
    return (learnt, unseen) if learnt and unseen else ([], given)


def others(codes: Collection[str]) -> Known:
    """The phrases that ship, and the names of some codes in the reference set's drug labels where they are there."""
    from scipy.sparse import vstack

    own, have, _ = shipped()
    said = {(words, code) for words, code in _names() if words and code in codes}
    named = sorted((words, code) for words, code in said if (digest(words), code) not in have)
    if not named:
        return own
    phrases = [phrase for phrase, _ in named]
    return Known(
        vstack([own.grams, grams(phrases)], format="csr"),
        np.concatenate([own.vectors, vectors(phrases)]),
        [*own.codes, *(code for _, code in named)],
        np.ones(len(own.codes) + len(named), np.float32),
    )


def groups(rows: Sequence[Row]) -> list[int]:
    """The number of each row's phrase: rows with the same words have the same number."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(same(row.phrase), len(numbers)) for row in rows]


def _names() -> Iterator[tuple[str, str]]:
    path = datasets_folder() / LABELS
    if not path.is_file():
        return
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            for words, preferred, code, lowest, *_ in json.loads(line)["adverse_events"]:
                if code:
                    yield from ((plain(each), str(int(code))) for each in (words, preferred, lowest))


def _read(path: Path) -> Iterator[Row]:
    raw = path.read_bytes()
    try:
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", errors="replace")
    except (OSError, EOFError) as error:
        raise InvalidInput(f"{path.name} is damaged and cannot be unpacked: fetch it again.") from error
    for cells in csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if len(cells) == 3 and cells[2].strip().isdigit() and plain(cells[1]):
            yield Row(cells[0].strip(), cells[1], cells[2].strip())
