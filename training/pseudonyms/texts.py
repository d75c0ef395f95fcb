"""Training texts: fillings of templates, own reports, and sentences that identify nobody."""

import hashlib
import random
from functools import cache
from pathlib import Path

from cognoscope.apps.records.pseudonyms.evaluate_blocks import read_blocks, trained_on
from cognoscope.apps.records.pseudonyms.evaluate_fill import Filled, fill
from cognoscope.apps.records.pseudonyms.evaluate_names import Lists, first_name, surname
from cognoscope.intake.deidentification import lexicon
from training.pseudonyms.variation import header, varied
from training.pseudonyms.world import draw

HERE = Path(__file__).parent


def lists() -> Lists:
    """The shipped name lists: none of the values that the evaluation fills in."""
    return {kind: lexicon.values(kind) for kind in ("first", "surname", "city", "hospital")}


def communes() -> list[str]:
    """Places with hyphens from spaCy's French exceptions (MIT), the half that begins with an even digest."""
    from spacy.lang.fr._tokenizer_exceptions_list import FR_BASE_EXCEPTIONS

    places = [word for word in FR_BASE_EXCEPTIONS if word[:1].isupper() and "-" in word and word[-1].isalpha()]
    return sorted(word for word in places if sum(map(ord, word)) % 2 == 0)


@cache
def slots() -> dict[str, list[str]]:
    """What the sentences of `phrases.txt` are filled with."""
    import csv
    import json

    rows = list(csv.DictReader(lexicon._resource("cim10.csv.gz").splitlines()))
    drugs = [name for names in json.loads(lexicon._resource("drugs.json")).values() for name in names]

    def read(name: str, separator: str | None = None) -> list[str]:
        return [word.strip() for word in (HERE / name).read_text(encoding="utf-8").split(separator) if word.strip()]

    return {
        "D": [row["long"] for row in rows],
        "U": [row["short"] for row in rows],
        "C": [row["code"] for row in rows],
        "M": drugs,
        "A": [row["long"] for row in rows if row["code"][:1] in "STZ"],
        "e": read("eponyms.txt"),
        "B": read("germs.txt", ";"),
        "L": read("products.txt", ";"),
        "P": read("protocols.txt"),
        "R": ["I", "II", "III", "IV", "Ia", "IIb", "V"],
    }


def phrase(rng: random.Random) -> str:
    """One sentence without identities."""
    known = slots()
    lines = _phrases()
    line = rng.choice(lines)
    out, at = [], 0
    while at < len(line):
        if line[at] == "{" and at + 2 < len(line) and line[at + 2] == "}":
            out.append(_slot(line[at + 1], known, rng))
            at += 3
        else:
            out.append(line[at])
            at += 1
    text = "".join(out)
    change = rng.random()
    if change < 0.08:
        return text.upper()
    if change < 0.16:
        return text.title()
    return text.lower() if change < 0.2 else text


@cache
def _phrases() -> list[str]:
    return [line for line in (HERE / "phrases.txt").read_text(encoding="utf-8").splitlines() if line.strip()]


def _slot(name: str, known: dict[str, list[str]], rng: random.Random) -> str:
    if name == "n":
        return str(rng.randint(10, 999))
    if name == "s":
        return str(rng.randint(1, 99))
    if name == "d":
        return f"{rng.randint(0, 20)}{rng.choice('.,')}{rng.randint(0, 99)}"
    if name == "E":
        head = (
            "maladie",
            "syndrome",
            "signe",
            "tumeur",
            "score",
            "test",
            "classification",
            "opération",
            "phénomène",
            "manœuvre",
        )
        eponym = rng.choice(known["e"])
        return f"{rng.choice(head)} {'d' + chr(39) if eponym[0] in 'AEIOUH' else 'de '}{eponym}"
    if name == "X":
        return "".join(rng.choice("ABCDEFGHIKLMNOPRSTUV") for _ in range(rng.choice((2, 3, 3, 3, 4, 5))))
    if name == "W":
        word = rng.choice(rng.choice(known["D"]).split())
        return word.capitalize() if word.isalpha() else "Bilan"
    value = rng.choice(known[name])
    if name == "M":
        value = rng.choice((value, value.upper(), value.lower(), value.capitalize()))
    return value


def noisy(filled: Filled, rng: random.Random) -> Filled:
    """Sometimes upper case, or a changed piece of white space around the identities (no offset moves)."""
    text = filled.text
    kind = rng.random()
    if kind < 0.05 and len(text.upper()) == len(text):
        text = text.upper()
    elif kind < 0.08 and len(text.lower()) == len(text):
        text = text.lower()
    elif kind < 0.15:
        text = "".join("\n" if char == " " and rng.random() < 0.04 else char for char in text)
    return Filled(text, filled.spans)


