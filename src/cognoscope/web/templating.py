"""One Jinja2 environment a language, escaped, with the language's own filters for numbers and dates."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cognoscope.web import words
from cognoscope.web.assets import ASSETS
from cognoscope.web.i18n import LANGUAGE_NAMES, LANGUAGES, translations
from cognoscope.web.navigation import ROLE_NAMES, first_place, menu_for, places_for
from cognoscope.web.permissions import Permission, allowed

TEMPLATES_FOLDER = Path(__file__).parent / "templates"
VENDOR = {
    "bootstrap": "vendor/bootstrap-5.3.9/bootstrap.min.css",
    "htmx": "vendor/htmx-4.0.1/htmx.min.js",
    "chartjs": "vendor/chartjs-4.6.1/chart.umd.min.js",
    "niivue": "vendor/niivue-0.69.0/niivue.umd.js",
    "icons": "vendor/tabler-icons-3.51.0/icons.svg",
}
"""Where each vendored file lies, named once."""


@cache
def environment(language: str, zone: ZoneInfo) -> Environment:
    """The environment in which a page of that language is rendered.

    Filters: `number(digits)`, `signed(digits)`, `percent`, `moment`, `day`, `age(now)`, `cell(kind)`, `element_label`
    (all of `words`, with language and zone filled in), `say` for a Sentence, `_`/`trans` for the screens' own words.
    """
    env = Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    catalogue = translations(language)
    env.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        number=_in(language, words.number),
        signed=_in(language, words.signed),
        percent=_in(language, words.percent),
        day=_in(language, words.day),
        cell=_in(language, words.cell),
        element_label=_in(language, words.element_label),
        say=_in(language, words.say),
        moment=lambda instant: words.moment(instant, zone, language),
        age=lambda then, now: words.age(then, now, language),
    )
    env.globals.update(
        asset=ASSETS.url,
        vendor=lambda name: ASSETS.url(VENDOR[name]),
        language=language,
        languages={code: LANGUAGE_NAMES[code] for code in LANGUAGES},
        allowed=allowed,
        Permission=Permission,
        first_place=first_place,
        menu_for=menu_for,
        places_for=places_for,
        role_names=ROLE_NAMES,
    )
    return env


def _in(language: str, function: Callable[..., str]) -> Callable[..., str]:
    def filter_(value: Any, *args: Any, **options: Any) -> str:
        return function(value, language, *args, **options)

    return filter_
