"""Which keys mean which preferred terms, on whose word, and how often they were right: as learnt, less one label."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from cognoscope.apps.pharmacy.reactions.labels_words import digest, keys_of, name_of

Source = Literal["term", "name", "varied", "listed"]
"""An annotated term; the PT or LLT name beside it; a variation of either; a dictionary given from outside."""

_OPPOSITES = {
    "increased": ("decreased", "abnormal"),
    "decreased": ("increased", "abnormal"),
    "abnormal": ("increased", "decreased"),
    "prolonged": ("shortened",),
    "shortened": ("prolonged",),
    "positive": ("negative",),
    "injection site": ("application site", "infusion site", "administration site"),
    "application site": ("injection site", "infusion site", "administration site"),
    "infusion site": ("injection site", "application site"),
}
_WRITTEN = {
    "increased": r"increas\w*|elevat\w*|high|rais\w*|rise",
    "decreased": r"decreas\w*|reduc\w*|low|fall",
    "abnormal": r"abnormal\w*|chang\w*",
    "prolonged": r"prolong\w*",
    "shortened": r"shorten\w*",
}


class Meaning(NamedTuple):
    """A preferred term (digest of its name) that a key may mean, with how many labels annotated it so.

    `listed`: a dictionary says so; `varied`: only by varying a known term (`increased` for `decreased`).
    """

    term: int
    terms: int
    names: int
    listed: bool
    varied: bool


class Known(Protocol):
    """What a reader of labels must be able to ask."""

    def holds(self, key: int) -> bool:
        """Whether the key means anything."""

    def meanings(self, key: int) -> list[Meaning]:
        """What it means."""

    def seen(self, key: int) -> int:
        """In how many labels of training the key stood free (not inside a longer term)."""

    def right(self, key: int, term: int) -> int:
        """In how many of these the preferred term was a reaction of the label."""

    def labels(self, term: int) -> int:
        """How many labels of training have the preferred term."""


def term_digest(name: str) -> int:
    """64 bits that stand for a preferred term, equal whatever the order and spelling of its words."""
    return digest(name_of(name), 3)


@dataclass
class _Entry:
    terms: set[int] = field(default_factory=set)
    names: set[int] = field(default_factory=set)
    varied: set[int] = field(default_factory=set)
    listed: bool = False
    listed_varied: bool = False


class Lexicon:
    """Keys with their meanings and the labels they come from; `own` is a label whose word does not count."""

    def __init__(self) -> None:
        self.entries: dict[int, dict[int, _Entry]] = {}
        self.codes: dict[int, str] = {}
        self.free: dict[int, set[int]] = {}
        self.having: dict[int, set[int]] = {}
        self.own = -1

    def add(self, written: str, name: str, source: Source, label: int = -1) -> None:
        """One way of writing the preferred term `name`, and the ways that follow from it."""
        self._add(written, name_of(name), source, label)
        for other, opposite in varied(written, name_of(name)):
            self._add(other, opposite, "varied", label)

    def _add(self, written: str, name: str, source: Source, label: int) -> None:
        for key in filter(None, keys_of(written)):
            entry = self.entries.setdefault(key, {}).setdefault(digest(name, 3), _Entry())
            if source == "listed":
                entry.listed = True
            elif source == "varied" and label < 0:
                entry.listed_varied = True
            else:
                {"term": entry.terms, "name": entry.names, "varied": entry.varied}[source].add(label)

    def holds(self, key: int) -> bool:
        """Whether the key means anything."""
        return key in self.entries

    def meanings(self, key: int) -> list[Meaning]:
        """What the key means on the word of the labels other than `own`."""
        own, found = self.own, []
        for term, entry in self.entries.get(key, {}).items():
            terms, names = len(entry.terms) - (own in entry.terms), len(entry.names) - (own in entry.names)
            changed = entry.listed_varied or len(entry.varied) > (own in entry.varied)
            if terms or names or entry.listed or changed:
                found.append(Meaning(term, terms, names, entry.listed, changed))
        return found

    def seen(self, key: int) -> int:
        """Labels other than `own` where the key stood free."""
        where = self.free.get(key, ())
        return len(where) - (self.own in where)

    def right(self, key: int, term: int) -> int:
        """Those of them that have the preferred term."""
        having = self.having.get(term, set())
        return sum(1 for label in self.free.get(key, ()) if label != self.own and label in having)

    def labels(self, term: int) -> int:
        """Labels other than `own` that have the preferred term."""
        where = self.having.get(term, ())
        return len(where) - (self.own in where)


class Counts:
    """The same as plain counts: what ships. `runs` counts the labels where other runs of words stood.

    Names of a dictionary can be added; what stood in training without ever being a reaction is then known from `runs`.
    """

    def __init__(
        self,
        meant: Mapping[int, list[Meaning]],
        free: Mapping[int, int],
        rights: Mapping[tuple[int, int], int],
        having: Mapping[int, int],
        runs: Mapping[int, int],
    ) -> None:
        self.meant = dict(meant)
        self.free = free
        self.runs = runs
        self.rights = rights
        self.having = having

    def holds(self, key: int) -> bool:
        """Whether the key means anything."""
        return key in self.meant

    def meanings(self, key: int) -> list[Meaning]:
        """What it means."""
        return self.meant.get(key, [])

    def seen(self, key: int) -> int:
        """Labels of training where the words of the key stood."""
        return self.free.get(key, 0)

    def right(self, key: int, term: int) -> int:
        """Those where the preferred term was a reaction."""
        return self.rights.get((key, term), 0)

    def labels(self, term: int) -> int:
        """Labels of training that have the preferred term."""
        return self.having.get(term, 0)

    def with_names(self, names: Iterable[tuple[str, str]]) -> "Counts":
        """A copy that also knows these (written, preferred term) pairs."""
        meant = {key: list(meanings) for key, meanings in self.meant.items()}
        for written, name in names:
            _list(meant, written, name_of(name), varied_only=False)
            for other, opposite in varied(written, name_of(name)):
                _list(meant, other, opposite, varied_only=True)
        free = dict(self.free)
        for key, meanings in meant.items():
            # Of a preferred term that training has, how often these words were right is not known: nothing is said.
            if key in self.runs and key not in free and not any(one.term in self.having for one in meanings):
                free[key] = self.runs[key]
        return Counts(meant, free, self.rights, self.having, self.runs)


def _list(meant: dict[int, list[Meaning]], written: str, name: str, varied_only: bool) -> None:
    term = digest(name, 3)
    for key in filter(None, keys_of(written)):
        known = meant.setdefault(key, [])
        at = next((n for n, meaning in enumerate(known) if meaning.term == term), None)
        if at is None:
            known.append(Meaning(term, 0, 0, not varied_only, varied_only))
        elif varied_only:
            known[at] = known[at]._replace(varied=True)
        else:
            known[at] = known[at]._replace(listed=True)


def varied(written: str, name: str) -> set[tuple[str, str]]:
    """Other terms that follow from one: the opposite direction of a measure, another site. `name` as `name_of`
    gives.
    """
    found, low, parts = set(), written.lower(), set(name.split())
    for word, others in _OPPOSITES.items():
        if not set(word.split()) <= parts:
            continue
        place = re.search(_WRITTEN.get(word, word), low)
        if place is None:
            continue
        for other in others:
            swapped = (parts - set(word.split())) | set(other.split())
            found.add((low[: place.start()] + other + low[place.end() :], " ".join(sorted(swapped))))
    return found
