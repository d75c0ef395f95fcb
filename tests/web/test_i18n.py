"""French in the source, English complete, and nothing in the catalogue that nobody says any more."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.extract import extract
from starlette.testclient import TestClient

from cognoscope.web import i18n
from cognoscope.web.i18n import LANGUAGES, LOCALE_FOLDER, read_catalogue, translate

WEB = Path(i18n.__file__).parent
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}
PLACE = re.compile(r"%\((\w+)\)s")


def said() -> dict[str, str]:
    """Every French string of templates and code, and where it is written."""
    found: dict[str, str] = {}
    for path in sorted([*WEB.rglob("*.py"), *(WEB / "templates").rglob("*.html")]):
        method, options = ("python", {}) if path.suffix == ".py" else ("jinja2.ext:babel_extract", OPTIONS)
        with path.open("rb") as file:
            for line, message, _, _ in extract(method, file, keywords=KEYWORDS, options=options):
                for form in (message,) if isinstance(message, str) else message:
                    if form:
                        found.setdefault(form, f"{path.relative_to(WEB)}:{line}")
    return found


@pytest.fixture(scope="module")
def french() -> dict[str, str]:
    return said()


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    """Each French string (singular and plural) with its English."""
    pairs: dict[str, str] = {}
    for message in read_catalogue("en"):
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else message.id
            strings = (message.string,) if isinstance(message.string, str) else message.string
            pairs.update(zip(ids, strings, strict=True))
    return pairs


def test_every_string_has_its_english(french: dict[str, str], english: dict[str, str]) -> None:
    assert len(french) > 100
    missing = {where: text for text, where in french.items() if not english.get(text)}
    assert not missing


def test_no_translation_is_stale(french: dict[str, str], english: dict[str, str]) -> None:
    assert sorted(english.keys() - french.keys()) == []


def test_a_translation_keeps_the_places_for_values(french: dict[str, str], english: dict[str, str]) -> None:
    for text, translated in english.items():
        assert set(PLACE.findall(text)) == set(PLACE.findall(translated)), text


def test_values_are_written_in_braces_inside_trans(french: dict[str, str]) -> None:
    """`{% trans %}` doubles a percent sign: `%(name)s` inside it would be shown as it is written."""
    wrong = {where: text for text, where in french.items() if "%%(" in text}
    assert not wrong


def test_no_compiled_catalogue_is_kept() -> None:
    assert not list(LOCALE_FOLDER.rglob("*.mo"))


def test_a_string_is_said_in_both_languages() -> None:
    assert translate("Rôle actuel : %(role)s.", "fr", role="x") == "Rôle actuel : x."
    assert translate("Rôle actuel : %(role)s.", "en", role="x") == "Current role: x."


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en", "en"),
        ("en-GB,en;q=0.9,fr;q=0.5", "en"),
        ("fr-FR,fr;q=0.9,en;q=0.5", "fr"),
        ("en;q=0.3, fr;q=0.8", "fr"),
        ("de", "fr"),
        ("", "fr"),
        ("*;q=x,,;", "fr"),
        ("en;q=0", "fr"),
        ("x" * 5000, "fr"),
    ],
)
def test_the_browsers_language_is_followed(browser: Callable[[], TestClient], header: str, language: str) -> None:
    text = browser().get("/sign-in", headers={"Accept-Language": header}).text
    assert f'<html lang="{language}"' in text


def test_a_chosen_language_and_theme_are_kept(browser: Callable[[], TestClient]) -> None:
    client = browser()
    assert '<html lang="en"' in client.get("/sign-in?lang=en&theme=dark").text
    again = client.get("/sign-in", headers={"Accept-Language": "fr"}).text
    assert '<html lang="en" data-theme="dark"' in again
    assert "<h1>Sign in</h1>" in again
    assert '<html lang="en" data-theme="dark"' in client.get("/sign-in?lang=de&theme=pink").text


def test_each_language_is_named_in_itself() -> None:
    assert set(i18n.LANGUAGE_NAMES) == set(LANGUAGES)
