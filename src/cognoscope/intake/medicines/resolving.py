"""From the words somebody typed to a set of substances: as written, else with one error, else a question."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cognoscope.core.noun import Sentence
from cognoscope.intake.medicines.label import Parts, key, parts
from cognoscope.intake.medicines.medicine import Medicine, Resolution
from cognoscope.intake.medicines.product import Product, together

LONGEST = 200
"""Characters of a denomination; longer texts are not names of medicines."""


class Resolver:
    """Names of one edition. `coded` finds the medicine of a code made of digits."""

    def __init__(self, products: Sequence[Product], coded: Callable[[str], Medicine | None]) -> None:
        self._coded = coded
        self._whole: dict[str, list[Product]] = defaultdict(list)
        self._named: dict[str, list[Product]] = defaultdict(list)
        for product in products:
            self._whole[product.parts.whole].append(product)
            self._named[product.parts.name].append(product)
        for product in products:
            if product.substances and not product.medicine.homeopathic:
                name = key(" ".join(product.medicine.substances))
                if name not in self._named or self._named[name][0].parts.name != name:
                    self._named[name].append(product)
        self._names = sorted(self._named)

    def resolve(self, text: str) -> Resolution:
        """See `Medicines.resolve`."""
        typed = parts(text[: LONGEST + 1])
        if len(text) > LONGEST or not typed.whole:
            return _unknown(text)
        digits = typed.whole.replace(" ", "")
        if digits.isdigit() and len(digits) in (7, 8, 13):
            found = self._coded(digits)
            return _found(text, "exact", [found]) if found else _unknown(text)
        for products, name in self._written(typed):
            return _found(text, "exact", together(name, _fitting(typed, products)))
        return self._misspelt(text, typed)

    def _written(self, typed: Parts) -> list[tuple[list[Product], str]]:
        found = []
        if typed.whole in self._whole:
            found.append((self._whole[typed.whole], typed.name))
        if typed.name in self._named:
            found.append((self._named[typed.name], typed.name))
        return found

    def _misspelt(self, text: str, typed: Parts) -> Resolution:
        if len(typed.name) < 4:
            return _unknown(text)
        near = process.extract(typed.name, self._names, scorer=OSA.distance, score_cutoff=1, limit=None)
        products = [product for name, _, _ in near for product in self._named[name]]
        if not products:
            return _unknown(text)
        return _found(text, "corrected", together(near[0][0], _fitting(typed, products)))


def _fitting(typed: Parts, products: list[Product]) -> list[Product]:
    """Those whose strengths hold the typed numbers and whose form holds the typed words, if there are any."""
    strong = [product for product in products if typed.numbers <= product.parts.numbers]
    return [product for product in strong if typed.rest <= product.parts.rest] or strong or products


def _found(text: str, status: str, medicines: list[Medicine]) -> Resolution:
    named = ", ".join(each.label for each in medicines[:5])
    if len(medicines) > 1:
        return Resolution(
            text,
            "ambiguous",
            tuple(medicines),
            Sentence(
                fr=f"Plusieurs médicaments possibles : {named}. Lequel ?",
                en=f"Several medicines are possible: {named}. Which one?",
            ),
        )
    if not medicines[0].marketed:
        sentence = Sentence(fr=f"{named} n'est plus commercialisé.", en=f"{named} is no longer on the market.")
        return Resolution(text, "withdrawn", tuple(medicines), sentence)
    if status == "corrected":
        return Resolution(
            text, "corrected", tuple(medicines), Sentence(fr=f"Compris comme {named}.", en=f"Understood as {named}.")
        )
    return Resolution(text, "exact", tuple(medicines), Sentence(fr=f"{named}.", en=f"{named}."))


def _unknown(text: str) -> Resolution:
    return Resolution(
        text,
        "unknown",
        (),
        Sentence(
            fr="Médicament inconnu de la base : vérifiez le nom ou saisissez le code CIP.",
            en="Medicine unknown to the database: check the name or type the CIP code.",
        ),
    )
