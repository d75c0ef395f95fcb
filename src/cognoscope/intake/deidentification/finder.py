"""Finds the identities of texts: written forms, rules of names and places, the classifier, what is known; combined."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cognoscope.intake.deidentification.beside import beside
from cognoscope.intake.deidentification.births import birth_dates, whole_dates
from cognoscope.intake.deidentification.classifier import LABELS, REACH, Classifier, sequence
from cognoscope.intake.deidentification.companies import without_companies
from cognoscope.intake.deidentification.false_alarms import without_false_alarms
from cognoscope.intake.deidentification.initials import with_initials
from cognoscope.intake.deidentification.known import KnownSearch
from cognoscope.intake.deidentification.names import found_names
from cognoscope.intake.deidentification.painting import Painting
from cognoscope.intake.deidentification.patterns import digit_mass, found_by_form
from cognoscope.intake.deidentification.places import found_places
from cognoscope.intake.deidentification.plausible import SURE, plausible
from cognoscope.intake.deidentification.references import without_references
from cognoscope.intake.deidentification.span import Label, Span
from cognoscope.intake.deidentification.tokens import BIT, Bits, Tokens, Words
from cognoscope.intake.identities import Identity

THRESHOLDS: dict[str, float] = {"NOM": 0.5, "PRENOM": 0.5, "VILLE": 0.35, "HOPITAL": 0.5}
OTHER_THRESHOLD = 0.5
PAIR_THRESHOLD = 0.12
"""For two unknown words side by side, one in upper case, one with a capital: so family and first names are written."""

MEDICAL_THRESHOLD = 0.97
"""What the classifier must be sure of to call a word of CIM-10 or of a drug's name a person or a place."""

BORN_FROM = 0.25
"""Probability of a birth date from which a date is taken for one: a birth date kept would be worse."""

BATCH_TOKENS = 60_000


class Finder:
    """Finds identities in texts.

    Args:
        rules: whether written forms and rules of names and places are used.
        learned: whether the classifier is; both are on except where they are compared.
    """

    def __init__(self, *, rules: bool = True, learned: bool = True) -> None:
        self.words = Words()
        self._rules = rules
        self._classifier = Classifier(self.words) if learned else None

    def find(self, texts: Sequence[str], known: Sequence[Identity | None]) -> list[list[Span]]:
        """The identities of each text, ordered and without overlap."""
        found: list[list[Span]] = []
        batch: list[Tokens] = []
        size = first = 0
        for index, text in enumerate(texts):
            if not batch:
                self.words.forget()
            tokens = Tokens(text, self.words)
            batch.append(tokens)
            size += len(tokens.texts)
            if size > BATCH_TOKENS or index == len(texts) - 1:
                found += self._batch(batch, known[first : index + 1])
                batch, size, first = [], 0, index + 1
        return found

    def _batch(self, batch: list[Tokens], known: Sequence[Identity | None]) -> list[list[Span]]:
        learned = self._learned(batch) if self._classifier else [[] for _ in batch]
        return [
            self._combined(tokens, spans, identity)
            for tokens, spans, identity in zip(batch, learned, known, strict=True)
        ]

    def _combined(self, tokens: Tokens, learned: list[Span], identity: Identity | None) -> list[Span]:
        painting = Painting(tokens)
        sure = list(KnownSearch(identity).find(tokens)) if identity is not None else []
        painting.add(sure)
        written = list(found_by_form(tokens)) if self._rules else []
        likely = list(plausible(tokens, learned))
        painting.add(span for span in written if span.label != "DATE")
        painting.add(whole_dates(written, likely))
        painting.add(likely)
        if self._rules:
            painting.add(found_names(tokens))
            painting.add(found_places(tokens))
        painting.add(beside(tokens.text, painting.spans()))
        painting.partner()
        painting.widen()
        painting.repeat()
        spans = birth_dates(tokens.text, painting.spans())
        spans = spans if identity is not None else list(without_companies(tokens.text, spans))
        if not self._rules:
            return spans
        spans = list(without_references(tokens.text, without_false_alarms(tokens.text, spans, sure)))
        return list(with_initials(tokens.text, spans))

    def _learned(self, batch: list[Tokens]) -> list[list[Span]]:
        """The classifier's spans of each text, one call for all."""
        assert self._classifier is not None
        windows: list[tuple[Tokens, NDArray[np.int64]]] = []
        owners: list[int] = []
        pairs: list[NDArray[np.bool_]] = []
        for owner, tokens in enumerate(batch):
            indices = sequence(tokens)
            if not len(indices):
                continue
            wanted = candidates(tokens.flags)[indices]
            hits = np.flatnonzero(wanted)
            paired = name_pairs(tokens, indices)
            for first, last in ranges(hits, len(indices)):
                windows.append((tokens, indices[first:last]))
                pairs.append(paired[first:last])
                owners.append(owner)
        spans: list[list[Span]] = [[] for _ in batch]
        if windows:
            for owner, (tokens, indices), paired, scores in zip(
                owners, windows, pairs, self._classifier.probabilities(windows), strict=True
            ):
                spans[owner] += labelled(tokens, indices, paired, scores)
        return spans


