"""PsyTAR's sentences (Zolnoori et al. 2019, CC BY 4.0), and the part of the encoder's vocabulary that ships."""

import csv
import gzip
from pathlib import Path

from cognoscope.apps.pharmacy.reactions.phrases_pieces import Pieces
from cognoscope.apps.pharmacy.reactions.spans_tokens import WORD

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
SIZE = 9_000
"""Pieces that ship; the whole vocabulary has 30,522."""

Sentence = tuple[list[str], list[str]]


def sentences(path: Path) -> list[Sentence]:
    """Words and labels of each sentence of a CoNLL file, packed with gzip or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    found: list[Sentence] = [([], [])]
    for line in text.splitlines():
        if line.strip():
            word, *_, label = line.split("\t")
            found[-1][0].append(word)
            found[-1][1].append(label)
        elif found[-1][0]:
            found.append(([], []))
    return [one for one in found if one[0]]


def kept(vocabulary: list[str], datasets: Path) -> list[int]:
    """Numbers of the pieces that ship: those of PsyTAR's train and dev and of CTCAE's names, signs, then the commonest.

    BERT's vocabulary lists words from common to rare, so the first ones are taken.
    """
    whole = Pieces(vocabulary)
    texts = [
        " ".join(words)
        for part in ("train", "dev")
        for words, _ in sentences(datasets / "text" / "psytar" / f"all_{part}.conll.txt.gz")
    ]
    with gzip.open(datasets / "drugs" / "ctcae-v5" / "ctcae_v5.csv.gz", "rt", encoding="utf-8") as lines:
        texts += [row["CTCAE.Term"] for row in csv.DictReader(lines)]
    wanted = dict.fromkeys(number for text in texts for word in WORD.findall(text) for number in whole.cut(word))
    plain = [number for number, piece in enumerate(vocabulary) if piece.isascii() and not piece.startswith("[")]
    single = [number for number in plain if len(vocabulary[number].removeprefix("##")) == 1]
    # Parts of words build whatever is not there whole: they matter more than rare whole words.
    parts = [number for number in plain if vocabulary[number].startswith("##")][:2_500]
    special = [vocabulary.index(name) for name in SPECIAL]
    ordered = dict.fromkeys([*special, *single, *wanted, *parts, *plain])
    return list(ordered)[:SIZE]
