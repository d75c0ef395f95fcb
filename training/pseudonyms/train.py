"""Trains the token classifier of `cognoscope.intake.deidentification` and writes it there as ONNX.

`python -m training.pseudonyms.train [--second] [--templates FILE] [--seed N] [--epochs N] [--out FOLDER]`

With `--second` it trains the reader of the leak detector instead: another seed, and blind to every word list, so that
it errs elsewhere.
"""

import argparse
import hashlib
import importlib.metadata
import json
import os
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cognoscope.intake.deidentification.classifier import LABELS, REACH, WIDTH, WORD_LISTS, bits, sequence, spaced
from cognoscope.intake.deidentification.tokens import BUCKETS, FLAGS, Tokens, Words, grams
from training.pseudonyms.texts import corpus

HIDDEN = 64
DILATIONS = (1, 2, 4, 8)
BATCH = 48
FORGOTTEN_LISTS = 0.5
FORGOTTEN_WORDS = (0.0, 0.1, 0.3)
DROPPED_FLAGS = 0.05
DROPPED_WORDS = 0.12
PACKAGE = Path(__file__).parents[2] / "src" / "cognoscope" / "intake" / "deidentification"
LISTED = [FLAGS.index(name) for name in ("first", "surname", "city", "hospital_name")]
ORDINARY = [FLAGS.index(name) for name in ("medical", "common")]
UNKNOWN = FLAGS.index("unknown")
BLIND = [FLAGS.index(name) for name in WORD_LISTS]
LEXICAL = [*LISTED, *(FLAGS.index(name) for name in ("medical", "common", "unknown"))]


