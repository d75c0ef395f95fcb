"""What the classifier may claim: a number with too few digits is no telephone, a mail address has its @."""

from collections.abc import Iterable, Iterator

from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.span import Label, Span
from cognoscope.intake.deidentification.tokens import Tokens

LEAST_DIGITS: dict[str, int] = {"TEL": 6, "SECU": 8, "IPP": 5, "NDA": 5, "ZIP": 4, "DATE": 1, "DATE_NAISSANCE": 2}
MOST_DIGITS: dict[str, int] = {"ZIP": 6}
SURE = 0.9
_GAP = 2


def plausible(tokens: Tokens, spans: Iterable[Span]) -> Iterator[Span]:
    """The token spans of the classifier whose run of equal labels can be what it is called."""
    run: list[Span] = []
    for span in spans:
        if run and (span.label != run[-1].label or span.start - run[-1].stop > _GAP):
            yield from _kept(tokens, run)
            run = []
        run.append(span)
    yield from _kept(tokens, run)


def _kept(tokens: Tokens, run: list[Span]) -> list[Span]:
    if not run:
        return []
    text = tokens.text[run[0].start : run[-1].stop]
    label: Label = run[0].label
    score = max(span.score for span in run)
    if not any(char.isalnum() for char in text):
        return []
    if label in LEAST_DIGITS:
        digits = sum(char.isdigit() for char in text)
        named_month = label.startswith("DATE") and any(char.isalpha() for char in text)
        if (digits < LEAST_DIGITS[label] and not named_month) or digits > MOST_DIGITS.get(label, digits):
            return run if label == "IPP" and digits >= 4 and score > SURE else []
        if label in ("IPP", "NDA") and digits < 6 and score < SURE:
            return []
    elif label == "MAIL":
        around = tokens.text[max(0, run[0].start - 30) : run[-1].stop + 30]
        return run if "@" in around else []
    elif label == "ADRESSE":
        return run if _is_address(tokens, run, text) else []
    elif label in ("NOM", "PRENOM", "VILLE", "HOPITAL"):
        return _worded(tokens, run)
    return run


def _is_address(tokens: Tokens, run: list[Span], text: str) -> bool:
    from cognoscope.intake.deidentification import lexicon

    words = [word for word in text.replace(",", " ").split() if any(char.isalpha() for char in word)]
    street = any("street" in lexicon.cues().get(plain(word.strip(".")), ()) for word in words)
    return len(words) > 1 and (street or (any(char.isdigit() for char in text) and run[0].score > SURE))


def _worded(tokens: Tokens, run: list[Span]) -> list[Span]:
    """Names without the lower-case words that nothing announces; one plain lower-case word alone is no name."""
    if any(char.isupper() for span in run for char in tokens.text[span.start]):
        return run
    before = plain(tokens.text[max(0, run[0].start - 14) : run[0].start]).replace(".", " ").replace(":", " ").split()
    from cognoscope.intake.deidentification import lexicon

    announced = any({"title", "role", "named"}.intersection(lexicon.cues().get(word, ())) for word in before[-2:])
    return run if announced and min(span.score for span in run) > SURE else []
