"""Made sentences: our own patterns filled with CIM-10 labels, usual words, made-up disorders, acts and drugs."""

import csv
import gzip
import random
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from cognoscope.datasets.text import AnnotatedText, Span
from cognoscope.intake.reading.disorders_features import drug_words
from cognoscope.intake.reading.disorders_terms import cim10_path, codes, labels

_SLOT = re.compile(r"\{(\w+)\}")
_FEMININE = re.compile(r"(?:tion|sion|ite|ose|ie|ure|ance|ence|eur|esse|le|se)\b")


def sentences(folder: Path, count: int, seed: int) -> list[AnnotatedText]:
    """Sentences with their disorders marked DISO.

    Args:
        folder: reference data, for the table of CCAM acts (`warehouse/snds-pmsi`).
        count: how many.
        seed: of what is drawn.
    """
    draw = random.Random(seed)
    here = files(__package__)
    patterns = here.joinpath("sentences.txt").read_text(encoding="utf-8").splitlines()
    slots = tomllib.loads(here.joinpath("slots.toml").read_text(encoding="utf-8"))
    fillers = _Fillers(folder, slots, draw)
    return [_filled(draw.choice(patterns), fillers, f"made-{n}") for n in range(count)]


class _Fillers:
    """What goes into each slot."""

    def __init__(self, folder: Path, slots: dict[str, str], draw: random.Random) -> None:
        self.draw = draw
        self.heads = slots["heads"].split()
        self.adjectives = [word.split("|") for word in slots["adjectives"].split()]
        self.lists = {
            "O": _listed(slots["organs"]),
            "L": _listed(slots["places"]),
            "S": _listed(slots["sides"]),
            "H": _listed(slots["healthy"]),
            "J": slots["diseased"].split(),
            "M": sorted(drug_words()),
            "P": sorted(_acts(folder)),
        }
        self.labels = sorted(_labels())
        self.usual = sorted(_usual())
        self.lesions = sorted(term for term, code in codes().items() if not code and " " not in term)

    def of(self, slot: str) -> str:
        """A draw for one slot."""
        if slot == "D":
            return self.disorder()
        if slot == "N":
            return str(self.draw.choice((2, 3, 5, 7, 12, 18, 24, 38, 45, 54, 67, 72, 85, 120, 350)))
        if slot == "A":
            return self.adjective("scanner")
        if slot == "une":
            return self.draw.choice(("une", "un", "des", "une discrète", "un important", "une"))
        return self.draw.choice(self.lists[slot])

    def disorder(self) -> str:
        """A usual word, a label, or a head with an adjective, an organ or both."""
        kind = self.draw.random()
        if kind < 0.3:
            return self.draw.choice(self.usual)
        if kind < 0.5:
            return self.draw.choice(self.labels)
        if kind < 0.55:
            return self.draw.choice(self.lesions)
        head = self.draw.choice(self.heads)
        if kind < 0.6:
            return head
        if kind < 0.85:
            return f"{head} {self.adjective(head)}"
        return f"{head} {self.draw.choice(self.lists['O'])}"

    def adjective(self, head: str) -> str:
        """An adjective in the gender that the head's ending suggests."""
        forms = self.draw.choice(self.adjectives)
        return forms[-1] if _FEMININE.search(head) else forms[0]


def _filled(pattern: str, fillers: _Fillers, name: str) -> AnnotatedText:
    text, spans, at = "", [], 0
    for slot in _SLOT.finditer(pattern):
        text += pattern[at : slot.start()]
        word = fillers.of(slot.group(1))
        if slot.group(1) in ("D", "J"):
            spans.append(Span(len(text), len(text) + len(word), "DISO"))
        text += word
        at = slot.end()
    text += pattern[at:]
    if fillers.draw.random() < 0.7:
        text, spans = _tight(text, spans)
    return AnnotatedText(name, "made", text, tuple(spans))


def _tight(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """The same without the spaces before points and commas."""
    gone = [match.start() for match in re.finditer(r" (?=[.,])", text)]
    moved = [
        Span(s.start - sum(g < s.start for g in gone), s.stop - sum(g < s.stop for g in gone), s.label) for s in spans
    ]
    return re.sub(r" (?=[.,])", "", text), moved


def _listed(block: str) -> list[str]:
    return [phrase.strip() for phrase in re.split(r"[|\n]", block) if phrase.strip()]


def _labels() -> set[str]:
    found = set()
    with gzip.open(cim10_path(), "rt", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            if row["code"][:1] in "ABCDEFGHIJKLMNOQRST":
                for label in labels(row["long"]):
                    if "," not in label and len(label.split()) <= 5:
                        found.add(label[0].lower() + label[1:])
    return found


def _usual() -> set[str]:
    table = files("cognoscope.intake.reading").joinpath("disorders_usual.csv").read_text(encoding="utf-8")
    terms = [row["term"] for row in csv.DictReader(table.splitlines())]
    return {term.upper() if len(term) <= 4 and " " not in term else term for term in terms}


def _acts(folder: Path) -> Iterator[str]:
    with gzip.open(folder / "warehouse" / "snds-pmsi" / "IR_CCAM_V63.csv.gz", "rt", encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter=";"):
            label = max(row.values(), key=lambda value: len(value or ""))
            if label and len(label.split()) <= 8:
                yield label[0].lower() + label[1:]
