"""What the warehouse says of a person after an image: codes of diagnoses and acts, measured values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cognoscope.core.image_value import ImageValue
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal


@dataclass(frozen=True)
class Known:
    """Something that became known: the day, the code as it was sent (`system|code`), a value with its unit."""

    day: str
    code: str
    amount: float | None = None
    unit: str = ""


def known_later(
    warehouse: Any, tables: Iterable[str], proposals: Sequence[Proposal], at: datetime
) -> dict[str, list[Known]]:
    """Subject -> what was entered after the day of the earliest proposal, up to `at`, in these OMOP tables.

    tables: of `condition_occurrence`, `procedure_occurrence`, `measurement`.
    """
    if not proposals:
        return {}
    since = min(proposal.as_of for proposal in proposals)
    found: dict[str, list[Known]] = {}
    backend = warehouse.connect()
    try:
        persons = backend.table("person").select("person_id", "person_source_value").to_pandas()
        subjects = {int(key): _subject(name, int(key)) for key, name in persons.itertuples(index=False)}
        asked = {proposal.subject for proposal in proposals}
        wanted = [key for key, subject in subjects.items() if subject in asked]
        for name in tables if wanted else ():
            for key, known in _rows(backend, name, wanted, since, at):
                found.setdefault(subjects[key], []).append(known)
    finally:
        backend.disconnect()
    return found


def _rows(backend: Any, name: str, persons: list[int], since: datetime, at: datetime) -> Iterable[tuple[int, Known]]:
    stem = name.removesuffix("_occurrence")
    table = backend.table(name)
    day = table[f"{stem}_start_date" if stem == "condition" else f"{stem}_date"]
    code = table[f"{stem}_source_value"].fill_null("")
    columns = {"person": table.person_id, "day": day.cast("string"), "code": code}
    if stem == "measurement":
        columns |= {"amount": table.value_as_number, "unit": table.unit_source_value.fill_null("")}
    kept = table.filter(table.person_id.isin(persons) & (day > since.date()) & (day <= at.date())).select(**columns)
    for row in kept.to_pandas().to_dict("records"):
        amount = row.get("amount")
        number = float(amount) if amount is not None and amount == amount else None
        yield int(row["person"]), Known(str(row["day"])[:10], str(row["code"]), number, str(row.get("unit") or ""))


def code_of(text: str) -> str:
    """The code alone, without its system and without the dot of CIM-10: `http://.../icd-10-fr|C43.5` -> `C435`."""
    return text.rpartition("|")[2].replace(".", "").strip().upper()


def coded_outcomes(
    warehouse: Any,
    proposals: Sequence[Proposal],
    at: datetime,
    prefixes: tuple[str, ...],
    measurement: str,
    tables: tuple[str, ...] = ("condition_occurrence",),
) -> list[Outcome]:
    """Whether a code with one of these beginnings was entered after the proposal: 1 or 0, for each `measurement` of it.

    A person about whom nothing at all was entered afterwards has no outcome: not coded is not the same as not ill.
    """
    known = known_later(warehouse, tables, proposals, at)
    found: dict[tuple[str, str], Outcome] = {}
    for proposal in proposals:
        later = [each for each in known.get(proposal.subject, []) if each.day > f"{proposal.as_of:%Y-%m-%d}"]
        if not later or not isinstance(proposal.value, ImageValue):
            continue
        held = any(code_of(each.code).startswith(prefixes) for each in later)
        for element in proposal.value.measurements:
            if element.key == measurement or element.key.startswith(f"{measurement}-"):
                found[proposal.subject, element.key] = Outcome(
                    application=proposal.application,
                    subject=proposal.subject,
                    measure=element.key,
                    element=element.key,
                    value=float(held),
                    known_at=at,
                    source="+".join(tables),
                )
    return list(found.values())


def _subject(pseudonym: Any, person: int) -> str:
    known = isinstance(pseudonym, str) and len(pseudonym) == 32 and pseudonym.isalnum()
    return f"person:{pseudonym}" if known else f"person:{person:016x}"
