"""Which documents of the warehouse are declarations, and which are what the pharmacovigilance centre answered.

By their title: it names pharmacovigilance or an adverse reaction. One that also says `avis`, `réponse`, `conclusion` or
`opinion` is an answer. Titles are the hospital's own: a service that names them otherwise renames them when it sends.
"""

import re
from datetime import date
from typing import Any

_ABOUT = re.compile(
    r"pharmacovigilance|effets?\s+ind[ée]sirables?|[ée]v[ée]nement\s+ind[ée]sirable\s+m[ée]dicamenteux|"
    r"adverse\s+(?:drug\s+)?(?:reaction|event)|\bEIM\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"\bavis\b|r[ée]ponse|conclusion|\bopinion\b|\breply\b|assessment", re.IGNORECASE)


def is_declaration(title: str | None) -> bool:
    """Whether a document of that title is a declaration."""
    return bool(title and _ABOUT.search(title) and not _ANSWER.search(title))


def is_answer(title: str | None) -> bool:
    """Whether a document of that title is the centre's answer."""
    return bool(title and _ABOUT.search(title) and _ANSWER.search(title))


def notes(backend: Any, after: date, until: date) -> list[dict[str, Any]]:
    """The notes with a text dated after a day and by another one, in the order of their keys."""
    table = backend.table("note")
    wanted = table.filter(table.note_date > after, table.note_date <= until, table.note_text != "")
    columns = ("note_id", "person_id", "note_date", "note_title", "note_text")
    found: list[dict[str, Any]] = wanted.select(*columns).order_by("note_id").to_pyarrow().to_pylist()
    return found
