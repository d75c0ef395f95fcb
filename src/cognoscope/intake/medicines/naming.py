"""Every name under which the specialities of an edition may be asked for, and which of them it means."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cognoscope.intake.medicines.label import key, rebuilt, shorthand
from cognoscope.intake.medicines.names import fold
from cognoscope.intake.medicines.product import Product

_OFTEN = 5
"""Names that end in a word this often: the word is a laboratory's, an age's or a form's, not the medicine's."""

START = 4
"""Letters of a first word that is not written out."""

Near = list[tuple[str, int]]


class Naming:
    """Three books, the nearer to the label first: whole denominations, names, and names by their substances alone.

    A name without its laboratory ("amlodipine") is in the third, as are the substances themselves and synonyms.
    """

    def __init__(self, products: Sequence[Product]) -> None:
        self.whole: dict[str, list[Product]] = defaultdict(list)
        self.named: dict[str, list[Product]] = defaultdict(list)
        self.stems: dict[str, list[Product]] = defaultdict(list)
        for product in products:
            self.whole[product.parts.whole].append(product)
            self.named[product.parts.name].append(product)
        sets = {product.medicine.substances for product in products}
        held = {word for labels in sets for word in key(" ".join(labels)).split()}
        ends = Counter(name.split(" ")[-1] for name in self.named if " " in name)
        often = {word for word, times in ends.items() if times >= _OFTEN} | _words_after(products)
        self.qualifiers = {word for word in often - held if len(word) > 1 and word.isalpha()} | set(shorthand())
        for name, found in list(self.named.items()):
            stem = self._stem(name)
            if stem and stem != name:
                self.stems[stem] += found
        for product in products:
            if product.substances and not product.medicine.homeopathic:
                for name in _by_substance(product.medicine.substances):
                    if name not in self.named:
                        self.stems[name].append(product)
        self.stems = {name: list(dict.fromkeys(found)) for name, found in self.stems.items()}
        self._by_length: dict[int, list[str]] = defaultdict(list)
        self._by_start: dict[str, list[list[str]]] = defaultdict(list)
        self._joined: dict[str, list[str]] = defaultdict(list)
        for name in sorted({*self.named, *self.stems}):
            self._joined[name.replace(" ", "")].append(name)
            self._by_start[name[:START]].append(name.split(" "))
        for joined in self._joined:
            self._by_length[len(joined)].append(joined)

    def products(self, name: str) -> list[Product]:
        """What a name means, by its own book first; an empty list where no book holds it."""
        return self.named.get(name) or self.stems.get(name) or []

    def near(self, name: str, errors: int) -> Near:
        """Names within so many errors (insertion, deletion, substitution, transposition), the nearest first.

        Spaces do not count, so that a word split or joined by mistake is no error.
        """
        typed = name.replace(" ", "")
        found: Near = []
        for length in range(len(typed) - errors, len(typed) + errors + 1):
            book = self._by_length.get(length)
            if book:
                close = process.extract(typed, book, scorer=OSA.distance, score_cutoff=errors, limit=None)
                found += [(other, int(distance)) for joined, distance, _ in close for other in self._joined[joined]]
        return sorted(found, key=lambda each: (each[1], each[0]))

    def beginning(self, words: Sequence[str]) -> list[str]:
        """Names each of whose words begins with one of the typed words, in their order; the first of START letters."""
        return [
            " ".join(split)
            for split in self._by_start.get(words[0][:START], ())
            if len(split) == len(words)
            and all(whole.startswith(begun) for whole, begun in zip(split, words, strict=True))
        ]

    def _stem(self, name: str) -> str:
        words = name.split(" ")
        while len(words) > 1 and len(words[-1]) > 1 and words[-1] in self.qualifiers:
            words.pop()
        return " ".join(words)


def _words_after(products: Sequence[Product]) -> set[str]:
    """The words of forms, containers and units, as the denominations of the edition use them."""
    times = Counter(word for product in products for word in product.parts.rest)
    forms = Counter(product.medicine.form for product in products)
    times.update(
        word
        for form, count in forms.items()
        for word in rebuilt("", fold(form)).rest
        for _ in range(min(count, _OFTEN))
    )
    return {word for word, count in times.items() if count >= _OFTEN}


@cache
def _by_substance(labels: tuple[str, ...]) -> tuple[str, ...]:
    orders = (labels, tuple(sorted(labels)), labels[::-1])
    return tuple(dict.fromkeys(key(" ".join(order)) for order in orders))
