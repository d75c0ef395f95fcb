"""Case reports and leaflets that identify no patient: whatever is masked in them is counted as masked for nothing."""

import gzip
import hashlib
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

from cognoscope.intake.deidentification.announced import announced
from cognoscope.intake.deidentification.deidentifier import Deidentifier
from cognoscope.intake.deidentification.leaflets import leaflet
from cognoscope.intake.deidentification.lexicon import medical, plain
from cognoscope.intake.deidentification.span import Span

FOLDER = "e3c-french"
LOOKED_AT_SHARE = 30
SAMPLE = 100
WORST = 40
_INITIALS = re.compile(r"(?:[A-Z](?![^\W\d_])[ .-]{0,2}){1,4}")


def looked_at(text: str) -> bool:
    """Whether a text was open to those who wrote the rules, by its digest; the others are judged."""
    return int(hashlib.sha256(text.strip().encode()).hexdigest()[:8], 16) % 100 < LOOKED_AT_SHARE


def read_texts(folder: Path) -> list[str]:
    """The texts of every `*.jsonl.gz` of the folder, the same text once."""
    texts: dict[str, None] = {}
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                text = json.loads(line).get("text")
                if text:
                    texts[text] = None
    return list(texts)


def initials(text: str, span: Span) -> bool:
    """Whether initials that a title or a field announces were masked, as in `Mme A. B`: an identity all the same."""
    value = text[span.start : span.stop]
    return bool(_INITIALS.fullmatch(value)) and announced(text, span.start)


def judge_negatives(texts: list[str], cleaner: Deidentifier, seed: int) -> dict[str, Any]:
    """What was masked: per text (dates apart), the commonest, medical words, and a seeded sample to be read."""
    per_text: list[int] = []
    words: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    drugs: Counter[str] = Counter()
    contexts: list[str] = []
    apart: Counter[str] = Counter()
    held = 0
    for first in range(0, len(texts), 50):
        some = texts[first : first + 50]
        for text, spans, cleaned in zip(some, cleaner.find_many(some), cleaner.clean_many(some), strict=True):
            held += bool(cleaned.held_back)
            labels.update(span.label for span in spans)
            kept = [span for span in spans if span.label != "DATE"]
            per_text.append(len(kept))
            kind = "leaflets" if leaflet(text) else "cases"
            apart.update({f"{kind}_texts": 1, f"{kind}_masked": len(kept)})
            apart["of_them_initials_after_a_title_or_field"] += sum(initials(text, span) for span in kept)
            for span in kept:
                value = text[span.start : span.stop]
                words[f"{span.label}: {value[:60]}"] += 1
                before = text[max(0, span.start - 40) : span.start].replace("\n", " ")
                after = text[span.stop : span.stop + 30].replace("\n", " ")
                contexts.append(f"{span.label}: {before}[[{value}]]{after}")
                if all(plain(part) in medical() for part in value.replace("-", " ").split()):
                    drugs[value] += 1
    drawn = random.Random(seed).sample(contexts, min(SAMPLE, len(contexts)))  # noqa: S311
    return {
        "texts": len(texts),
        "per_text": per_text,
        "labels": dict(labels.most_common()),
        "dates": labels["DATE"],
        "held_back": held,
        "apart": dict(apart),
        "words_of_cim10_or_drugs": dict(drugs.most_common(WORST)),
        "worst": dict(words.most_common(WORST)),
        "sample": drawn,
    }
