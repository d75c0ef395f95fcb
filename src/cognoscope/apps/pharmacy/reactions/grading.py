"""The CTCAE grade of each reaction, where a value, a word (`grade 3`) or what was done allows one."""

import re

from cognoscope.apps.pharmacy.reactions.measures import measured
from cognoscope.apps.pharmacy.reactions.reading import Criterion, Note, Reaction

_WORD = re.compile(r"\bgrade\s*(?P<grade>[1-5]|I{1,3}V?|IV|V)\b", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_DONE = (
    (5, "serious-death", re.compile(r"^death", re.IGNORECASE)),
    (4, "serious-life-threatening", re.compile(r"life.threatening", re.IGNORECASE)),
    (3, "serious-hospitalisation", re.compile(r"hospitali[sz]ation", re.IGNORECASE)),
)
_TRANSFUSED = re.compile(r"\btransfus", re.IGNORECASE)
NEAR = 60


def grade(note: Note, reactions: list[Reaction], criteria: list[Criterion]) -> None:
    """Write the highest grade onto each reaction, with its basis: `word`, `value` or `criterion`."""
    values = measured(note.text, note.words)
    said_outright = list(_WORD.finditer(note.text))
    blood = _TRANSFUSED.search(note.text)
    for reaction in reactions:
        for match in said_outright:
            said = match["grade"].lower()
            number = _ROMAN.get(said) or int(said)
            start, stop = min(reaction.spans, key=lambda span: abs(span[0] - match.start()))
            if min(abs(match.start() - stop), abs(start - match.end())) <= NEAR and _same(note, start, match.start()):
                _set(reaction, number, "word", match.span())
        for value in values:
            if value.code == reaction.code:
                _set(reaction, value.grade, "value", (value.start, value.stop))
        if reaction.row is None:
            continue
        row = note.term[reaction.row]
        for number, key, words in _DONE:
            stated = next((each for each in criteria if each.key == key and reaction.key in each.reactions), None)
            if stated and words.search(str(row[f"grade_{number}"] or "")):
                _set(reaction, number, "criterion", stated.spans[0])
        if blood and _TRANSFUSED.search(str(row["grade_3"] or "")):
            _set(reaction, 3, "criterion", blood.span())


def _same(note: Note, one: int, other: int) -> bool:
    """Whether two places are in one sentence."""
    places = (note.first_at(one), note.first_at(other))
    sentences = {note.words[min(at, len(note.words) - 1)].sentence for at in places}
    return len(sentences) == 1


def _set(reaction: Reaction, number: int, basis: str, span: tuple[int, int]) -> None:
    if reaction.grade is None or number > reaction.grade:
        reaction.grade, reaction.grade_basis, reaction.grade_span = number, basis, span
