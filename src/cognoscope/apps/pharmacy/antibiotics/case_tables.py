"""The tables of a case: which columns each holds, in which type."""

from collections.abc import Mapping, Sequence

from cognoscope.core.case import Cell, Column

N, T, WHOLE = "number", "text", "integer"

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "regimen": dict.fromkeys(
        (
            *("id", "infection", "phase", "severity", "acquired", "germ", "needs", "line", "agents", "dose", "unit"),
            *("per_day", "route", "days_min", "days_max", "note_fr", "note_en", "source", "date"),
        ),
        T,
    ),
    "agent": {
        **dict.fromkeys(("code", "tested", "fr", "en", "atc", "group", "aware", "spectrum"), T),
        **dict.fromkeys(("pregnancy", "breastfeeding", "hepatic", "source", "date"), T),
    },
    "renal": {"agent": T, "at_least": N, "below": N, "action": T, "fr": T, "en": T},
    "cross_reactivity": dict.fromkeys(("allergen", "reaction", "to", "action", "fr", "en"), T),
    "allergy": {"allergen": T, "reaction": T},
    "likely": {"germ": T, "fr": T, "en": T, "weight": N, "needs": T, "basis": T},
    "lineage": {"germ": T, "ancestor": T},
    "result": dict.fromkeys(("germ", "agent", "category", "method", "value", "judged_by", "basis"), T),
    "intrinsic": {"germ": T, "agent": T},
    "expected": {"germ": T, "agent": T},
    "ecology": {"germ": T, "agents": T, "scope": T, "tested": WHOLE, "susceptible": WHOLE, "low": N, "high": N},
    "interaction": {"agent": T, "drug": T, "level": T, "text": T},
    "question": {
        **{"fact": T, "value": T, "weight": N, "assumed": T, "applies": T},
        **dict.fromkeys(("fr", "en", "value_fr", "value_en"), T),
    },
}


def columns_of(table: str, rows: Sequence[Mapping[str, Cell]]) -> tuple[Column, ...]:
    """The columns of a table, filled from rows; what the table does not hold is left out."""
    return tuple(
        Column(name=name, type=kind, values=tuple(row.get(name) for row in rows))
        for name, kind in COLUMNS[table].items()
    )
