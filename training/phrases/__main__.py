"""Makes what codes phrases: `python -m training.phrases --encoder FOLDER [--out FOLDER]`.

FOLDER holds `model.safetensors` and `vocab.txt` of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0). Written:
phrases_vocabulary.txt, phrases.onnx, phrases_known.npz, phrases.json: no phrase in words. SMM4H (research use) is not
read.
"""

import argparse
import json
import os
from pathlib import Path

import torch
from torch import nn

from cognoscope.apps.pharmacy.reactions.phrases_encoder import opened, vectors
from cognoscope.apps.pharmacy.reactions.phrases_known import FILE, save
from cognoscope.apps.pharmacy.reactions.phrases_pieces import Pieces
from training.phrases.fit import fit
from training.phrases.known import known, meanings
from training.spans.corpus import kept
from training.spans.encoder import Encoder
from training.spans.export import digest, export

WRITTEN = ("phrases.onnx", "phrases_vocabulary.txt", FILE)
PACKAGE = Path(__file__).parents[2] / "src" / "cognoscope" / "apps" / "pharmacy" / "reactions"
NOTICE = {
    "encoder": "sentence-transformers/all-MiniLM-L6-v2, Apache-2.0",
    "changed": "vocabulary cut to the pieces of phrases_vocabulary.txt; tuned on phrases of PsyTAR (CC BY 4.0), names"
    " of CTCAE v5 and words of TAC 2017's labels (public); weights of 8 bits",
}
SEED, EPOCHS = 20261122, 3


class Phrase(nn.Module):
    """Pieces of one phrase to its vector of length 1: the mean over the pieces."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pieces: torch.Tensor) -> torch.Tensor:
        """(1, pieces) to (1, WIDTH)."""
        hidden = self.encoder(pieces, torch.ones_like(pieces, dtype=torch.float32))
        return nn.functional.normalize(hidden.mean(1), dim=1)


def main() -> None:
    """Write the four files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--datasets", type=Path, default=Path(os.environ.get("COGNOSCOPE_DATASETS", ".")))
    parser.add_argument("--out", type=Path, default=PACKAGE)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    vocabulary = (asked.encoder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    numbers = kept(vocabulary, asked.datasets)
    pieces = "".join(f"{vocabulary[number]}\n" for number in numbers)
    (asked.out / "phrases_vocabulary.txt").write_text(pieces, encoding="utf-8")
    weights = asked.encoder / "model.safetensors"
    torch.manual_seed(SEED)
    encoder = Encoder(weights, numbers)
    fit(encoder, meanings(asked.datasets), Pieces(pieces.splitlines()), SEED, EPOCHS)
    write(encoder, asked.datasets, asked.out, digest(weights))


def write(encoder: Encoder, datasets: Path, out: Path, weights: str) -> None:
    """The encoder, what `learn` writes, and the record; the vocabulary is there."""
    example = (torch.tensor([[2, 10, 11, 12, 3]]),)
    export(Phrase(encoder), example, {"pieces": {1: "pieces"}, "vector": {0: "phrases"}}, out / "phrases.onnx", NOTICE)
    learn(datasets, out, weights)


def learn(datasets: Path, out: Path, weights: str) -> None:
    """What the ridge learns from the phrases, and the record; the encoder and its vocabulary are there."""
    rows = known(datasets)
    phrases = [phrase for phrase, _ in rows]
    pieces = Pieces((out / "phrases_vocabulary.txt").read_text(encoding="utf-8").splitlines())
    read = vectors(phrases, pieces, opened((out / "phrases.onnx").read_bytes()))
    save(out / FILE, phrases, read, [code for _, code in rows])
    record = {
        "made": "python -m training.phrases",
        "seed": SEED,
        "epochs": EPOCHS,
        "encoder": NOTICE | {"sha256": weights},
        "known": "PsyTAR mentions (CC BY 4.0), test partition left out; names of CTCAE v5; words of TAC 2017's labels",
        "sha256": {path.name: digest(path) for path in sorted(out.glob("phrases*")) if path.name in WRITTEN},
    }
    (out / "phrases.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
