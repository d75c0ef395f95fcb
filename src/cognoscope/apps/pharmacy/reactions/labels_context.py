"""What surrounds a mention: hashed words for a linear model, and cues counted one by one for the trees."""

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.labels_section import Section
from cognoscope.apps.pharmacy.reactions.labels_words import form

BUCKETS = 1 << 17
NEAR = 5
"""Words on either side of which the place counts."""

SENTENCE = 40
"""Words on either side that are read as the sentence of a mention."""

REACH = 25
CLOSE = 3
KINDS = (
    "history",
    "risk",
    "negation",
    "treatment",
    "patients",
    "monitoring",
    "animals",
    "placebo",
    "reported",
    "avoid",
)


@lru_cache(maxsize=1 << 18)
def _bucket(feature: str) -> int:
    return crc32(feature.encode()) % BUCKETS


@lru_cache(maxsize=1 << 12)
def _heading(head: str) -> tuple[str, ...]:
    return tuple(form(word) for word in re.findall(r"[a-z]+", head[:80]))


def context(section: Section, first: int, last: int) -> NDArray[np.int32]:
    """Buckets of the features of a mention (kept with the section, for training asks many times)."""
    known = section.contexts.get((first, last))
    if known is None:
        buckets = {_bucket(feature) for feature in _features(section, first, last)}
        known = section.contexts[first, last] = np.array(sorted(buckets), dtype=np.int32)
    return known


def _features(section: Section, first: int, last: int) -> list[str]:
    forms, gaps, count = section.forms, section.gaps, len(section.words)
    kind = str(section.kind)
    sides = _beside(section, first, -1) + _beside(section, last, 1)
    said = ["sec" + kind, *sides, *(kind + side for side in sides[:7])]
    said.append(f"LL={forms[first - 2] if first > 1 else ''}_{forms[first - 1] if first else ''}")
    after, beyond = (forms[at] if at < count else "" for at in (last + 1, last + 2))
    said += [f"RR={after}_{beyond}", f"G={gaps[first][-3:]}", f"H={gaps[last + 1][:3] if last + 1 < count else '$'}"]
    head = _heading(section.heads[first])
    said += [f"h={word}" for word in head]
    said += [f"hs={kind}{word}" for word in head[:1]] + [f"inhead={forms[first] in head:d}"]
    start, stop = sentence(section, first, last, SENTENCE)
    said += [f"S={forms[at]}" for at in range(start, stop + 1) if not first <= at <= last]
    said += [f"SL={forms[at]}" for at in range(start, first)]
    said += [f"len{min(9, (stop - start) // 5)}", f"start{start == first:d}"]
    own = forms[first : last + 1]
    said += [f"W={word}" for word in own]
    said += [f"WL={own[-1]}", f"WF={own[0]}", f"WA={' '.join(own)}", f"wl{last - first}"]
    return [*said, f"WS={own[-1]}{kind}", f"suf={own[-1][-4:]}"]


def _beside(section: Section, at: int, way: int) -> list[str]:
    side, edge = ("L", "^") if way < 0 else ("R", "$")
    said: list[str] = []
    for steps in range(1, NEAR + 1):
        place = at + way * steps
        if not 0 <= place < len(section.words) or section.sentences[place] != section.sentences[at]:
            return [*said, f"{side}{steps}={edge}"]
        said += [f"{side}{steps}={section.forms[place]}", f"{side}={section.forms[place]}"]
    return said


def sentence(section: Section, first: int, last: int, reach: int) -> tuple[int, int]:
    """First and last word of the sentence around a mention, at most `reach` words away."""
    start, stop = first, last
    while start > 0 and section.sentences[start - 1] == section.sentences[first] and first - start < reach:
        start -= 1
    while (
        stop + 1 < len(section.words) and section.sentences[stop + 1] == section.sentences[last] and stop - last < reach
    ):
        stop += 1
    return start, stop


@cache
def _kinds() -> dict[str, frozenset[int]]:
    text = files(__package__).joinpath("labels_cues.csv").read_text(encoding="utf-8")
    known: dict[str, set[int]] = {}
    for row in csv.DictReader(text.splitlines()):
        known.setdefault(form(row["word"]), set()).add(KINDS.index(row["kind"]))
    return {word: frozenset(kinds) for word, kinds in known.items()}


def cues(section: Section, first: int, last: int) -> list[float]:
    """Cues left in the sentence, close on the left, and right of a mention (10 each), then 11 figures of its line."""
    known = section.cues.get((first, last))
    if known is None:
        known = section.cues[first, last] = _cues(section, first, last)
    return known


def _cues(section: Section, first: int, last: int) -> list[float]:
    table = _kinds()
    left, close, right = [0.0] * len(KINDS), [0.0] * len(KINDS), [0.0] * len(KINDS)
    start, stop = sentence(section, first, last, REACH)
    for at in range(start, first):
        for kind in table.get(section.forms[at], ()):
            left[kind] = 1.0
            if first - at <= CLOSE:
                close[kind] = 1.0
    for at in range(last + 1, stop + 1):
        for kind in table.get(section.forms[at], ()):
            right[kind] = 1.0
    return [*left, *close, *right, *_line(section, first, last, start, stop)]


def _line(section: Section, first: int, last: int, start: int, stop: int) -> list[float]:
    text, (begin, _), (_, end) = section.text, section.spans[first], section.spans[last]
    from_, to = text.rfind("\n", 0, begin) + 1, text.find("\n", end)
    to = len(text) if to < 0 else to
    # A section on one endless line must not be read whole for each of its mentions.
    line, tail = text[max(from_, begin - 400) : min(to, end + 400)], text[end : min(to, end + 200)]
    return [
        float(len(re.findall(r"\d+", tail[:80]))),
        float(re.search(r"\s{6,}\S", line) is not None),
        float(text[begin].isupper()),
        float(len(line.split())),
        float(stop - last),
        float(start == first),
        float("[see" in tail.lower()[:60] or "(5" in tail[:20]),
        float(line.strip().startswith("*")),
        first / max(1, len(section.words)),
        float(section.forms[first] in section.heads[first]),
        float(tail.count(",") + text[max(from_, begin - 200) : begin].count(",")),
    ]
