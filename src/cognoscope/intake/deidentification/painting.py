"""Spans of several searches laid over one text, token by token: the first keeps the label, all make the union."""

from bisect import bisect_right
from collections.abc import Iterable

from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.span import Label, Span
from cognoscope.intake.deidentification.tokens import BIT, Tokens

REPEATED_FROM = 4
"""Letters of a found name from which its other occurrences are names too."""

_NUMERIC = ("TEL", "SECU", "INS", "IPP", "NDA", "RPPS", "ADELI", "DATE_NAISSANCE", "DATE")
_WORDED = ("NOM", "PRENOM", "VILLE", "HOPITAL")
_BRIDGED = ("NOM", "VILLE", "HOPITAL", "ADRESSE")
_PARTICLE = int(BIT["particle"])
_ORDINARY = int(BIT["medical"] | BIT["common"])
_EXPLAINED = _ORDINARY
for _name in ("title", "role", "kin", "named", "month", "street", "phone", "hospital", "unit", "nda", "ipp", "mail"):
    _EXPLAINED |= int(BIT[_name])
_CAPITAL = int(BIT["capital"])


class Painting:
    """The label and the score of each token of a text."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._labels: dict[int, tuple[Label, float]] = {}

    def add(self, spans: Iterable[Span]) -> None:
        """Paint spans over what is still free. Spans that end within a token take it whole."""
        tokens = self._tokens
        for span in spans:
            at = bisect_right(tokens.starts, span.start) - 1
            while at < len(tokens.texts) and tokens.starts[at] < span.stop:
                if at not in self._labels:
                    self._labels[at] = (span.label, span.score)
                at += 1

    def partner(self) -> None:
        """Give a name of one word the capitalised unknown word beside it: family and first name go together."""
        texts, flags = self._tokens.texts, self._tokens.flags
        for index in sorted(self._labels):
            label, score = self._labels[index]
            if label not in ("NOM", "PRENOM") or len(texts[index]) < 3 or score < 0.5:
                continue
            if any(self._labels.get(at, ("",))[0] in ("NOM", "PRENOM") for at in (index - 2, index + 2)):
                continue
            for step in (1, -1):
                at = index + 2 * step
                if not 0 <= at < len(texts) or at in self._labels or texts[index + step] not in (" ", "-"):
                    continue
                bits = int(flags[at])
                shouted = texts[at].isupper() and not texts[index].isupper() and not bits & (_EXPLAINED & ~_ORDINARY)
                free = shouted or not bits & _EXPLAINED
                if bits & _CAPITAL and free and len(texts[at]) > 3 and texts[at].isalpha():
                    self._labels[at] = ("PRENOM" if label == "NOM" else "NOM", 0.6)
                    break

    def widen(self) -> None:
        """Take along what hangs together with a painted token: the rest of a number, the other half of a name."""
        texts, flags = self._tokens.texts, self._tokens.flags
        for index in sorted(self._labels):
            label, score = self._labels[index]
            for step in (1, -1):
                at = index + step
                while 0 <= at < len(texts) and at not in self._labels:
                    piece = texts[at]
                    single = 0 <= at + step < len(texts) and len(texts[at - step]) == len(texts[at + step]) == 1
                    if label in _NUMERIC and piece.isalnum() and texts[at - step].isalnum():
                        self._labels[at] = (label, score)
                    elif label in _NUMERIC and piece == " " and single and texts[at - step].isdigit():
                        if not texts[at + step].isdigit() or at + step in self._labels:
                            break
                        self._labels[at] = (label, score)
                    elif label in _WORDED and texts[at - step] in "-’'" and piece.isalpha():
                        if not int(flags[at]) & _CAPITAL:
                            break
                        self._labels[at] = (label, score)
                    elif label in _WORDED and piece in "-’'" and 0 <= at + step < len(texts):
                        other = at + step
                        if not texts[other].isalpha() or not int(flags[other]) & _CAPITAL or other in self._labels:
                            break
                        self._labels[at] = self._labels[other] = (label, score)
                        at += step
                    else:
                        break
                    at += step

        self._bridge()

    def _bridge(self) -> None:
        """Paint the particles between two words of one name: `Saint-Jean de la Tour`."""
        texts, flags = self._tokens.texts, self._tokens.flags
        for index in sorted(self._labels):
            label, score = self._labels[index]
            at = index + 1
            while label in _BRIDGED and at < min(index + 6, len(texts)) and at not in self._labels:
                if not (texts[at] in " -'’" or int(flags[at]) & _PARTICLE):
                    break
                at += 1
            if at - index > 2 and at < len(texts) and at in self._labels and self._labels[at][0] == label:
                for between in range(index + 1, at):
                    self._labels[between] = (label, score)

    def repeat(self) -> None:
        """Paint the other occurrences of a name that was found once, where they are written with a capital."""
        tokens = self._tokens
        names: dict[str, Label] = {}
        for index, (label, score) in self._labels.items():
            text = tokens.texts[index]
            sure = label in ("NOM", "PRENOM") and score >= 0.8 and len(text) >= REPEATED_FROM and text.isalpha()
            if sure and not int(tokens.flags[index]) & _ORDINARY:
                names.setdefault(plain(text), label)
        if not names:
            return
        for index, text in enumerate(tokens.texts):
            if len(text) >= REPEATED_FROM and index not in self._labels and int(tokens.flags[index]) & _CAPITAL:
                label_found = names.get(plain(text))
                if label_found:
                    self._labels[index] = (label_found, 0.8)

    def spans(self) -> list[Span]:
        """Painted tokens joined where only white space, hyphens or apostrophes stand between equal labels."""
        tokens = self._tokens
        found: list[Span] = []
        last = -2
        for index in sorted(self._labels):
            label, score = self._labels[index]
            if tokens.texts[index].isspace():
                continue
            start, stop = tokens.starts[index], tokens.starts[index + 1]
            between = tokens.text[found[-1].stop : start] if found else ""
            gap = not between or (len(between) < 3 and between.strip(" \n-'’.\t\u00a0/") == "")
            if found and found[-1].label == label and gap and index - last < 4:
                found[-1] = Span(found[-1].start, stop, label, max(score, found[-1].score))
            else:
                found.append(Span(start, stop, label, score))
            last = index
        return found
