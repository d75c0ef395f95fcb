"""Reads disorders, signs and symptoms: CIM-10 and usual words, and what a small classifier adds to them.

The dictionary proposes terms; the classifier says of each word of the report whether it is part of a disorder, from its
spelling, its neighbours and the dictionary. A term is kept where the classifier does not speak against it, other words
where it is sure. The code is that of the CIM-10 term which the words are, where they are one.
"""

from collections.abc import Sequence

from msgspec.structs import asdict, replace

from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.disorders_model import chances
from cognoscope.intake.reading.disorders_spans import spans
from cognoscope.intake.reading.disorders_terms import codes, matches
from cognoscope.intake.reading.disorders_tokens import tokens
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.reader_version import reader_version


def read(texts: Sequence[str]) -> list[list[Mention]]:
    """The disorders of each text, in the order of their places.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    return [_qualified(text, found(text)) for text in texts]


def found(text: str) -> list[Mention]:
    """The disorders of a text, without their qualifiers."""
    words = tokens(text)
    terms = matches(words)
    kept = spans(words, terms, chances(words, terms))
    known = codes()
    mentions = []
    for first, last in kept:
        code = known.get(" ".join(word.form for word in words[first:last] if word.form), "")
        mentions.append(
            Mention(
                start=words[first].start,
                stop=words[last - 1].stop,
                group="disorder",
                label="disorder",
                code=code,
                vocabulary="CIM-10" if code else "",
            )
        )
    return mentions


def _qualified(text: str, mentions: list[Mention]) -> list[Mention]:
    if not mentions:
        return []
    # The qualifiers load EDS-NLP, which this module must not need to be imported.
    from cognoscope.intake.reading.disorders_qualified import qualified

    said = qualified(text, [(mention.start, mention.stop) for mention in mentions])
    return [replace(mention, **asdict(about)) for mention, about in zip(mentions, said, strict=True)]


COMPONENT = Component(
    "disorders",
    reader_version("disorders*", "qualifiers*", libraries=("edsnlp", "pyahocorasick", "onnxruntime", "spacy")),
    read,
)
