"""Surrogates: readable values that stand for an identity, drawn under the installation's key.

HMAC-SHA256 of label, person and the value without case and accents picks each one, so that the same name becomes the
same surrogate for that person in every document, and nobody without the key can go back or try names out.
"""

import hmac
import re
from functools import cache

from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.dates import read_date, shifted
from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.span import Label

OLDEST_YEAR = 1937
"""Years of birth before this one are those of people above 89: they become `avant 1937`."""

FICTION = "0639980000"
"""French numbers 06 39 98 xx xx are kept for fiction by ARCEP."""

_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")


class Surrogates:
    """Surrogates of one person's documents.

    Args:
        key: the installation's.
        person: the pseudonym, or an empty string where the person is not known.
        shift_days: added to dates; 0 keeps them.
    """

    def __init__(self, key: bytes, person: str, shift_days: int) -> None:
        self._key = key
        self._person = person
        self._days = shift_days

    def of(self, label: Label, text: str) -> str | None:
        """What to write instead, or None where the text stays."""
        if label == "DATE":
            return self._date(text)
        if label == "DATE_NAISSANCE":
            return self._birth(text)
        if label in ("NOM", "PRENOM"):
            return _WORD.sub(lambda match: self._name(label, match.group()), text)
        if label == "AGE":
            return "plus de 89"
        if label == "MAIL":
            return f"{self._letters(text, 6)}@exemple.fr"
        if label == "URL":
            return f"https://{self._letters(text, 6)}.exemple.fr"
        if label == "ADRESSE":
            return self._cased(text, f"{self._draw(label, text) % 98 + 1} rue {self._pick(label, 'street', text)}")
        if label == "VILLE":
            return self._cased(text, self._pick(label, "city", text))
        if label == "HOPITAL":
            return self._cased(text, self._pick(label, "hospital", text))
        if label == "SERVICE":
            return self._cased(text, self._pick(label, "unit", text))
        return self._digits(label, text)

    def _draw(self, label: str, text: str) -> int:
        content = f"{label}\0{self._person}\0{plain(text)}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hmac.digest(self._key, b"surrogate\0" + content, "sha256"))

    def _pick(self, label: str, kind: str, text: str) -> str:
        choices = _invented(kind)
        return choices[self._draw(label, text) % len(choices)]

    def _name(self, label: Label, word: str) -> str:
        drawn = self._draw(label, word)
        if len(word) == 1:
            return chr(ord("A" if word.isupper() else "a") + drawn % 26)
        low = plain(word)
        if label == "PRENOM":
            gender = lexicon.genders().get(low, "")
            choices = _names("first", gender if len(gender) == 1 else "")
        else:
            choices = _names("surname", "")
        chosen = choices[drawn % len(choices)]
        if plain(chosen) == low:
            chosen = choices[(drawn + 1) % len(choices)]
        return self._cased(word, chosen)

    def _digits(self, label: str, text: str) -> str:
        compact = "".join(_DIGIT.findall(text))
        drawn = self._draw(label, compact or text)
        digits = list(f"{drawn:080d}"[-max(len(compact), 1) :].zfill(len(compact))[: len(compact)])
        if label == "TEL" and len(compact) == 10:
            digits = list(FICTION[:6] + "".join(digits[:4]))
        if "".join(digits) == compact and digits:
            digits[-1] = str((int(digits[-1]) + 1) % 10)
        written = iter(digits)
        letters = iter(self._letters(text, 32).upper())
        out = (
            next(written, "0") if char.isdecimal() else next(letters, "X") if char.isalpha() else char
            for char in text[:64]
        )
        return "".join(out)

    def _letters(self, text: str, count: int) -> str:
        drawn = self._draw("letters", text)
        return "".join(chr(97 + (drawn >> (5 * place)) % 26) for place in range(count))

    def _date(self, text: str) -> str | None:
        if not self._days:
            return None
        return shifted(text, self._days) or "[date]"

    def _birth(self, text: str) -> str:
        read = read_date(text)
        if read is None or "y" not in read.parts:
            return "[date de naissance]"
        return f"{read.day.year}" if read.day.year >= OLDEST_YEAR else f"avant {OLDEST_YEAR}"

    @staticmethod
    def _cased(original: str, chosen: str) -> str:
        letters = [char for char in original if char.isalpha()]
        if len(letters) > 1 and all(char.isupper() for char in letters):
            return chosen.upper()
        return chosen.lower() if letters and all(char.islower() for char in letters) else chosen


@cache
def _invented(kind: str) -> tuple[str, ...]:
    return tuple(row["value"] for row in lexicon.table("surrogates.csv") if row["kind"] == kind)


@cache
def _names(kind: str, gender: str) -> tuple[str, ...]:
    """Names of one word each, so that a name of three words becomes one of three words."""
    return tuple(name for name in lexicon.values(kind, gender) if name.isalpha())
