"""Trains the shipped reader: `python -m training.spans --encoder FOLDER [--out FOLDER]` (PyTorch, onnx).

FOLDER holds `model.safetensors` and `vocab.txt` of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0);
`python -m training.phrases` must have written `phrases_vocabulary.txt`. Written: spans.onnx, spans.json,
spans_trained.txt. Learnt from PsyTAR's training partition; its dev partition gave the settings and the calibration of
scores; its test partition is not read.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from cognoscope.apps.pharmacy.reactions import spans_chain
from cognoscope.apps.pharmacy.reactions.evaluate_spans import digest as sentence_digest
from cognoscope.apps.pharmacy.reactions.phrases_pieces import Pieces
from cognoscope.apps.pharmacy.reactions.spans_model import LABELS
from training.spans.corpus import sentences
from training.spans.encoder import Encoder
from training.spans.export import digest, export
from training.spans.fit import Row, batch, chain_of, exact, fit, rows, scores
from training.spans.network import Chain, Network

PACKAGE = Path(__file__).parents[2] / "src" / "cognoscope" / "apps" / "pharmacy" / "reactions"
SEED, EPOCHS = 20261122, 6
NOTICE = {
    "learnt_from": "PsyTAR, training partition (Zolnoori et al., Data in Brief 2019; CC BY 4.0)",
    "encoder": "sentence-transformers/all-MiniLM-L6-v2, Apache-2.0; vocabulary cut, tuned on PsyTAR, weights of 8 bits",
}


def main() -> None:
    """Fit, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--datasets", type=Path, default=Path(os.environ.get("COGNOSCOPE_DATASETS", ".")))
    parser.add_argument("--out", type=Path, default=PACKAGE)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    names = (PACKAGE / "phrases_vocabulary.txt").read_text(encoding="utf-8").splitlines()
    whole = (asked.encoder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    numbers = {piece: number for number, piece in enumerate(whole)}
    pieces = Pieces(names)
    folder = asked.datasets / "text" / "psytar"
    read = {part: sentences(folder / f"all_{part}.conll.txt.gz") for part in ("train", "dev")}
    train, dev = (rows(read[part], pieces) for part in ("train", "dev"))
    torch.manual_seed(SEED)
    weights = asked.encoder / "model.safetensors"
    network, chain = Network(Encoder(weights, [numbers[piece] for piece in names]), len(LABELS)), Chain(len(LABELS))
    fit(network, chain, train, dev, SEED, asked.epochs, pieces.unknown)
    write(network, chain, dev, asked.out, digest(weights))
    known = sorted({sentence_digest(words) for part in read.values() for words, _ in part})
    (asked.out / "spans_trained.txt").write_text("\n".join(known) + "\n", encoding="utf-8")


def write(network: Network, chain: Chain, dev: list[Row], out: Path, encoder: str) -> None:
    """The network, and the record with the chain and the calibration."""
    example = tuple(batch(dev[:1])[:4])
    axes = {"pieces": {1: "pieces"}, "first": {1: "words"}, "signs": {1: "words"}, "scores": {1: "words"}}
    export(Whole(network), (example[0], example[2], example[3]), axes, out / "spans.onnx", NOTICE)
    decided, said = chain_of(chain), scores(network, dev)
    slope, offset = calibrated(said, dev, decided)
    record = {
        "trained": "python -m training.spans",
        "seed": SEED,
        "data": NOTICE,
        "encoder_sha256": encoder,
        "dev": dict(zip(("f1", "precision", "recall"), exact(said, dev, decided), strict=True)),
        "calibration": {"slope": slope, "offset": offset},
        "chain": {name: np.round(getattr(decided, name), 6).tolist() for name in ("step", "begin", "end")},
        "sha256": {"spans.onnx": digest(out / "spans.onnx")},
    }
    (out / "spans.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


class Whole(torch.nn.Module):
    """The network for one sentence, whose pieces are all there."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pieces: torch.Tensor, first: torch.Tensor, signs: torch.Tensor) -> torch.Tensor:
        """(1, pieces), (1, words), (1, words, SIGNS) to (1, words, labels)."""
        return self.network(pieces, torch.ones_like(pieces, dtype=torch.float32), first, signs)


def calibrated(said: list[np.ndarray], dev: list[Row], chain: spans_chain.Chain) -> tuple[float, float]:
    """Slope and offset of log-odds, fitted on the spans proposed on dev (Platt 1999)."""
    chances, right = [], []
    for one, (_, labels) in zip(said, dev, strict=True):
        gold = set(spans_chain.spans(labels, chain))
        for span in spans_chain.spans(spans_chain.best(one, chain), chain):
            chances.append(min(max(spans_chain.chance(one, span, chain), 1e-6), 1 - 1e-6))
            right.append(span in gold)
    odds = np.log(np.array(chances) / (1 - np.array(chances)))
    fitted = LogisticRegression().fit(odds[:, None], right)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


if __name__ == "__main__":
    main()
