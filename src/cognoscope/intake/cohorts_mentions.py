"""The criterion on mentions: what the reading found in reports, on any engine that holds NOTE_NLP."""

from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from cognoscope.intake.cohorts_window import within
from cognoscope.intake.reading.rows import holds, mentions

if TYPE_CHECKING:
    from cognoscope.intake.cohorts import Mentioned

DENIED = ("negated", "hypothesis", "family", "reported")


def mentioned(criterion: "Mentioned", backend: Any) -> ir.Table:
    """Reports that say it: `person_id` and `day`, one row a report."""
    table = mentions(backend)
    conditions = [table.person_id.notnull(), *within(criterion.window, table.note_date)]
    # Looked for in the packed modifiers: comparing a text is several times faster than taking it apart.
    for name, values in (("group", criterion.groups), ("label", criterion.labels)):
        if values:
            conditions.append(ibis.or_(*(holds(table, name, value) for value in values)))
    if criterion.codes:
        fits = (holds(table, "code", code.rstrip("*"), whole=not code.endswith("*")) for code in criterion.codes)
        conditions.append(ibis.or_(*fits))
    conditions += [~table[name] for name in DENIED if not getattr(criterion, f"include_{name}")]
    if criterion.history != "any":
        conditions.append(table.history if criterion.history == "only" else ~table.history)
    if criterion.unit is not None:
        conditions.append(holds(table, "unit", criterion.unit))
    if criterion.low is not None:
        conditions.append(table.value >= criterion.low)
    if criterion.high is not None:
        conditions.append(table.value <= criterion.high)
    return table.filter(conditions).select("person_id", "note_id", day="note_date").distinct()
