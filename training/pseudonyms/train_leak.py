"""Fits the leak detector: a letter model of names, then the weights of its signs on texts with identities left in.

`python -m training.pseudonyms.train_leak [--templates FILE] [--seed N] [--out FOLDER]`
"""

import argparse
import importlib.metadata
import json
import os
import random
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from cognoscope.apps.records.pseudonyms.evaluate_fill import Filled
from cognoscope.apps.records.pseudonyms.evaluate_names import spelled
from cognoscope.intake.deidentification import leak, lexicon
from cognoscope.intake.deidentification.leak import BUCKETS, SIGNS, hidden, letters, signs
from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.span import Cleaned, Replaced
from training.pseudonyms.texts import corpus, lists
from training.pseudonyms.train import PACKAGE, digest

LEFT_SHARE = 0.5
RIDGE = 1.0
DATES = ("DATE", "HOPITAL")


def letter_model(rng: random.Random) -> np.ndarray:
    """(BUCKETS + 1,) weights, the last one the intercept: names against everyday and medical words."""
    known = lists()
    names = {plain(word) for kind in ("first", "surname", "city") for word in known[kind]}
    names |= {plain(spelled(rng)) for _ in range(len(names) // 2)}
    names = {word for word in names if word.isalpha()}
    others = sorted(lexicon.medical() | lexicon.common())
    pairs = [(word, 1.0) for word in sorted(names)] * 6
    pairs += [(word, 0.0) for word in rng.sample(others, 9000)]
    rng.shuffle(pairs)
    table = np.zeros(BUCKETS + 1, np.float64)
    squares = np.full(BUCKETS + 1, 1e-2)
    for _ in range(6):
        for word, truth in pairs:
            rows = [*letters(word), BUCKETS]
            slope = 1 / (1 + np.exp(-np.clip(table[rows].sum(), -30, 30))) - truth
            squares[rows] += slope * slope
            table[rows] -= 0.15 * slope / np.sqrt(squares[rows]) + 1e-4 * table[rows]
    return table.astype(np.float16)


def cleaned(filled: Filled, rng: random.Random) -> tuple[Cleaned, bool]:
    """A text as if cleaned, sometimes with one identity left in it; and whether one was left."""
    spans = sorted(span for span in filled.spans)
    strong = [span for span in spans if span[2] not in DATES and span[1] - span[0] > 3]
    left = rng.choice(strong) if strong and rng.random() < LEFT_SHARE else None
    changes = tuple(Replaced(a, b, a, b, label) for a, b, label in spans if (a, b, label) != left)  # type: ignore[arg-type]
    return Cleaned(text=filled.text, replaced=changes), left is not None


def fit(values: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Logistic regression with a ridge; signs may only raise the doubt."""

    def loss(at: np.ndarray) -> float:
        total = at[0] + values @ at[1:]
        return float(np.logaddexp(0, total).sum() - truth @ total + RIDGE * (at[1:] ** 2).sum())

    bounds = [(None, None), *[(0.0, 8.0)] * len(SIGNS)]
    return np.asarray(minimize(loss, np.zeros(len(SIGNS) + 1), bounds=bounds, method="L-BFGS-B").x)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("COGNOSCOPE_DATASETS", "."))
    parser.add_argument("--templates", type=Path, default=data / "text" / "eds-pseudo-templates" / "templates.txt")
    parser.add_argument("--out", type=Path, default=PACKAGE)
    parser.add_argument("--seed", type=int, default=20261121)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    np.save(asked.out / "leak_letters.npy", letter_model(rng))
    leak._table.cache_clear()
    texts = [cleaned(filled, rng) for filled in corpus(asked.templates, rng, 4, 1500)]
    values = np.array([signs(hidden(one)) for one, _ in texts])
    truth = np.array([left for _, left in texts], float)
    fitted = fit(values, truth)
    weights = dict(zip(("intercept", *SIGNS), (round(float(value), 4) for value in fitted), strict=True))
    doubt = 1 / (1 + np.exp(-(fitted[0] + values @ fitted[1:])))
    record = {
        "trained": "python -m training.pseudonyms.train_leak",
        "seed": asked.seed,
        "weights": weights,
        "on_training_texts": {
            "texts": len(texts),
            "with_a_leak": int(truth.sum()),
            "held_back_of_those": round(float((doubt[truth > 0] >= 0.5).mean()), 3),
            "held_back_of_the_clean": round(float((doubt[truth == 0] >= 0.5).mean()), 3),
        },
        "versions": {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "edsnlp")},
        "sha256": {"leak_letters.npy": digest(asked.out / "leak_letters.npy"), "templates": digest(asked.templates)},
    }
    (asked.out / "leak.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
