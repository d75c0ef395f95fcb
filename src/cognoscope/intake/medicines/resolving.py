"""From the words somebody typed to a set of substances: as written, else with an error corrected, else a question.

One error is an insertion, a deletion, a substitution or a transposition of two neighbours (Damerau, Communications of
the ACM 1964: four in five misspellings). Strength and form, when typed, choose among names; what still differs in its
substances is asked.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from cognoscope.intake.medicines.label import UNITS, Parts, key, parts, rebuilt
from cognoscope.intake.medicines.medicine import Medicine, Resolution
from cognoscope.intake.medicines.names import base
from cognoscope.intake.medicines.naming import Naming
from cognoscope.intake.medicines.product import Product, together
from cognoscope.intake.medicines.sentences import found, suggested, unknown, unknown_code

LONGEST = 300
"""Characters: longer texts are not names of medicines."""
_SHORTEST, _ASKED = 4, 3
"""Letters and digits of a name from which one error is corrected, or asked about: shorter ones are near too many."""
_LONG = 10
"""Letters of a name from which names with two errors in it are suggested."""
_CODES = (7, 8, 13)
_TIMES, _MEASURES = ("x", "j"), ("g", "l", "h")
_UNIT = re.compile(rf"\d (?:{UNITS})\b")


class Resolver:
    """Names of one edition. `coded` finds the medicine of a code made of digits."""

    def __init__(self, products: Sequence[Product], coded: Callable[[str], Medicine | None]) -> None:
        self._coded = coded
        self._naming = Naming(products)

    def resolve(self, text: str) -> Resolution:
        """See `Medicines.resolve`."""
        if len(text) > LONGEST:
            return unknown(text)
        typed = parts(text)
        if not typed.whole:
            return unknown(text)
        digits = typed.whole.replace(" ", "")
        if digits.isdigit() and len(digits) in _CODES:
            coded = self._coded(digits)
            return found(text, [coded], False) if coded else unknown_code(text)
        whole = self._naming.whole.get(typed.whole)
        if whole:
            return found(text, together("", whole), False)
        doubtful: list[Product] = []
        for split in self._splits(typed, text):
            products = self._naming.products(split.name)
            if products and _is_told(split, products):
                return self._written(text, split, products)
            doubtful = doubtful or products
        for errors in (1, 2):
            near = self._nearest(typed, text, errors)
            if near:
                return near
        return suggested(text, together("", doubtful)) if doubtful else self._begun(text, typed)

    def _splits(self, typed: Parts, text: str) -> list[Parts]:
        """Where the name may end: as the label says, then ever earlier as long as only qualifiers are left over."""
        splits = [typed]
        synonym = key(base(typed.written))
        if synonym != typed.name:
            splits.append(replace(typed, name=synonym))
        words = key(text).split(" ")
        for end in range(len(words) - 1, 0, -1):
            left = words[end]
            if not self._is_left_over(left, words[end - 1]):
                break
            longer = end >= len(typed.name.split(" ")) and len(splits) > 1
            if not longer and len("".join(words[:end])) >= _ASKED:
                splits.append(rebuilt(" ".join(words[:end]), " ".join(words[end:])))
        return splits

    def _is_left_over(self, word: str, before: str) -> bool:
        """Whether a last word says nothing of the medicine: a number, a form, a unit after a number, not a letter."""
        if len(word) == 1 and word.isalpha():
            return word in _TIMES or (word in _MEASURES and before[0].isdigit())
        return word[0].isdigit() or word in self._naming.qualifiers

    def _written(self, text: str, typed: Parts, products: list[Product]) -> Resolution:
        """A name as written; if its strengths are another, near name's, both are asked about."""
        fits = fitting(typed, products)
        if typed.numbers and not any(typed.numbers <= product.parts.doses for product in products):
            others = [
                product
                for name, _ in self._naming.near(typed.name, 1)
                for product in self._naming.products(name)
                if typed.numbers <= product.parts.doses
            ]
            if {product.substances for product in others} - {product.substances for product in fits}:
                return found(text, together("", [*fits, *others]), False)
        return found(text, together("", fits), False)

    def _nearest(self, typed: Parts, text: str, errors: int) -> Resolution | None:
        """The names within so many errors of what was typed; None where there are none. Two errors are asked about."""
        nearest: dict[str, list[Product]] = {}
        best: Parts | None = None
        for split in self._splits(typed, text):
            letters = len(split.name.replace(" ", ""))
            if letters >= (_ASKED if errors == 1 else _LONG):
                near = self._naming.near(split.name, errors)
                if near:
                    best = split
                    nearest = {name: self._naming.products(name) for name, _ in near}
                    break
        if best is None:
            return None
        fits = fitting(best, list(dict.fromkeys(product for held in nearest.values() for product in held)))
        sure = errors == 1 and len(best.name.replace(" ", "")) >= _SHORTEST and _is_told(best, fits)
        return found(text, together("", fits), True) if sure else suggested(text, together("", fits))

    def _begun(self, text: str, typed: Parts) -> Resolution:
        """Abbreviated words ("amox ac clav"): names whose words begin so."""
        words = typed.name.split(" ")
        if len(words[0]) < _SHORTEST or any(len(word) < 2 for word in words):
            return unknown(text)
        names = self._naming.beginning(words)
        products = [product for name in names for product in self._naming.products(name)]
        if not products:
            return unknown(text)
        return found(text, together("", fitting(typed, list(dict.fromkeys(products)))), True)


def _is_told(typed: Parts, products: list[Product]) -> bool:
    """Whether one at least of the numbers that follow the name is a strength of what it names, if there are any.

    A strength that nobody sells is a slip; but with a number without a unit the name itself may be another (W 44).
    """
    if not typed.numbers or _UNIT.search(typed.whole):
        return True
    return any(typed.numbers & product.parts.doses for product in products)


def fitting(typed: Parts, products: list[Product]) -> list[Product]:
    """Those that hold every typed number and word of form; else every number; else all of them."""
    strong = [product for product in products if typed.numbers <= product.parts.doses]
    exact = [product for product in strong if typed.rest <= product.parts.rest]
    if exact or not strong:
        return exact or products
    most = max(len(typed.rest & product.parts.rest) for product in strong)
    return [product for product in strong if len(typed.rest & product.parts.rest) == most]
