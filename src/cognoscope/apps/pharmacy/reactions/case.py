"""Builds the case of one declaration: its words, the medicines named in them, and the rows of knowledge they call for.

Tables: `note` (one row), `medicine` (what a name in the text may stand for; several rows for one place where it is
ambiguous), `mention` (reactions in the text), `term` (what the terminology says of their codes), `frequency` (what
labels say of these medicines and reactions). Facts: see `contract`. Nothing is guessed where knowledge is not loaded:
the fact
that names its edition is null, and the proposal says what to load.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cognoscope.apps.pharmacy.reactions.contract import KIND
from cognoscope.apps.pharmacy.reactions.declaration import LONGEST, Declaration
from cognoscope.apps.pharmacy.reactions.language import READ, language_of
from cognoscope.apps.pharmacy.reactions.learned import from_learned
from cognoscope.apps.pharmacy.reactions.lexicon import known
from cognoscope.apps.pharmacy.reactions.medicines_named import Named, find_medicines
from cognoscope.apps.pharmacy.reactions.spotting import Spotted, from_lexicon, from_measures, from_terminology, together
from cognoscope.apps.pharmacy.reactions.tokens import Token, tokens_of
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.errors import NotInstalled
from cognoscope.intake.knowledge.labels import Labels, open_labels
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded
from cognoscope.intake.medicines import Medicines, open_medicines
from cognoscope.intake.terminology import Terminology, open_terminology

Row = dict[str, Any]
GRADES = tuple(f"grade_{number}" for number in range(1, 6))
TABLES: dict[str, dict[str, str]] = {
    "note": {"note_date": "date", "note_title": "text", "note_text": "text"},
    "medicine": {
        "start": "integer",
        "stop": "integer",
        **dict.fromkeys(("words", "status", "key", "label", "substances", "atc", "cis", "form", "routes"), "text"),
    },
    "mention": {"start": "integer", "stop": "integer", "code": "text", "source": "text", "certainty": "number"},
    "term": dict.fromkeys(("code", "name", "level", "pt", "pt_name", "soc", *GRADES), "text"),
    "frequency": {
        **dict.fromkeys(("substance", "code", "term", "words"), "text"),
        "low": "number",
        "high": "number",
        "source": "text",
    },
}


def build_case(
    declaration: Declaration, knowledge: Knowledge, as_of: datetime, source: str = "", *, learned: bool = False
) -> Case:
    """The case of one declaration as of an instant.

    learned: also with the trained readers of English (extra `text`; see `learned`); not while somebody types.
    """
    medicines, terminology, labels = _opened(knowledge)
    text = declaration.text[:LONGEST]
    words = tokens_of(text)
    language = language_of(text, words)
    read = language in READ
    named = find_medicines(text, medicines) if read else []
    spotted = _spotted(text, words, terminology) if read else []
    more, reader = _learned(text, words, spotted, terminology) if learned and language == "en" else ([], None)
    spotted = together([spotted, more])
    codes = sorted({each.code for each in spotted if each.code})
    facts = {
        "received_on": (declaration.received_on or as_of.date()).isoformat(),
        "language": language,
        "reporter": declaration.reporter,
        "age_years": declaration.age_years,
        "sex": declaration.sex,
        "drug_started_on": _iso(declaration.drug_started_on),
        "reaction_started_on": _iso(declaration.reaction_started_on),
        "over": declaration.over,
        "terminology_system": terminology.system if terminology else None,
        "terminology_edition": terminology.edition if terminology else None,
        "terminology_digest": terminology.digest if terminology else None,
        "medicines_edition": medicines.edition if medicines else None,
        "medicines_digest": medicines.digest if medicines else None,
        "labels_edition": labels.edition if labels else None,
        "labels_licence": labels.licence if labels else None,
        "learned_reader": reader,
    }
    note = {
        "note_date": facts["received_on"],
        "note_title": declaration.title or None,
        "note_text": declaration.text,
    }
    tables = (
        _table("note", [note] if declaration.text else []),
        _table("medicine", [row for one in named for row in _medicine(one)]),
        _table("mention", [_mention(each, words) for each in spotted]),
        _table("term", _terms(codes, terminology)),
        _table("frequency", _frequencies(named, codes, labels, terminology)),
    )
    return Case(
        kind=KIND,
        subject=f"report:{declaration.key}",
        as_of=as_of,
        facts=tuple(Fact(name=name, value=value) for name, value in facts.items()),
        tables=tuple(table for table in tables if table.rows),
        source=source,
    )


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """The declarations of a file (see `case_file`), with the knowledge that is at hand.

    Raises:
        InvalidInput: the file cannot be used; the message says where and what to do.
    """
    from cognoscope.apps.pharmacy.reactions.case_file import read_declarations
    from cognoscope.intake.knowledge.store import default_knowledge

    knowledge = default_knowledge()
    return [build_case(each, knowledge, as_of, "file", learned=True) for each in read_declarations(path)]


def _opened(knowledge: Knowledge) -> tuple[Medicines | None, Terminology | None, Labels | None]:
    medicines: Medicines | None = None
    terminology: Terminology | None = None
    with contextlib.suppress(NotLoaded):
        medicines = open_medicines(knowledge)
    with contextlib.suppress(NotLoaded):
        terminology = open_terminology(knowledge)
    return medicines, terminology, open_labels(knowledge)


def _spotted(text: str, words: list[Token], terminology: Terminology | None) -> list[Spotted]:
    exact = from_terminology(words, terminology) if terminology else []
    return together([from_lexicon(words), exact, from_measures(text, words)])


def _learned(
    text: str, words: list[Token], spotted: Sequence[Spotted], terminology: Terminology | None
) -> tuple[list[Spotted], str]:
    try:
        return from_learned(text, words, spotted, terminology), "yes"
    except NotInstalled:
        return [], "missing"


def _medicine(one: Named) -> Iterable[Row]:
    place = {"start": one.start, "stop": one.stop, "words": one.words, "status": one.status}
    for each in one.medicines:
        yield place | {
            "key": each.key,
            "label": each.label,
            "substances": "; ".join(each.substances),
            "atc": "; ".join(each.atc),
            "cis": each.cis[0] if len(each.cis) == 1 else "",
            "form": each.form,
            "routes": "; ".join(each.routes),
        }
    if not one.medicines:
        yield place


def _mention(each: Spotted, words: Sequence[Token]) -> Row:
    return {
        "start": words[each.first].start,
        "stop": words[each.stop - 1].stop,
        "code": each.code,
        "source": each.source,
        "certainty": each.certainty,
    }


def _terms(codes: Sequence[str], terminology: Terminology | None) -> list[Row]:
    found = []
    for code in codes:
        term = terminology.term(code) if terminology else None
        if terminology is None or term is None:
            continue
        preferred = terminology.term(term.pt)
        grades: Sequence[str | None] = terminology.grades(code) or (None,) * 5
        row: Row = {"code": code, "name": term.name, "level": term.level, "pt": term.pt}
        row |= {"pt_name": preferred.name if preferred else "", "soc": term.socs[0] if term.socs else ""}
        found.append(row | dict(zip(GRADES, grades, strict=True)))
    return found


def _frequencies(
    named: Sequence[Named], codes: Sequence[str], labels: Labels | None, terminology: Terminology | None
) -> list[Row]:
    if labels is None:
        return []
    substances = sorted({name for one in named for each in one.medicines for name in each.substances})
    names: Mapping[str, list[str]] = {code: _names(code, terminology) for code in codes}
    return [row for name in substances for code in codes for row in labels.rows(name, code, names[code])]


def _names(code: str, terminology: Terminology | None) -> list[str]:
    own = [known()[code].term, known()[code].french] if code in known() else []
    term = terminology.term(code) if terminology else None
    return [*own, *([term.name] if term else [])]


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _table(name: str, found: Sequence[Row]) -> Table:
    columns = [
        Column.model_validate({"name": column, "type": kind, "values": tuple(row.get(column) for row in found)})
        for column, kind in TABLES[name].items()
    ]
    return Table(name=name, columns=tuple(columns))
