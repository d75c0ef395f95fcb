"""Everyday words with a capital, because a sentence begins there or the word calls to do something."""

import re

from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.span import Span

_INTRAMUSCULAR = re.compile(r"\bI\. ?[MV]\.\s*$")
_ROLE_ENDS = re.compile(
    r"\b(?:m[ée]decin|dentiste|patiente?|chirurgien(?:ne)?|infirmi(?:er|ère)|pharmacien(?:ne)?|sage-femme|soignant)"
    r"s?\. $"
)
_GOES_ON = re.compile(r" (?!(?:de|du|la|le|von|van|ben|et)\b)[a-zà-ÿ]{2,}")


def begins_sentence(text: str, span: Span, words: list[str]) -> bool:
    """Whether a span is only a word that begins a sentence, an adverb or a call: `Les`, `Informez`, `REGULIEREMENT`.

    Args:
        text: where the span was found.
        words: the plain words of the span.
    """
    word, value = words[0], text[span.start : span.stop]
    if len(words) > 1:
        follows = value[len(word) :].islower() and word not in ("le", "la")
        return follows and word in lexicon.not_names("function")
    if word in lexicon.not_names("function"):
        return not text[span.stop : span.stop + 2].strip(" -").isupper()
    if word.endswith("ez") and f"{word[:-2]}er" in lexicon.common():
        return True
    if word.endswith(lexicon.not_names("adverb")) or (span.label == "HOPITAL" and word in lexicon.not_names("kind")):
        return True
    ordinary = word in lexicon.common() or word in lexicon.medical()
    if ordinary and _INTRAMUSCULAR.search(text, max(0, span.start - 8), span.start):
        return True
    listed = word in lexicon.words("first") or word in lexicon.words("surname") or value.isupper()
    ended = _ROLE_ENDS.search(text, max(0, span.start - 20), span.start) is not None
    return ended and not listed and _GOES_ON.match(text, span.stop) is not None
