"""Numbers, dates and durations as a person writes them, in the language of the screen."""

from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import get_decimal_symbol, get_group_symbol

from cognoscope.core.noun import Sentence
from cognoscope.web.i18n import N_, translate

NARROW_SPACE = "\u202f"
_PSEUDONYM_SHOWN = 12
_SUBJECTS = {"person": N_("patient %(code)s"), "stay": N_("séjour %(code)s"), "cohort": N_("cohorte %(code)s")}
_DAY_FORMAT = {"fr": "EEEE d MMMM", "en": "EEEE d MMMM"}
_SHORT_DAY_FORMAT = {"fr": "EEE d MMM", "en": "EEE d MMM"}
_MOMENT_FORMAT = {"fr": "dd/MM/yyyy HH:mm", "en": "dd/MM/yyyy HH:mm"}


def _locale(language: str) -> str:
    return "en_GB" if language == "en" else "fr_FR"


@cache
def _signs(language: str) -> dict[int, str]:
    """From the signs that Python writes to those of the language."""
    locale = _locale(language)
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale), "-": "−"})


def number(value: float, language: str, digits: int = 0) -> str:
    """A number with the language's decimal and grouping signs; a negative one with a true minus sign.

    A page holds hundreds of them: Babel tells the signs once, Python does the rest.
    """
    return f"{round(value, digits) + 0.0:,.{digits}f}".translate(_signs(language))


def signed(value: float, language: str, digits: int = 0) -> str:
    """A number that always carries its sign, as a share of a sum does; zero carries none."""
    text = number(value, language, digits)
    return f"+{text}" if round(value, digits) > 0 else text


def percent(share: float, language: str) -> str:
    """A share between 0 and 1 as a percentage: `80 %` in French, `80%` in English."""
    return number(100 * share, language) + ("%" if language == "en" else f"{NARROW_SPACE}%")


def moment(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """Date and time to the minute in the hospital's zone: `21/11/2026 14:05`."""
    return format_datetime(instant.astimezone(zone), _MOMENT_FORMAT[language], locale=_locale(language))


def day(value: date, language: str, *, short: bool = False) -> str:
    """`jeudi 26 novembre`, or `jeu. 26 nov.` when short."""
    formats = _SHORT_DAY_FORMAT if short else _DAY_FORMAT
    return format_date(value, formats[language], locale=_locale(language))


def age(then: datetime, now: datetime, language: str) -> str:
    """How long ago, in the largest unit that fits: `il y a 3 heures`."""
    return format_timedelta(then - now, add_direction=True, locale=_locale(language), threshold=0.95)


@lru_cache(maxsize=4096)
def element_label(key: str, language: str, *, short: bool = False) -> str:
    """A series point's key in words: `jeudi 26 novembre`, `jeudi 26 novembre, 14 h`; other keys unchanged."""
    text, _, hour = key.partition("T")
    try:
        words = day(date.fromisoformat(text), language, short=short)
    except ValueError:
        return key
    if not hour:
        return words
    clock = hour[:2]
    return f"{words}, {clock}:00" if language == "en" else f"{words}, {int(clock)}{NARROW_SPACE}h"


def cell(value: object, language: str, kind: str = "text") -> str:
    """A cell of a case's table for people; missing values as a dash, dates in the order a person reads them."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return {("fr", True): "oui", ("fr", False): "non", ("en", True): "yes", ("en", False): "no"}[language, value]
    if isinstance(value, int):
        return number(value, language)
    if isinstance(value, float):
        return number(value, language, 0 if value.is_integer() else 2)
    if kind == "date":
        return date.fromisoformat(str(value)[:10]).strftime("%d/%m/%Y")
    if kind == "datetime":
        return datetime.fromisoformat(str(value)).strftime("%d/%m/%Y %H:%M")
    return str(value)


def short_subject(subject: str, name: str, language: str) -> str:
    """Whom or what it is about, short enough for a line: a unit by its name, a person by how their pseudonym begins."""
    kind, _, code = subject.partition(":")
    if kind == "unit" or name != code or kind not in _SUBJECTS:
        return name
    return translate(_SUBJECTS[kind], language, code=code[:_PSEUDONYM_SHOWN])


def say(sentence: Sentence, language: str) -> str:
    """The sentence in the language of the screen."""
    return sentence.in_language(language)