class Tagger(nn.Module):
    """Features of tokens in, probabilities of labels out; rows whose last feature is 0 stay empty in every layer."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Linear(WIDTH + len(FLAGS) + 2, HIDDEN)
        self.layers = nn.ModuleList(nn.Conv1d(HIDDEN, HIDDEN, 3, padding=step, dilation=step) for step in DILATIONS)
        self.leave = nn.Linear(HIDDEN, len(LABELS))
        self.drop = nn.Dropout(0.1)

    def scores(self, features: torch.Tensor) -> torch.Tensor:
        """(tokens, labels) logits."""
        mask = features[:, -1:]
        hidden = torch.relu(self.enter(features)) * mask
        for layer in self.layers:
            turned = layer(hidden.T.unsqueeze(0)).squeeze(0).T
            hidden = (hidden + self.drop(torch.relu(turned))) * mask
        return self.leave(hidden)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """(tokens, labels) probabilities."""
        return torch.softmax(self.scores(features), dim=1)


class Encoded:
    """One text as arrays: n-gram buckets, flags, labels of the tokens of its sequence."""

    def __init__(
        self, text: str, spans: list[tuple[int, int, str]], words: Words, buckets: dict[int, list[int]]
    ) -> None:
        tokens = Tokens(text, words)
        indices = sequence(tokens)
        for number in set(tokens.ids[indices].tolist()):
            if number not in buckets:
                buckets[number] = grams(words.texts[number])
        rows = [buckets[number] for number in tokens.ids[indices].tolist()]
        self.grams = np.fromiter((gram for row in rows for gram in row), np.int64)
        self.sizes = np.fromiter(map(len, rows), np.int64)
        self.flags = np.concatenate([bits(tokens, indices), spaced(tokens, indices)[:, None]], axis=1).astype(bool)
        labels = np.zeros(len(tokens.texts), np.int64)
        starts = np.array(tokens.starts[:-1])
        for start, stop, label in spans:
            labels[(starts >= start) & (starts < stop)] = LABELS.index(label)
        self.labels = labels[indices]


def batch(texts: list[Encoded], rng: np.random.Generator, second: bool) -> tuple[torch.Tensor, ...]:
    """Texts in one sequence with empty rows between; some lexical flags forgotten, so that spelling is learned too.

    second: all of them forgotten.
    """
    gaps = np.zeros((REACH, len(FLAGS) + 2), np.float32)
    flags, labels, sizes, real = [gaps], [np.full(REACH, -1)], [], [np.zeros(REACH, bool)]
    for text in texts:
        rows = np.concatenate([text.flags, np.ones((len(text.labels), 1), bool)], axis=1).astype(np.float32)
        rows[np.ix_(rng.random(len(rows)) < DROPPED_FLAGS, LEXICAL)] = 0
        ordinary = rows[:, ORDINARY].any(axis=1) & (rows[:, LISTED].sum(axis=1) == 0)
        forgotten = ordinary & (rng.random(len(rows)) < rng.choice(FORGOTTEN_WORDS))
        rows[np.ix_(forgotten, ORDINARY)] = 0
        rows[forgotten, UNKNOWN] = 1
        if rng.random() < FORGOTTEN_LISTS:
            rows[:, LISTED] = 0
        if second:
            rows[:, BLIND] = 0
        flags += [rows, gaps]
        labels += [text.labels, np.full(REACH, -1)]
        real += [np.ones(len(rows), bool), np.zeros(REACH, bool)]
        sizes.append(text.sizes)
    joined = np.concatenate(sizes)
    offsets = np.concatenate([[0], np.cumsum(joined)[:-1]])
    arrays = (np.concatenate([text.grams for text in texts]), offsets, np.concatenate(flags), np.concatenate(labels))
    return (*map(torch.from_numpy, arrays), torch.from_numpy(np.concatenate(real)))


def train(
    templates: Path, out: Path, seed: int, epochs: int, fillings: int, negatives: int, tuning: bool, second: bool
) -> None:
    """Train, export, and write the record beside the files."""
    name = "second" if second else "classifier"
    seed += second
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    rng, draws, words = random.Random(seed), np.random.default_rng(seed), Words()
    buckets: dict[int, list[int]] = {}
    table = nn.EmbeddingBag(BUCKETS, WIDTH, mode="mean")
    model = Tagger()
    parameters = [*table.parameters(), *model.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=3e-3, weight_decay=1e-3)
    started, seen = time.perf_counter(), 0
    for epoch in range(epochs):
        texts = [
            Encoded(filled.text, filled.spans, words, buckets)
            for filled in corpus(templates, rng, fillings, negatives, tuning)
        ]
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * 0.5 * (1 + np.cos(np.pi * epoch / epochs)) + 1e-5
        total = 0.0
        for first in range(0, len(texts), BATCH):
            ids, offsets, flags, labels, real = batch(texts[first : first + BATCH], draws, second)
            vectors = torch.zeros(len(labels), WIDTH)
            kept = torch.from_numpy((draws.random(int(real.sum())) > DROPPED_WORDS).astype(np.float32))
            vectors[real] = table(ids, offsets) * kept[:, None]
            loss = nn.functional.cross_entropy(
                model.scores(torch.cat([vectors, flags], dim=1)), labels, ignore_index=-1, label_smoothing=0.01
            )
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            total += loss.item()
            seen += 1
        print(
            f"epoch {epoch} loss {total / (len(texts) / BATCH):.4f} {time.perf_counter() - started:.0f} s", flush=True
        )
    export(table, model, out, name)
    record = {
        "trained": "python -m training.pseudonyms.train" + (" --second" if second else ""),
        "seed": seed,
        "epochs": epochs,
        "fillings": fillings,
        "negatives": negatives,
        "steps": seen,
        "data": [
            {
                "name": "AP-HP eds-pseudo templates, training blocks",
                "licence": "BSD-3-Clause",
                "sha256": digest(templates),
            },
            {"name": "training/pseudonyms/*.txt, lexicon.csv", "licence": "as this project"},
            {"name": "EDS-NLP resources: CIM-10 (ATIH), drug names", "licence": "BSD-3-Clause; CIM-10 free re-use"},
            {"name": "spaCy French exceptions: places", "licence": "MIT"},
            {"name": "Faker: names and towns of 25 countries", "licence": "MIT"},
        ],
        "versions": {
            name: importlib.metadata.version(name) for name in ("torch", "numpy", "edsnlp", "spacy", "onnx", "faker")
        },
        "sha256": {file: digest(out / file) for file in (f"{name}.onnx", f"{name}_words.npy")},
    }
    (out / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def export(table: nn.EmbeddingBag, model: Tagger, out: Path, name: str) -> None:
    """The word vectors as float16, the rest as one ONNX file."""
    model.eval()
    np.save(out / f"{name}_words.npy", table.weight.detach().numpy().astype(np.float16))
    example = torch.zeros(40, WIDTH + len(FLAGS) + 2)
    axes = {"features": {0: "tokens"}, "probabilities": {0: "tokens"}}
    torch.onnx.export(
        model, (example,), str(out / f"{name}.onnx"), input_names=["features"], output_names=["probabilities"],
        dynamic_axes=axes, dynamo=False, opset_version=17,
    )  # fmt: skip


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("COGNOSCOPE_DATASETS", "."))
    parser.add_argument("--templates", type=Path, default=data / "text" / "eds-pseudo-templates" / "templates.txt")
    parser.add_argument("--out", type=Path, default=PACKAGE)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--fillings", type=int, default=6)
    parser.add_argument("--negatives", type=int, default=1500)
    parser.add_argument("--tuning", action="store_true", help="leave out the blocks on which settings are chosen")
    parser.add_argument("--second", action="store_true", help="train the reader of the leak detector")
    asked = parser.parse_args()
    train(
        asked.templates, asked.out, asked.seed, asked.epochs, asked.fillings, asked.negatives, asked.tuning,
        asked.second,
    )  # fmt: skip


if __name__ == "__main__":
    main()
