"""Mentions as rows of OMOP's NOTE_NLP, and back as a table that cohorts and pages can query.

NOTE_NLP has no column for a qualifier: the CDM puts them into `term_modifiers`, "a compact description of all the
modifiers". Here it is `name=value` pairs between semicolons, in a fixed order, which a regular expression takes apart
in every engine.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention

TEXT_FIELDS = ("group", "label", "code", "vocabulary", "status", "severity", "unit", "date")
QUALIFIERS = ("negated", "hypothesis", "family", "history", "reported")


def content_digest(text: str) -> str:
    """Names a text: re-reading the same text with the same component would find the same."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def nlp_system(component: Component, digest: str) -> str:
    """Which component, in which version, read which text: rows of another one are no longer current."""
    return f"{component.name}:{component.version[:12]}:{digest}"


def modifiers(mention: Mention) -> str:
    """What `term_modifiers` holds."""
    pairs = [(name, getattr(mention, name)) for name in TEXT_FIELDS]
    pairs += [(name, "yes" if getattr(mention, name) else "") for name in QUALIFIERS]
    pairs.append(("value", "" if mention.value is None else repr(mention.value)))
    clean = [(name, _packed(value)) for name, value in pairs if value]
    return ";".join(("", *(f"{name}={value}" for name, value in clean), ""))


def _packed(value: str) -> str:
    return value.replace(";", ",").replace("=", ":")


def mention_rows(
    component: Component, note_ids: Sequence[int], texts: Sequence[str], found: Sequence[list[Mention]], on: date
) -> pa.Table:
    """NOTE_NLP rows of some notes."""
    rows: dict[str, list[Any]] = {name: [] for name in NOTE_NLP_COLUMNS}
    for note_id, text, mentions in zip(note_ids, texts, found, strict=True):
        system = nlp_system(component, content_digest(text))
        for mention in mentions:
            terms = modifiers(mention)
            words = text[mention.start : mention.stop]
            values = (
                _row_key(note_id, system, mention, terms),
                note_id,
                text[max(0, mention.start - 60) : mention.stop + 60].replace("\n", " "),
                f"{mention.start}-{mention.stop}",
                words,
                system,
                on,
                "Y" if mention.asserted else "N",
                "Past" if mention.history else "Present",
                terms,
            )
            for name, value in zip(NOTE_NLP_COLUMNS, values, strict=True):
                rows[name].append(value)
    return pa.table(rows, schema=pa.schema([(name, NOTE_NLP_TYPES.get(name, pa.string())) for name in rows]))


NOTE_NLP_COLUMNS = (
    "note_nlp_id",
    "note_id",
    "snippet",
    "offset",
    "lexical_variant",
    "nlp_system",
    "nlp_date",
    "term_exists",
    "term_temporal",
    "term_modifiers",
)
NOTE_NLP_TYPES = {"note_nlp_id": pa.int64(), "note_id": pa.int64(), "nlp_date": pa.date32()}


def _row_key(note_id: int, system: str, mention: Mention, terms: str) -> int:
    content = f"{note_id}\0{system}\0{mention.start}\0{mention.stop}\0{terms}"
    return int.from_bytes(hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()[:8]) >> 1


def mentions(backend: Any, note_ids: Iterable[int] | None = None) -> ir.Table:
    """Current mentions of the documents one may see, one row each.

    Columns: `note_nlp_id`, `note_id`, `person_id`, `visit_occurrence_id`, `note_date`, `start`, `stop`,
    `lexical_variant`, `component`, the texts `group`, `label`, `code`, `vocabulary`, `status`, `severity`, `unit`,
    `date` (empty where unknown), the booleans `negated`, `hypothesis`, `family`, `history`, `reported`, `asserted`,
    `value` (number or null), and `terms`, the modifiers as they are packed (see `holds`).

    Args:
        backend: an Ibis backend that holds `note`, `note_nlp` and `note_reading`.
        note_ids: only of these reports; much faster than to filter what comes out, because no engine takes a list
            of keys through the joins to all three tables.
    """
    notes, rows, readings = (backend.table(name) for name in ("note", "note_nlp", "note_reading"))
    if note_ids is not None:
        only = ibis.memtable(pa.table({"note_id": pa.array(list(note_ids), pa.int64())}))
        notes, rows, readings = (table.filter(table.note_id.isin(only.note_id)) for table in (notes, rows, readings))
    current = readings.select(
        reading_note=readings.note_id, reading_system=readings.nlp_system, component=readings.component
    )
    about = notes.select("note_id", "person_id", "visit_occurrence_id", "note_date")
    joined = rows.join(
        current, [rows.note_id == current.reading_note, rows.nlp_system == current.reading_system]
    ).inner_join(about, "note_id")
    terms = joined.term_modifiers
    # Where there is no match, PostgreSQL has null and the others have an empty text.
    texts = {name: terms.re_extract(f";{name}=([^;]*)", 1).fill_null("") for name in TEXT_FIELDS}
    flags = {name: terms.contains(f";{name}=yes;") for name in QUALIFIERS}
    value = terms.re_extract(";value=([^;]*)", 1).fill_null("").nullif("")
    return joined.select(
        "note_nlp_id",
        "note_id",
        "person_id",
        "visit_occurrence_id",
        "note_date",
        start=joined["offset"].split("-")[0].cast("int64"),
        stop=joined["offset"].split("-")[1].cast("int64"),
        lexical_variant=joined.lexical_variant,
        component=joined.component,
        **texts,
        **flags,
        asserted=joined.term_exists == "Y",
        value=value.cast("float64"),
        terms=terms,
    )


def holds(table: ir.Table, name: str, value: str, *, whole: bool = True) -> ir.BooleanValue:
    """Whether a mention's text `name` (of `TEXT_FIELDS`) is this value, or begins with it.

    Args:
        table: what `mentions` gave.
    """
    return table.terms.contains(f";{name}={_packed(value)}" + (";" if whole else ""))
