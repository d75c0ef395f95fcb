"""What the classifier may claim: a number with too few digits is no telephone, a mail address has its @."""

from collections.abc import Iterable, Iterator

from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.span import Label, Span
from cognoscope.intake.deidentification.tokens import Tokens

LEAST_DIGITS: dict[str, int] = {"TEL": 6, "SECU": 8, "IPP": 5, "NDA": 5, "ZIP": 4, "DATE": 1, "DATE_NAISSANCE": 2}
SURE = 0.9
LONE = 0.8
"""Score of a word that stands as a name alone and unannounced."""

NEAR = 14
"""Characters within which a postcode has its city or its street."""

_GAP = 2
_NAMES = ("NOM", "PRENOM")
_ANNOUNCE = {"title", "role", "named", "kin"}
_VOWELS = set("aeiouy")


def plausible(tokens: Tokens, spans: Iterable[Span]) -> Iterator[Span]:
    """The token spans of the classifier whose run of equal labels can be what it is called."""
    runs: list[list[Span]] = []
    for span in spans:
        if runs and span.label == runs[-1][-1].label and span.start - runs[-1][-1].stop <= _GAP:
            runs[-1].append(span)
        else:
            runs.append([span])
    for index, run in enumerate(runs):
        beside = {
            other[0].label
            for other in runs[max(0, index - 1) : index + 2]
            if (other is not run and -NEAR <= other[0].start - run[-1].stop <= NEAR)
            or (other is not run and 0 <= run[0].start - other[-1].stop <= NEAR)
        }
        yield from _kept(tokens, run, beside)


def _kept(tokens: Tokens, run: list[Span], beside: set[Label]) -> list[Span]:
    text = tokens.text[run[0].start : run[-1].stop]
    label: Label = run[0].label
    score = max(span.score for span in run)
    if not any(char.isalnum() for char in text):
        return []
    if label in LEAST_DIGITS:
        return run if _is_number(tokens, run, text, beside) else []
    if label == "MAIL":
        return run if "@" in tokens.text[max(0, run[0].start - 30) : run[-1].stop + 30] else []
    if label == "ADRESSE":
        return run if _is_address(run, text) else []
    if label in _NAMES or label in ("VILLE", "HOPITAL"):
        return run if _is_named(tokens, run, text, beside, score) else []
    return run


def _is_number(tokens: Tokens, run: list[Span], text: str, beside: set[Label]) -> bool:
    label, score = run[0].label, max(span.score for span in run)
    digits = sum(char.isdigit() for char in text)
    if label == "ZIP":
        before = plain(tokens.text[max(0, run[0].start - 12) : run[0].start])
        placed = bool(beside & {"VILLE", "ADRESSE"}) or "dans le" in before or "cp" in before
        return (4 <= digits <= 6 and placed) or digits >= 8
    if label.startswith("DATE") and text.isdecimal() and len(text) == 4 and not 1850 <= int(text) <= 2150:
        return False
    around = tokens.text[max(0, run[0].start - 1) : run[0].start] + tokens.text[run[-1].stop : run[-1].stop + 1]
    if label == "DATE" and text.isdecimal() and ":" in around:
        return False
    if digits < LEAST_DIGITS[label]:
        return (label.startswith("DATE") and any(char.isalpha() for char in text)) or (digits >= 4 and score > SURE)
    return not (label in ("IPP", "NDA") and digits < 6 and score < SURE)


def _is_address(run: list[Span], text: str) -> bool:
    words = [word for word in text.replace(",", " ").split() if any(char.isalpha() for char in word)]
    street = any("street" in lexicon.cues().get(plain(word.strip(".")), ()) for word in words)
    return len(words) > 1 and (street or (any(char.isdigit() for char in text) and run[0].score > SURE))


def _is_named(tokens: Tokens, run: list[Span], text: str, beside: set[Label], score: float) -> bool:
    """Names and places: lower-case words, lone initials and bare acronyms only where something announces them."""
    before = plain(tokens.text[max(0, run[0].start - 14) : run[0].start])
    for mark in ".:(,-/":
        before = before.replace(mark, " ")
    cues = [cue for word in before.split()[-2:] for cue in lexicon.cues().get(word, ())]
    announced = bool(_ANNOUNCE.intersection(cues)) or bool(beside.intersection(_NAMES))
    words = [word for word in text.replace("-", " ").replace(".", " ").split() if word[0].isalpha()]
    if not words:
        return False
    if all(word[0].islower() for word in words):
        return announced and min(span.score for span in run) > SURE
    if announced or run[0].label not in _NAMES:
        return True
    longest = max(words, key=len)
    if len(longest) <= 3 or (
        len(longest) <= 5 and longest.isupper() and not _VOWELS.intersection(plain(longest)[1:-1])
    ):
        return False
    return score > LONE or len(words) > 1
