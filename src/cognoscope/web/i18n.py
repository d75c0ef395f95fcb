"""French source strings, English catalogue: which language a request speaks, and how a string is said in it.

The catalogues under `locale/<language>/*.po` are read and compiled in memory at start, so that what a translator
edits is what runs and no compiled file can be stale.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Request

SOURCE_LANGUAGE = "fr"
LANGUAGES = ("fr", "en")
LANGUAGE_NAMES = {"fr": "Français", "en": "English"}
LANGUAGE_COOKIE = "cognoscope_language"
LOCALE_FOLDER = Path(__file__).parent / "locale"


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "extract this, translate it later"
    """Mark a French string for the catalogue where it is written; it is translated where it is shown."""
    return message


def read_catalogue(language: str) -> Catalog:
    """All `.po` files of a language, merged."""
    merged = Catalog(locale=language)
    for path in sorted((LOCALE_FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    merged.add(message.id, message.string, context=message.context)
    return merged


@cache
def translations(language: str) -> NullTranslations:
    """The compiled catalogue; French needs none."""
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(message: str, language: str, **values: object) -> str:
    """A French source string in the language, with its `%(name)s` filled in."""
    text = translations(language).gettext(message)
    return text % values if values else text


def language_of(request: Request, default: str) -> str:
    """`?lang=`, else the cookie, else what the browser asks for, else the hospital's language."""
    for chosen in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return _accepted(request.headers.get("accept-language", "")) or default


def _accepted(header: str) -> str | None:
    """The best of our languages for an Accept-Language header (RFC 9110), or None."""
    wanted: list[tuple[float, str]] = []
    for part in header[:400].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if tag and weight > 0:
            wanted.append((-weight, tag.split("-")[0].lower()))
    return negotiate_locale([tag for _, tag in sorted(wanted, key=lambda pair: pair[0])], LANGUAGES)
