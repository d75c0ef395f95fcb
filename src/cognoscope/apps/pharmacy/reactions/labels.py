"""Reactions in an American drug label, coded to MedDRA preferred terms.

`find` and `pts` use the shipped model (`labels_model.npz`): digests of terms with codes, learnt from the public
annotated labels of TAC 2017. It names no term: a code's name comes from the hospital's terminology. `with_names` widens
what is found by the names of that terminology.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from cognoscope.apps.pharmacy.reactions.labels_file import load
from cognoscope.apps.pharmacy.reactions.labels_lexicon import term_digest
from cognoscope.apps.pharmacy.reactions.labels_model import Model, Reaction
from cognoscope.apps.pharmacy.reactions.labels_section import read_section

FILE = "labels_model.npz"
Name = tuple[str, str, str]
"""Written, name of the preferred term, its code."""


def find(
    section_text: str, section_name: str = "adverse reactions", model: Model | None = None
) -> list[tuple[int, int, str]]:
    """The reactions of one section: first character, character after the last, code of the preferred term.

    The same words may stand for several terms; a term whose code is not known is left out.
    """
    found = read([(section_name, section_text)], model)
    return sorted((start, stop, one.code) for one in found if one.code for _, start, stop in one.spans)


def pts(sections: Iterable[tuple[str, str]], model: Model | None = None) -> set[str]:
    """Codes of the preferred terms of a label, from all its sections as (name, text)."""
    return {one.code for one in read(list(sections), model) if one.code}


def read(sections: Sequence[tuple[str, str]], model: Model | None = None) -> list[Reaction]:
    """The reactions of a label, the surest first, those without a code included."""
    return (model or shipped()[0]).read([read_section(name, text) for name, text in sections])


def with_names(names: Iterable[Name]) -> Model:
    """The shipped model that also knows the terms of a terminology (its low level terms with their preferred terms)."""
    model, rows = shipped()[0], list(names)
    codes = {term_digest(name): code for _, name, code in rows if code}
    return Model(
        model.known.with_names((written, name) for written, name, _ in rows),
        codes | model.codes,
        model.linear,
        model.trees,
        model.threshold,
    )


@cache
def shipped() -> tuple[Model, frozenset[int]]:
    """The model that comes with Cognoscope, and which labels it learnt from (64 bits of the digest of each)."""
    return load(Path(__file__).with_name(FILE))