def candidates(flags: Bits) -> NDArray[np.bool_]:
    """(n,) true at tokens that can belong to an identity or announce one; around them the classifier looks."""
    capital, common, medical = ((flags & BIT[name]) > 0 for name in ("capital", "common", "medical"))
    listed = (flags & (BIT["first"] | BIT["surname"] | BIT["city"])) > 0
    announced = BIT["street"] | BIT["at"] | BIT["month"] | BIT["birth"] | BIT["ipp"] | BIT["role"] | BIT["named"]
    title = ((flags & BIT["title"]) > 0) & capital
    hospital = (flags & BIT["hospital"]) > 0
    unknown = capital & ~common & ~medical
    found = unknown | (capital & listed) | title | hospital | ((flags & announced) > 0) | digit_mass(flags)
    return np.asarray(found, np.bool_)


def ranges(hits: NDArray[np.int64], count: int) -> list[tuple[int, int]]:
    """Stretches [first, last) around these places of a sequence, those that touch made one."""
    if not len(hits):
        return []
    starts, stops = hits - REACH // 2, hits + REACH // 2 + 1
    breaks = np.flatnonzero(starts[1:] > stops[:-1])
    firsts = starts[np.concatenate([[0], breaks + 1])]
    lasts = stops[np.concatenate([breaks, [len(hits) - 1]])]
    return [(max(int(a), 0), min(int(b), count)) for a, b in zip(firsts, lasts, strict=True)]


def labelled(
    tokens: Tokens, indices: NDArray[np.int64], paired: NDArray[np.bool_], scores: NDArray[np.float32]
) -> Iterable[Span]:
    """Spans of the tokens that some label is likely enough for; `paired` is what `name_pairs` says of them."""
    supported = beside_names(tokens.flags[indices], scores)
    likely = np.flatnonzero(
        scores[:, 0] < 1 - np.where(paired, PAIR_THRESHOLD, min(OTHER_THRESHOLD, *THRESHOLDS.values()))
    )
    for row in likely.tolist():
        index = int(indices[row])
        bits = int(tokens.flags[index])
        if bits & int(BIT["newline"]):
            continue
        best = int(scores[row, 1:].argmax()) + 1
        label: Label = LABELS[best]  # type: ignore[assignment]
        if label == "DATE" and scores[row, _BORN] >= BORN_FROM:
            label = "DATE_NAISSANCE"
        some = 1 - float(scores[row, 0])
        least = THRESHOLDS.get(label, OTHER_THRESHOLD)
        if paired[row]:
            label, least, some = label if label in _WORDED else "NOM", PAIR_THRESHOLD, max(some, SURE)
        if label in ("NOM", "PRENOM", "VILLE", "HOPITAL") and bits & _ORDINARY and not bits & _LISTED:
            least = OTHER_THRESHOLD if supported[row] and bits & _CAPITAL else MEDICAL_THRESHOLD
        if some >= least:
            yield Span(tokens.starts[index], tokens.starts[index + 1], label, some)


def beside_names(flags: Bits, scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n,) true within three tokens of a title, or of a likely name that is no everyday word: `Mme PETIT`."""
    names = scores[:, [LABELS.index("NOM"), LABELS.index("PRENOM")]].sum(axis=1) >= OTHER_THRESHOLD
    sure = (names & ((flags & np.uint64(_ORDINARY)) == 0)) | ((flags & (BIT["title"] | BIT["named"])) > 0)
    return np.convolve(sure, np.ones(7, np.int64), "same")[: len(sure)] > 0 if len(sure) >= 7 else sure | sure.any()


def name_pairs(tokens: Tokens, indices: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) true at `DURAND Paul` and `Paul DURAND`: neighbours that no everyday or medical word explains."""
    flags = tokens.flags[indices]
    sizes = tokens.sizes[indices]
    capital, upper = (flags & BIT["capital"]) > 0, (flags & BIT["upper"]) > 0
    explained = (
        BIT["medical"] | BIT["common"] | BIT["title"] | BIT["hospital"] | BIT["unit"] | BIT["month"] | BIT["phone"]
    )
    free = capital & ((flags & explained) == 0) & (sizes > 2)
    titled = free & ~upper
    shouted = free & upper & (sizes > 3)
    near = np.diff(indices) == 2
    pair = ((shouted[:-1] & titled[1:]) | (titled[:-1] & shouted[1:])) & near
    found = np.zeros(len(indices), np.bool_)
    found[:-1] |= pair
    found[1:] |= pair
    return found


_WORDED = ("NOM", "PRENOM", "VILLE", "HOPITAL", "ADRESSE")
_BORN = LABELS.index("DATE_NAISSANCE")
_CAPITAL = int(BIT["capital"])
_ORDINARY = int(BIT["medical"] | BIT["common"])
_LISTED = int(BIT["first"] | BIT["surname"] | BIT["city"] | BIT["particle"] | BIT["hospital"])