def corpus(templates: Path, rng: random.Random, fillings: int, negatives: int, tuning: bool = False) -> list[Filled]:
    """Texts with their spans.

    Args:
        templates: the template file; only its training blocks are read.
        fillings: of each block. negatives: texts without identities, of two to eight sentences.
        tuning: leave out a quarter of the training blocks, on which settings are chosen.
    """
    known = lists()
    places = communes()
    parts = [part for place in places for part in place.split("-") if len(part) > 3 and part.istitle()]
    wide = {
        **known,
        "city": (*known["city"], *places, *draw("city", 400, rng)),
        "surname": (*known["surname"], *parts, *draw("surname", 6000, rng)),
        "first": (*known["first"], *draw("first", 3000, rng)),
    }
    blocks = [block for block in read_blocks(templates) if trained_on(block) and not (tuning and held_out(block))]
    own = read_blocks(HERE / "reports.txt")
    found = []
    for _ in range(fillings):
        headers = [header(rng) for _ in range(len(blocks))]
        for block in (*blocks, *own, *headers):
            filled = fill(varied(block, rng), wide if rng.random() < 0.75 else known, rng)
            found.append(noisy(mixed(filled, rng), rng))
    for _ in range(negatives):
        text = rng.choice(("\n", " ", "\n", ". ")).join(phrase(rng) for _ in range(rng.randint(2, 8)))
        found.append(Filled(text, []))
    for _ in range(negatives // 2):
        found.append(mention(wide if rng.random() < 0.75 else known, rng))
    rng.shuffle(found)
    return found


def held_out(block: str) -> bool:
    """Whether a training block is kept for choosing settings."""
    return int(hashlib.sha256(block.strip().encode()).hexdigest()[8:16], 16) % 100 < 25


def mixed(filled: Filled, rng: random.Random) -> Filled:
    """Often with sentences before and after, as a fragment stands in a report."""
    if rng.random() < 0.4:
        return filled
    before = phrase(rng) + rng.choice(("\n", " ", "\n\n"))
    after = rng.choice(("\n", " ", "\n\n")) + phrase(rng)
    return Filled(before + filled.text + after, [(a + len(before), b + len(before), c) for a, b, c in filled.spans])


def mention(known: Lists, rng: random.Random) -> Filled:
    """Names in running text between sentences that name nobody."""
    forms = (
        ("{T} ", "L", " "), ("{T} ", "F", " ", "L", ", "), ("{T} ", "I", " ", "L", " "), ("vu par le {t} ", "L", ". "),
        ("", "F", " ", "l", " - "), ("", "l", " ", "F", "\n"), ("avis du {t} ", "L", " et du {t} ", "L", ". "),
        ("son mari ", "F", ", "), ("Dr. ", "L", "\n"), ("Interne : ", "l", "\n"), ("patient : ", "l", " ", "F", " "),
        ("habite à ", "C", ", "), ("né à ", "C", ". "), ("CH de ", "C", " "),
        ("suivi à ", "C", " par le {t} ", "L", " "),
        ("hôpital ", "H", " "), ("CHU ", "H", ", "), ("adressé par la clinique ", "H", " "), ("", "I", " ", "l", " / "),
    )  # fmt: skip
    labels = {"L": "NOM", "l": "NOM", "F": "PRENOM", "I": "PRENOM", "C": "VILLE", "H": "HOPITAL"}
    text = phrase(rng) + rng.choice((" ", "\n"))
    spans = []
    for part in rng.choice(forms):
        if part not in labels:
            titles = ("M.", "Mme", "Mr", "Monsieur", "Madame", "Dr", "Dr.", "Docteur", "Pr", "MME", "DR")
            text += part.replace("{T}", rng.choice(titles)).replace(
                "{t}", rng.choice(("Dr", "docteur", "Pr", "dr", "professeur"))
            )
            continue
        name = _named(part, known, rng)
        spans.append((len(text), len(text) + len(name), labels[part]))
        text += name
    return Filled(text + phrase(rng), spans)


def _named(part: str, known: Lists, rng: random.Random) -> str:
    if part in ("L", "l"):
        name = surname(rng, known)
        return name.upper() if part == "l" or rng.random() < 0.4 else name
    if part == "I":
        return rng.choice("ABCDEFGHIJKLMNOPRSTVYZ") + rng.choice((".", ".", ""))
    if part == "F":
        return first_name(rng, known)
    return rng.choice(known["city" if part == "C" else "hospital"])
