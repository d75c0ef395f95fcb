"""Names and towns of many countries from Faker (MIT), without those that the evaluation fills in.

A tenth of them, by digest, is kept for the blocks on which settings are chosen.
"""

import csv
import random
import re
import zlib
from functools import cache
from importlib import import_module
from pathlib import Path

from cognoscope.intake.deidentification.lexicon import plain

LOCALES = (
    "fr_FR", "fr_FR", "fr_FR", "fr_BE", "fr_CH", "fr_CA", "fr_DZ", "de_DE", "es_ES", "it_IT", "pt_PT", "pl_PL", "nl_NL",
    "tr_TR", "en_GB", "en_US", "ro_RO", "cs_CZ", "hr_HR", "sv_SE", "en_KE", "yo_NG", "tw_GH", "en_IN", "en_IE", "id_ID",
)  # fmt: skip
TOWNS = ("fr_FR", "fr_BE", "it_IT", "pl_PL")
JUDGED = Path(__file__).parents[2] / "src/cognoscope/apps/records/pseudonyms/judged_values.csv"
_USUAL = re.compile(r"[A-Za-zÀ-ſ' \-]{2,22}")


def draw(kind: str, count: int, rng: random.Random, kept: bool = False) -> list[str]:
    """Values of `first`, `surname` or `city`: a country first, then one of its names, so that no country prevails."""
    countries = [names for locale in (TOWNS if kind == "city" else LOCALES) if (names := _of(kind, locale, kept))]
    return [rng.choice(rng.choice(countries)) for _ in range(count)]


@cache
def _of(kind: str, locale: str, kept: bool) -> list[str]:
    field = {"first": ("first_name",), "surname": ("last_name",), "city": ("cities", "city_names", "departments")}[kind]
    module = "address" if kind == "city" else "person"
    try:
        provider = import_module(f"faker.providers.{module}.{locale}").Provider
    except ModuleNotFoundError:
        return []
    found: set[str] = set()
    for name in dir(provider):
        values = getattr(provider, name)
        if any(part in name for part in field) and not callable(values) and hasattr(values, "__iter__"):
            found.update(str(value[-1] if isinstance(value, tuple) else value) for value in values)
    return sorted(
        name
        for name in found
        if _USUAL.fullmatch(name) and plain(name) not in _judged() and (zlib.crc32(name.encode()) % 10 == 0) == kept
    )


@cache
def _judged() -> frozenset[str]:
    rows = csv.DictReader(JUDGED.read_text(encoding="utf-8").splitlines())
    return frozenset(plain(part) for row in rows for part in (row["value"], *row["value"].replace("-", " ").split()))
