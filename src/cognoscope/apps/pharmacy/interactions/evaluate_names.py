"""Does a denomination typed with one error still give its own substances?

Every speciality of an edition is typed anew, from a seed: its name with one insertion, deletion, substitution or
transposition of neighbours, or without accents and in lower case; once with strength and form as the label has them,
once alone. Right: one medicine, of exactly the substances of the composition. A question that lists them is counted
apart and is not right.
"""

import time
from collections import Counter
from dataclasses import dataclass
from random import Random

from cognoscope.core.evaluation import Metric
from cognoscope.intake.medicines import Medicines, fold
from cognoscope.intake.medicines.label import parts
from cognoscope.intake.medicines.medicine import Medicine, Resolution

SEED = 20261122
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_EXAMPLES = 12
_Z = 1.959964


@dataclass(frozen=True)
class Typed:
    """How the specialities were typed, and what came of it."""

    right: int
    asked: int
    wrong: int
    unknown: int
    milliseconds: tuple[float, float]
    examples: tuple[tuple[str, str, str], ...]

    @property
    def rows(self) -> int:
        """How many were typed."""
        return self.right + self.asked + self.wrong + self.unknown


def mistype(name: str, random: Random) -> str:
    """One edit of a name of letters and spaces: insertion, deletion, substitution or transposition, equally likely."""
    kind = random.choice(("insertion", "deletion", "substitution", "transposition"))
    place = random.randrange(len(name))
    if kind == "insertion":
        return name[:place] + random.choice(_LETTERS) + name[place:]
    if kind == "deletion":
        return name[:place] + name[place + 1 :]
    if kind == "substitution":
        return name[:place] + random.choice([each for each in _LETTERS if each != name[place]]) + name[place + 1 :]
    swaps = [at for at in range(len(name) - 1) if name[at] != name[at + 1]]
    if not swaps:
        return name + random.choice(_LETTERS)
    at = random.choice(swaps)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def typed(medicines: Medicines, error: bool, with_form: bool, seed: int = SEED) -> Typed:
    """Type every speciality whose composition is known; homeopathic ones too."""
    random = Random(seed)  # noqa: S311 -- which letter is hit, not a secret
    counts: Counter[str] = Counter()
    spent: list[float] = []
    examples: list[tuple[str, str, str]] = []
    for product in medicines.products:
        if not product.substances:
            continue
        label = fold(product.medicine.label)
        end = _end(label)
        name = mistype(label[:end], random) if error else label[:end]
        text = name + label[end:] if with_form else name
        start = time.perf_counter()
        answer = medicines.resolve(text)
        spent.append(time.perf_counter() - start)
        what = judged(answer, product.medicine)
        counts[what] += 1
        if what != "right" and sum(each[0] == what for each in examples) < _EXAMPLES:
            examples.append((what, text, product.medicine.label))
    spent.sort()
    at = (spent[len(spent) // 2], spent[int(len(spent) * 0.95)]) if spent else (0.0, 0.0)
    return Typed(
        counts["right"],
        counts["asked"],
        counts["wrong"],
        counts["unknown"],
        (round(at[0] * 1000, 3), round(at[1] * 1000, 3)),
        tuple(examples),
    )


def judged(answer: Resolution, meant: Medicine) -> str:
    """Whether the answer names exactly the substances that were meant."""
    wanted = {fold(each) for each in meant.substances}
    sets = [{fold(each) for each in medicine.substances} for medicine in answer.medicines]
    if not sets:
        return "unknown"
    if answer.status != "ambiguous" and len(sets) == 1:
        return "right" if sets[0] == wanted else "wrong"
    return "asked" if wanted in sets else "wrong"


def share(
    name: str, right: int, rows: int, baseline: float | None = None, reference: tuple[float, str] | None = None
) -> Metric:
    """A share with Wilson's interval at 95 % (JASA 1927); null where there is nothing to judge."""
    if rows == 0:
        return Metric(name=name, value=None)
    value = right / rows
    middle = (value + _Z**2 / (2 * rows)) / (1 + _Z**2 / rows)
    half = _Z / (1 + _Z**2 / rows) * (value * (1 - value) / rows + _Z**2 / (4 * rows**2)) ** 0.5
    return Metric(
        name=name,
        value=value,
        low=max(middle - half, 0.0),
        high=min(middle + half, 1.0),
        baseline=baseline,
        reference=reference[0] if reference else None,
        reference_source=reference[1] if reference else None,
    )


def _end(label: str) -> int:
    """Where the name of a folded label ends, its last space left out."""
    words = parts(label).name.split(" ")
    end = 0
    for word in words:
        end = label.index(word, end) + len(word)
    return end
