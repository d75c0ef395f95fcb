"""What the reading names by a word of its own (`diabetes`, `creatinine`) in the words of the screens."""

import csv
from datetime import date
from functools import cache
from importlib.resources import files

from cognoscope.web import words
from cognoscope.web.documents import Read
from cognoscope.web.i18n import N_, translate
from cognoscope.web.render_text import qualifier_words

GROUPS = {
    "condition": N_("Comorbidités"),
    "disorder": N_("Autres troubles"),
    "drug": N_("Médicaments"),
    "measurement": N_("Mesures"),
    "stage": N_("Stades"),
    "date": N_("Dates"),
}
"""Groups of mentions that are highlighted, in the order of their looks; sections are the table of contents."""

NAMES = {"condition": ("conditions.csv", "condition"), "measurement": ("measures.csv", "label")}
"""Where labels of a group have their names in both languages: a table of the comorbidities, and its key."""


def group_words(group: str, language: str) -> str:
    """`Médicaments`."""
    return translate(GROUPS[group], language) if group in GROUPS else group


def label_words(group: str, label: str, language: str) -> str:
    """`diabète` for the condition `diabetes`; a label without a name in the tables, as it is."""
    named = _names(group).get(label)
    return named[language == "en"] if named else label.replace("_", " ")


def mention_words(read: Read, language: str) -> str:
    """What was read there, on one line: label, code, value, grade and qualifiers."""
    label = label_words(read.group, read.label, language)
    value = "" if read.value is None else f"{words.cell(read.value, language)} {read.unit}".strip()
    parts = [label, f"{read.vocabulary} {read.code}".strip(), value, read.status.replace("_", " "), read.severity]
    parts.append(_day(read.date, language))
    parts += qualifier_words(read.qualifiers, language)
    return " · ".join(part for part in parts if part)


def _day(text: str, language: str) -> str:
    """A whole date as it is written here; a part of one, as it was read."""
    try:
        return words.cell(date.fromisoformat(text[:10]).isoformat(), language, "date")
    except ValueError:
        return text


def condition_names(language: str) -> list[tuple[str, str]]:
    """The conditions that the reading knows, by their names in the language."""
    found = [(label, names[language == "en"]) for label, names in _names("condition").items()]
    return sorted(found, key=lambda pair: pair[1])


def measure_names(language: str) -> list[tuple[str, str, str]]:
    """The measurements that the reading knows: label, name in the language, unit of its values."""
    return sorted(
        ((label, label_words("measurement", label, language), unit) for label, unit in _units()),
        key=lambda one: one[1].casefold(),
    )


@cache
def _units() -> list[tuple[str, str]]:
    table = files("cognoscope.intake.reading").joinpath("measurements_analytes.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return [(row["label"], row["unit"]) for row in rows]


@cache
def _names(group: str) -> dict[str, tuple[str, str]]:
    if group not in NAMES:
        return {}
    name, key = NAMES[group]
    table = files("cognoscope.apps.records").joinpath("comorbidities", name)
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    # The first row of a label is its common form; a severe one follows under the same label.
    return {row[key]: (row["fr"], row["en"]) for row in reversed(rows)}
