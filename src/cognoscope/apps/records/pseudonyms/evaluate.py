"""De-identification judged on template blocks that trained nothing, filled with values that trained nothing.

`evaluate(folder)` takes `templates.txt` of the folder; blocks of the training half are left out and counted. Beside it,
`../e3c-french`, where it exists, says how often something is masked for nothing.
"""

import csv
import random
import time
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.records.pseudonyms.evaluate_blocks import read_blocks, trained_on
from cognoscope.apps.records.pseudonyms.evaluate_fill import Filled, fill
from cognoscope.apps.records.pseudonyms.evaluate_known import known_of
from cognoscope.apps.records.pseudonyms.evaluate_names import Lists
from cognoscope.apps.records.pseudonyms.evaluate_negatives import FOLDER, judge_negatives, looked_at, read_texts
from cognoscope.apps.records.pseudonyms.evaluate_tokens import CONTACTS, IDENTIFIERS, NAMES, count
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.deidentification.deidentifier import Deidentifier
from cognoscope.intake.identities import Identity
from cognoscope.methods.bootstrap import block_counts, interval

APPLICATION = "records.pseudonyms"
VERSION = "1.0.0"
FILLINGS = 8
SEED = 20261122
DRAWS = 1000
KEY = b"only for judging, of no installation"
SOURCE = "AP-HP/eds-pseudo-public model card (its private test set; not the same texts); README of the templates"
RECALLS = {"recall_name": NAMES, "recall_identifier": IDENTIFIERS, "recall_contact": CONTACTS}
RECALLS |= {"recall_birth_date": ("DATE_NAISSANCE",), "recall_hospital": ("HOPITAL",), "recall_date": ("DATE",)}
REFERENCES = {"precision": 0.961, "clean_documents": 0.63}
"""Published: precision of MAIL (the only one verified); documents fully redacted (remembered, not verified)."""

Counts = list[Counter[str]]


def evaluate(folder: Path) -> Evaluation:
    """Token recalls, precision and clean documents, with 95 % intervals (blocks resampled).

    Raises:
        InvalidInput: the folder has no `templates.txt` with a block that trained nothing.
        NotInstalled: the extra `text` is missing.
    """
    started = time.perf_counter()
    path = folder / "templates.txt"
    if not path.is_file():
        raise InvalidInput(f"{folder}: templates.txt with blocks of [text](LABEL) is needed.")
    blocks = read_blocks(path)
    judged = [block for block in blocks if not trained_on(block) and "](" in block]
    if not judged:
        raise InvalidInput(f"{path}: every block trained the classifier, so none can be judged: give other templates.")
    rng = random.Random(SEED)  # noqa: S311
    filled = [[fill(block, judged_lists(), rng, spelling=0.0) for _ in range(FILLINGS)] for block in judged]
    unheard = [[fill(block, judged_lists(), rng) for _ in range(FILLINGS)] for block in judged]
    systems = {
        "rules": Deidentifier(KEY, learned=False),
        "classifier": Deidentifier(KEY, rules=False),
        "both": Deidentifier(KEY),
    }
    counts = {name: [counted(texts, system) for texts in filled] for name, system in systems.items()}
    known = [counted(texts, systems["both"], [known_of(one) for one in texts]) for texts in filled]
    metrics = [*_metrics(counts["both"], counts["rules"])]
    detail: dict[str, Any] = {
        "blocks": len(blocks),
        "blocks_left_out_because_they_trained": len(blocks) - len(judged),
        "fillings": FILLINGS,
        "ablation": {name: figures(some) for name, some in (*counts.items(), ("both and known", known))},
        "a_third_of_family_names_spelled_at_random": figures([counted(texts, systems["both"]) for texts in unheard]),
        "labels": by_label(counts["both"]),
        "masked_with_labels_the_set_lacks": total(counts["both"])["masked_apart"],
        "held_back": held(filled, systems["both"]),
    }
    beside = folder.resolve().parent / FOLDER
    rows = sum(len(texts) for texts in filled)
    if beside.is_dir():
        negatives = judge_negatives([t for t in read_texts(beside) if not looked_at(t)], systems["both"], SEED)
        per_text = np.array(negatives.pop("per_text"), np.float64)
        rows += len(per_text)
        if len(per_text):
            drawn = interval(block_counts(len(per_text), DRAWS, SEED) @ per_text / len(per_text))
            low, high = drawn or (None, None)
            metrics.append(Metric(name="false_maskings_per_document", value=float(per_text.mean()), low=low, high=high))
            detail["no_identities"] = negatives
    return Evaluation(
        application=APPLICATION,
        version=VERSION,
        dataset=folder.name,
        rows=rows,
        metrics=tuple(metrics),
        seconds=round(time.perf_counter() - started, 1),
        detail=detail,
    )


