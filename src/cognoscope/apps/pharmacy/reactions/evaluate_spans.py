"""`cognoscope evaluate pharmacy.reactions` on a folder laid out like PsyTAR: exact spans of adverse reactions.

Judges the `*.conll[.txt][.gz]` file with `test` in its name where the folder holds one; else every such file, without
the sentences that trained the shipped model (known by their digests, `spans_trained.txt`). Nothing learns from the
judged files: the baseline is a dictionary of the spans of the folder's own training file or of the reference set's.
"""

import gzip
import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.pharmacy.reactions import spans
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Metric
from cognoscope.datasets.registry import datasets_folder
from cognoscope.methods.bootstrap import block_counts, interval

TRAINED = "spans_trained.txt"
KIND = "ADR"
DRAWS, SEED, BINS = 1000, 20261122, 5
LONGEST_ENTRY = 8
REFERENCE = 0.711
SOURCE = "XLM-RoBERTa-large, ADR alone, same split: Sboev et al., Applied Sciences 2022, appendix A"

Sentence = tuple[list[str], list[str]]
Run = tuple[int, int]


def evaluate(folder: Path) -> tuple[list[Metric], dict[str, Any], int]:
    """`span_f1` with its interval (sentences resampled) beside the baseline; detail; sentences judged.

    Raises:
        InvalidInput: no `*.conll` file, a line that is no word and label, or no sentence that trained nothing.
        NotInstalled: without the extra `text`.
    """
    paths = _files(folder)
    if not paths:
        raise InvalidInput(f"{folder}: all_test.conll with a word, a tab and a label a line is needed.")
    judged_paths = [path for path in paths if "test" in path.name] or paths
    data = [sentence for path in judged_paths for sentence in read_conll(path)]
    judged = [one for one in data if digest(one[0]) not in trained()]
    if not judged:
        raise InvalidInput(f"{folder}: every sentence trained the model, so none can be judged: give others.")
    truth = [set(runs(labels)) for _, labels in judged]
    said = [spans.read(words) for words, _ in judged]
    model = [{(first, last) for first, last, _ in one} for one in said]
    entries = dictionary(_learned(folder, judged_paths))
    simple = [looked_up(words, entries) for words, _ in judged]
    counts = np.array([_counts(found, gold) for found, gold in zip(model, truth, strict=True)], np.float64)
    resampled = block_counts(len(counts), DRAWS, SEED) @ counts
    drawn = interval(_f1(resampled))
    low, high = drawn or (None, None)
    total = counts.sum(0)
    baseline = np.array([_counts(found, gold) for found, gold in zip(simple, truth, strict=True)], np.float64).sum(0)
    metric = Metric(
        name="span_f1",
        value=float(_f1(total)),
        low=low,
        high=high,
        baseline=float(_f1(baseline)),
        reference=REFERENCE,
        reference_source=SOURCE,
    )
    detail = {
        "judged": [path.name for path in judged_paths],
        "sentences": len(judged),
        "sentences_left_out_because_they_trained": len(data) - len(judged),
        "reactions": int(total[2]),
        "precision": float(total[0] / max(1, total[1])),
        "recall": float(total[0] / max(1, total[2])),
        "overlap_f1": overlap_f1(model, truth),
        "baseline": "longest match in the spans of the training file",
        "calibration": calibration(said, truth),
    }
    return [metric], detail, len(judged)


def read_conll(path: Path) -> list[Sentence]:
    """Words and labels of each sentence.

    Raises:
        InvalidInput: a line that holds no tab, with its number.
    """
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", errors="replace")
    found: list[Sentence] = [([], [])]
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            found.append(([], []))
            continue
        word, tab, label = line.rstrip("\r").partition("\t")
        if not tab:
            raise InvalidInput(f"{path.name}, line {number}: a word, a tab and a label are needed.")
        found[-1][0].append(word)
        found[-1][1].append(label.split("\t")[-1])
    return [one for one in found if one[0]]


