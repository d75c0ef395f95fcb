"""The evidence of a stay as tokens: what rules ask for, and what co-occurrence is counted on.

A rule's token is `kind:value`: `drug:A10` (ATC prefix), `act:JVJF` (CCAM prefix), `code:N18` (a coded diagnosis),
`mention:E11` (the reports say it), `bio:hba1c>6.5` (a result beyond a threshold in the analyte's unit; `x2` asks for
two), `sex:f`, `age>55`, `has:drug`. `holds` says whether a stay has it, and which rows of its case say so.
"""

import re
from dataclasses import dataclass

from cognoscope.apps.records.coding.candidates import Candidate
from cognoscope.apps.records.coding.knowledge import begins, family
from cognoscope.apps.records.coding.stay import Stay

BIO = re.compile(r"^([a-z0-9]+)([<>])([\d.]+?)(?:x(\d+))?$")
AGE = re.compile(r"^age([<>])(\d+)$")
BANDS = ((18, "0-17"), (45, "18-44"), (65, "45-64"), (80, "65-79"), (200, "80+"))


@dataclass(frozen=True)
class Held:
    """Rows of a table of the case, or spans in its reports, that hold a token."""

    table: str
    rows: tuple[int, ...] = ()
    candidate: Candidate | None = None


def holds(token: str, stay: Stay, said: list[Candidate]) -> Held | None:
    """What in the stay holds the token; None where nothing does.

    Args:
        token: as above.
        stay: the stay.
        said: what its reports speak for (`candidates.diagnoses`).

    Raises:
        ValueError: the token is not one of those above (a mistake in a rule).
    """
    if age := AGE.match(token):
        if stay.age is None:
            return None
        limit = int(age[2])
        return Held("age_years") if (stay.age > limit if age[1] == ">" else stay.age < limit) else None
    kind, _, value = token.partition(":")
    match kind:
        case "drug":
            return _rows("drug", [drug.row for drug in stay.drugs if drug.code.startswith(value)])
        case "act":
            return _rows("act", [act.row for act in stay.acts if act.code.startswith(value)])
        case "code":
            return _rows("diagnosis", [coded.row for coded in stay.coded if begins(coded.code, value)])
        case "mention":
            found = next((each for each in said if begins(each.code, value)), None)
            return Held("note", candidate=found) if found else None
        case "bio":
            return _results(value, stay)
        case "sex":
            return Held("sex") if stay.sex == value else None
        case "has":
            tables = {"drug": stay.drugs, "act": stay.acts, "biology": stay.results, "note": stay.notes}
            return Held(value) if tables[value] else None
    raise ValueError(f"a rule asks for {token!r}, which is no evidence known here")


def _rows(table: str, found: list[int]) -> Held | None:
    return Held(table, tuple(found)) if found else None


def _results(value: str, stay: Stay) -> Held | None:
    parts = BIO.match(value)
    if parts is None:
        raise ValueError(f"a rule asks for the result {value!r}, which cannot be read")
    limit = float(parts[3])
    found = [
        result.row
        for result in stay.results_by_label.get(parts[1], ())
        if (result.value > limit if parts[2] == ">" else result.value < limit)
    ]
    return _rows("biology", found) if len(found) >= int(parts[4] or 1) else None


def evidence_tokens(stay: Stay, said: list[Candidate]) -> frozenset[str]:
    """What co-occurrence is counted on: drugs to the fourth ATC level, acts, results out of range, words, sex, age."""
    tokens = {f"drug:{drug.code[:5]}" for drug in stay.drugs} | {f"act:{act_group(act.code)}" for act in stay.acts}
    tokens |= {f"bio:{result.label}:{result.side}" for result in stay.results if result.side != "normal"}
    tokens |= {f"word:{family(each.code)}" for each in said}
    tokens |= {f"sex:{stay.sex}"} if stay.sex else set()
    if stay.age is not None:
        tokens.add("age:" + next(name for limit, name in BANDS if stay.age < limit))
    return frozenset(tokens)


def families(stay: Stay) -> frozenset[str]:
    """The categories of the codes that the stay carries."""
    return frozenset(family(coded.code) for coded in stay.coded)


def act_group(code: str) -> str:
    """The four letters of a CCAM code (topography, action, access); another nomenclature's code as it is."""
    return code[:4] if code[:4].isalpha() else code