def judged_lists() -> Lists:
    """Names, cities and hospitals that no training text and no shipped list holds."""
    content = files(__package__).joinpath("judged_values.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(content.splitlines()))
    return {
        kind: [row["value"] for row in rows if row["kind"] == kind] for kind in ("first", "surname", "city", "hospital")
    }


def counted(
    texts: Sequence[Filled], system: Deidentifier, known: Sequence[Identity | None] | None = None
) -> Counter[str]:
    """The counts of the fillings of one block together."""
    found: Counter[str] = Counter()
    for filled, spans in zip(texts, system.find_many([one.text for one in texts], known), strict=True):
        found.update(count(filled.text, filled.spans, spans))
    return found


def held(filled: Sequence[Sequence[Filled]], system: Deidentifier) -> dict[str, float]:
    """How many texts the leak detector held back: of those that an identity was left in, and of the clean ones."""
    tally: Counter[str] = Counter()
    for texts in filled:
        cleaned = system.clean_many([one.text for one in texts])
        found = system.find_many([one.text for one in texts])
        for one, spans, result in zip(texts, found, cleaned, strict=True):
            kind = "unclean" if count(one.text, one.spans, spans)["unclean_patient"] else "clean"
            tally[kind] += 1
            tally[f"{kind} held back"] += bool(result.held_back)
    return dict(tally)


def total(counts: Counts) -> Counter[str]:
    """The sum over blocks."""
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return found


def figures(counts: Counts) -> dict[str, float | None]:
    """Every figure of a system, as a share."""
    return {name: _share(*pair) for name, pair in _pairs(total(counts)).items()}


def by_label(counts: Counts) -> dict[str, dict[str, float | None]]:
    """Recall of each label: masked with any label, and with its own."""
    sums = total(counts)
    labels = sorted(key.partition(":")[2] for key in sums if key.startswith("gold:"))
    return {
        label: {
            "tokens": sums[f"gold:{label}"],
            "masked": _share(sums[f"found:{label}"], sums[f"gold:{label}"]),
            "exact": _share(sums[f"exact:{label}"], sums[f"gold:{label}"]),
        }
        for label in labels
    }


def _pairs(sums: Counter[str]) -> dict[str, tuple[float, float]]:
    """Numerator and denominator of each figure."""
    pairs: dict[str, tuple[float, float]] = {
        name: (sum(sums[f"found:{label}"] for label in labels), sum(sums[f"gold:{label}"] for label in labels))
        for name, labels in RECALLS.items()
    }
    pairs["precision"] = (sums["masked_true"], sums["masked"])
    pairs["clean_documents"] = (sums["texts"] - sums["unclean"], sums["texts"])
    pairs["clean_documents_where_dates_stay"] = (sums["texts"] - sums["unclean_dates_kept"], sums["texts"])
    pairs["clean_documents_hospitals_aside"] = (sums["texts"] - sums["unclean_patient"], sums["texts"])
    return pairs


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _metrics(counts: Counts, baseline: Counts) -> list[Metric]:
    simple = figures(baseline)
    each = [_pairs(one) for one in counts]
    resampled = block_counts(len(counts), DRAWS, SEED)
    metrics = []
    for name, value in figures(counts).items():
        parts, wholes = (np.array([pairs[name][side] for pairs in each], np.float64) for side in (0, 1))
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn = interval((resampled @ parts) / (resampled @ wholes))
        low, high = drawn or (None, None)
        published = REFERENCES.get(name)
        metrics.append(
            Metric(
                name=name,
                value=value,
                low=low,
                high=high,
                baseline=simple[name],
                reference=published,
                reference_source=SOURCE if published else None,
            )
        )
    return metrics
