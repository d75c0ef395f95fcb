"""Writes the reports of an invented stay: not everything is said, and some of what is said is not so."""

from collections.abc import Sequence

import numpy as np

from cognoscope.apps.records.coding.synthetic.profiles import profiles, sentences

SAID_LEADING, SAID_OTHER = 0.92, 0.8
NO_REPORT, SECOND_REPORT = 0.07, 0.35


def write(random: np.random.Generator, leading: str, others: Sequence[tuple[str, str, bool]]) -> tuple[str, ...]:
    """The reports of one stay, none in 7 % of stays.

    Args:
        random: source of chance.
        leading: words for the principal diagnosis.
        others: code, words, and whether it is long-lasting, of each other disease.
    """
    if random.random() < NO_REPORT:
        return ()
    motif, past, course, end = list[str](), list[str](), list[str](), list[str]()
    if random.random() < SAID_LEADING:
        (motif if random.random() < 0.7 else course).append(leading)
        if random.random() < 0.75:
            end.append(leading)
    for _, words, lasting in others:
        if random.random() < SAID_OTHER:
            place = past if lasting and random.random() < 0.6 else course if random.random() < 0.7 else end
            place.append(words)
    lines = [*_pick(random, "title", [""]), "Motif d'hospitalisation :", *_pick(random, "motif", motif)]
    lines += ["Antécédents :", *_pick(random, "antecedent", past + _elsewhere(random, 0.35))]
    lines += ["Évolution :", *_pick(random, "evolution", course), *_fillers(random)]
    for kind, mean in (("negation", 0.9), ("hypothesis", 0.25), ("family", 0.2)):
        lines += _pick(random, kind, _elsewhere(random, mean))
    lines += ["Conclusion :", *_pick(random, "conclusion", end), *_fillers(random)]
    reports = ["\n".join(lines)]
    if random.random() < SECOND_REPORT:
        said = motif + course
        again = [words for words in said if random.random() < 0.5]
        reports.append("\n".join([*_fillers(random), *_pick(random, "evolution", again), *_fillers(random)]))
    return tuple(reports)


def _pick(random: np.random.Generator, kind: str, words: Sequence[str]) -> list[str]:
    return [str(random.choice(sentences(kind))).replace("{x}", each) for each in words]


def _fillers(random: np.random.Generator) -> list[str]:
    return [str(each) for each in random.choice(sentences("filler"), size=random.integers(1, 4), replace=False)]


def _elsewhere(random: np.random.Generator, mean: float) -> list[str]:
    """Words for diseases that this stay need not have."""
    known = list(profiles().values())
    chosen = [known[int(random.integers(len(known)))] for _ in range(random.poisson(mean))]
    return [str(random.choice(each.phrases)) for each in chosen]
