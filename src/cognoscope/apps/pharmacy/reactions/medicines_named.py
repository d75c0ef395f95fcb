"""Names of medicines in a text: brands and substances of the public database, as written or with one error.

Substances in English differ from the French names by an ending (`atorvastatin`, `atorvastatine`) or an accent, which
one error covers. A name that is also an ordinary word (`fer`, `eau`) is left out; a misspelt one is looked for only
where
something says that a medicine comes: a capital, or a word like `sous`, `pris`, `started`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA

from cognoscope.apps.pharmacy.reactions.lexicon import cues, reactions
from cognoscope.apps.pharmacy.reactions.lexicon import words as cue_words
from cognoscope.apps.pharmacy.reactions.tokens import Token, tokens_of
from cognoscope.intake.medicines.catalogue import Medicines
from cognoscope.intake.medicines.label import key
from cognoscope.intake.medicines.medicine import Medicine
from cognoscope.intake.medicines.product import Product, together

SHORTEST = 4
SHORTEST_CORRECTED = 6
LONGEST_WORDS = 5
NEAR = 4
"""Words between a word that announces a medicine and its name."""

ALIASES = {"acetaminophen": "paracetamol", "aspirin": "aspirine", "epinephrine": "adrenaline", "lithium": "lithium"}


@dataclass(frozen=True)
class Named:
    """A name in the text, and what it may stand for; none where only a kind of medicine was said (`vaccin`)."""

    start: int
    stop: int
    words: str
    status: str
    medicines: tuple[Medicine, ...]


@dataclass(frozen=True)
class _Index:
    names: dict[str, list[Product]]
    longest: dict[str, int]
    deletes: dict[str, set[str]]
    made: dict[str, tuple[Medicine, ...]] = field(default_factory=dict)


def find_medicines(text: str, medicines: Medicines | None) -> list[Named]:
    """The names in a text, in order, without overlap. Without a database, only kinds of medicines."""
    words = tokens_of(text)
    kinds = {hit.first: hit for hit in cues("class").find(words)}
    index = _index(medicines) if medicines is not None else None
    announced = {at for hit in cues("giving").find(words) for at in range(hit.stop, hit.stop + NEAR)}
    found: list[Named] = []
    at = 0
    while at < len(words):
        named, taken = _at(text, words, at, index, at in announced) if index else (None, 1)
        if named is None and at in kinds:
            stop = kinds[at].stop
            start, end = words[at].start, words[stop - 1].stop
            named, taken = Named(start, end, text[start:end], "unknown", ()), stop - at
        if named is not None:
            found.append(named)
        at += taken if named is not None else 1
    return found


def _at(text: str, words: Sequence[Token], at: int, index: _Index, announced: bool) -> tuple[Named | None, int]:
    first = words[at].plain
    for length in range(min(index.longest.get(first, 1), len(words) - at), 0, -1):
        name = " ".join(word.plain for word in words[at : at + length])
        if words[at + length - 1].sentence != words[at].sentence:
            continue
        if length == 1 and not _is_name(first):
            return None, 1
        products = index.names.get(ALIASES.get(name, name))
        if products:
            return _named(text, words[at : at + length], name, _meant(name, products, index), "exact"), length
    if announced or text[words[at].start].isupper():
        for near in _near(first, index):
            return _named(text, words[at : at + 1], near, _meant(near, index.names[near], index), "corrected"), 1
    return None, 1


def _is_name(plain: str) -> bool:
    return len(plain) >= SHORTEST and not plain.isdigit() and plain not in cue_words("not-drug")


def _meant(name: str, products: list[Product], index: _Index) -> tuple[Medicine, ...]:
    """What a name stands for; the substance alone is what people mean by its name, though a speciality adds another."""
    if name not in index.made:
        found = tuple(together(name, products))
        alone = tuple(each for each in found if key(" ".join(each.substances)) == name)
        index.made[name] = alone or found
    return index.made[name]


def _named(text: str, words: Sequence[Token], name: str, found: tuple[Medicine, ...], status: str) -> Named:
    start, stop = words[0].start, words[-1].stop
    if len(found) > 1:
        status = "ambiguous"
    elif not found[0].marketed:
        status = "withdrawn"
    return Named(start, stop, text[start:stop], status, found[:8])


def _near(word: str, index: _Index) -> Iterator[str]:
    """Names one error away, the closest spelling of the beginning first."""
    known = reactions().words
    if (
        len(word) < SHORTEST_CORRECTED
        or not word.isalpha()
        or word in cue_words("not-drug")
        or word.rstrip("es") in known
    ):
        return
    near = {name for form in _deletes(word) for name in index.deletes.get(form, ())}
    for name in sorted(near, key=lambda name: (name[:4] != word[:4], abs(len(name) - len(word)), name)):
        if OSA.distance(word, name, score_cutoff=1) <= 1:
            yield name
            return


def _deletes(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


@lru_cache(maxsize=2)
def _index(medicines: Medicines) -> _Index:
    names: dict[str, list[Product]] = defaultdict(list)
    for product in medicines.products:
        if product.medicine.homeopathic or not product.substances:
            continue
        substance = key(" ".join(product.medicine.substances))
        brand = product.parts.name
        first = brand.split(" ")[0]
        shorter = {first} if len(first) > SHORTEST_CORRECTED and not _has_substance(first, product) else set()
        for name in {brand, substance, *shorter}:
            if len(name.split(" ")) <= LONGEST_WORDS:
                names[name].append(product)
    longest: dict[str, int] = defaultdict(lambda: 1)
    deletes: dict[str, set[str]] = defaultdict(set)
    for name in names:
        parts = name.split(" ")
        longest[parts[0]] = max(longest[parts[0]], len(parts))
        if len(parts) == 1 and len(name) >= SHORTEST_CORRECTED and _is_name(name):
            for form in _deletes(name):
                deletes[form].add(name)
    return _Index(dict(names), dict(longest), dict(deletes))


def _has_substance(word: str, product: Product) -> bool:
    return any(word in key(each).split(" ") for each in product.medicine.substances)