def runs(labels: Sequence[str], kind: str = KIND) -> list[Run]:
    """First word and word after the last of each span of a kind, labels in BIO."""
    found: list[Run] = []
    for place, label in enumerate(labels):
        if label == f"I-{kind}" and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        elif label in (f"B-{kind}", f"I-{kind}"):
            found.append((place, place + 1))
    return found


def digest(words: Sequence[str]) -> str:
    """How a sentence is known again: of its words in lower case."""
    return hashlib.sha256(" ".join(words).lower().encode()).hexdigest()[:16]


@cache
def trained() -> frozenset[str]:
    """Digests of the sentences that trained or tuned the shipped model."""
    return frozenset(files(__package__).joinpath(TRAINED).read_text(encoding="utf-8").split())


def dictionary(data: Sequence[Sentence]) -> set[tuple[str, ...]]:
    """Spans of training sentences, in lower case, that are reactions more often than not where they occur."""
    said = Counter(
        tuple(word.lower() for word in words[first:last]) for words, labels in data for first, last in runs(labels)
    )
    seen: Counter[tuple[str, ...]] = Counter()
    for words, _ in data:
        low = [word.lower() for word in words]
        seen.update(
            entry
            for first in range(len(low))
            for last in range(first + 1, min(len(low), first + LONGEST_ENTRY) + 1)
            if (entry := tuple(low[first:last])) in said
        )
    return {entry for entry, times in said.items() if len(entry) <= LONGEST_ENTRY and 2 * times >= seen[entry]}


def looked_up(words: Sequence[str], entries: set[tuple[str, ...]]) -> set[Run]:
    """Longest entries of the dictionary, from left to right."""
    low, found, place = [word.lower() for word in words], set(), 0
    while place < len(low):
        longest = min(len(low), place + LONGEST_ENTRY)
        last = next((stop for stop in range(longest, place, -1) if tuple(low[place:stop]) in entries), None)
        if last:
            found.add((place, last))
        place = last or place + 1
    return found


def overlap_f1(model: Sequence[set[Run]], truth: Sequence[set[Run]]) -> float:
    """F1 where a span counts as right if it shares a word with one of the other side."""
    touched = [_touching(found, gold) for found, gold in zip(model, truth, strict=True)]
    reached = [_touching(gold, found) for found, gold in zip(model, truth, strict=True)]
    precision = sum(touched) / max(1, sum(map(len, model)))
    recall = sum(reached) / max(1, sum(map(len, truth)))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def calibration(said: Sequence[list[tuple[int, int, float]]], truth: Sequence[set[Run]]) -> list[dict[str, float]]:
    """Mean score and share of right spans, by fifths of the scores."""
    scored = sorted(
        (score, (first, last) in gold) for one, gold in zip(said, truth, strict=True) for first, last, score in one
    )
    parts = [part for part in np.array_split(np.array(scored, np.float64).reshape(-1, 2), BINS) if len(part)]
    return [
        {"spans": len(part), "score": float(part[:, 0].mean()), "right": float(part[:, 1].mean())} for part in parts
    ]


def _files(folder: Path) -> list[Path]:
    return sorted(path for ending in ("", ".txt", ".gz", ".txt.gz") for path in folder.glob(f"*.conll{ending}"))


def _learned(folder: Path, judged: Sequence[Path]) -> list[Sentence]:
    """Sentences of the training file beside the judged one, else of the reference set's."""
    for place in (folder, datasets_folder() / "text" / "psytar"):
        for path in _files(place):
            if "train" in path.name and path not in judged:
                return read_conll(path)
    return []


def _counts(found: set[Run], gold: set[Run]) -> tuple[int, int, int]:
    return len(found & gold), len(found), len(gold)


def _touching(some: set[Run], others: set[Run]) -> int:
    return sum(any(first < stop and start < last for start, stop in others) for first, last in some)


def _f1(counts: Any) -> Any:
    """Of (right, found, true) in the last axis."""
    right, found, true = counts[..., 0], counts[..., 1], counts[..., 2]
    return 2 * right / np.maximum(1, found + true)
