"""Rules that fire on a stay: `rules.csv`, and what the coding itself must obey."""

from dataclasses import dataclass

from cognoscope.apps.records.coding.candidates import Candidate
from cognoscope.apps.records.coding.knowledge import bare, begins, listed, rows
from cognoscope.apps.records.coding.stay import Coded, Stay
from cognoscope.apps.records.coding.tokens import Held, holds
from cognoscope.core.noun import Sentence


@dataclass(frozen=True)
class Fired:
    """A rule that fired: on which code, how much it weighs (log-odds), why, and what in the case says so.

    `covers` are the prefixes any of which would have satisfied a rule of the kind `missing`.
    """

    rule: str
    kind: str
    code: str
    weight: float
    reason: Sentence
    held: tuple[Held, ...]
    covers: tuple[str, ...] = ()


def fired(stay: Stay, said: list[Candidate]) -> list[Fired]:
    """Every rule that fires, in the order of the file, then what the coding itself breaks."""
    found: list[Fired] = []
    for row in rows("rules"):
        if row["kind"] == "missing":
            held = _evidence(row, stay, said)
            if held:
                covers = tuple(token[5:] for token in row["unless_any"].split() if token.startswith("code:"))
                found.append(_fired(row, row["code"], tuple(held), (row["code"], *covers)))
        else:
            coded = [each for each in stay.coded if any(begins(each.code, code) for code in listed(row["code"]))]
            if coded and (held := _evidence(row, stay, said)) is not None:
                found += [
                    _fired(row, each.code, (*held, Held("diagnosis", (each.row,))), ()) for each in _unique(coded)
                ]
    return found + _structure(stay)


def _evidence(row: dict[str, str], stay: Stay, said: list[Candidate]) -> list[Held] | None:
    """What made the rule fire, or None where it does not."""
    held = []
    for column in ("if_any", "and_any"):
        wanted = row[column].split()
        found = [each for token in wanted if (each := holds(token, stay, said))]
        if wanted and not found:
            return None
        held += found
    return None if any(holds(token, stay, said) for token in row["unless_any"].split()) else held


def _fired(row: dict[str, str], code: str, held: tuple[Held, ...], covers: tuple[str, ...]) -> Fired:
    reason = Sentence(fr=row["fr"], en=row["en"])
    return Fired(row["rule"], row["kind"], code, float(row["weight"]), reason, held, covers)


def _unique(coded: list[Coded]) -> list[Coded]:
    return list({each.code: each for each in coded}.values())


def _structure(stay: Stay) -> list[Fired]:
    """Controls of the PMSI grouping (ATIH, Guide méthodologique MCO): known codes, one principal diagnosis, once."""
    found = []
    principal = [each for each in stay.coded if each.role == "dp"]
    for each in _unique(list(stay.coded)):
        known = stay.known.get(bare(each.code))
        if known is not None and known.exists is False:
            reason = Sentence(
                fr="Ce code n'existe pas dans la CIM-10 du PMSI.", en="This code is not in the PMSI's CIM-10."
            )
            found.append(_broken("code-unknown", each, 6.0, reason))
    for each in stay.coded:
        if each.role == "das" and any(bare(one.code) == bare(each.code) for one in principal):
            reason = Sentence(
                fr="Le diagnostic principal est répété en diagnostic associé.",
                en="The principal diagnosis is repeated as an associated one.",
            )
            found.append(_broken("principal-repeated", each, 4.0, reason))
    for each in principal:
        definite = [one for one in stay.coded if one.role == "das" and one.code[0] not in "RZ"]
        if each.code.startswith("R") and definite:
            reason = Sentence(
                fr="Un symptôme est en diagnostic principal alors qu'un diagnostic est établi.",
                en="A symptom is the principal diagnosis although a definite diagnosis is there.",
            )
            found.append(_broken("symptom-leads", each, 0.6, reason))
    return found


def _broken(rule: str, coded: Coded, weight: float, reason: Sentence) -> Fired:
    return Fired(rule, "unlikely", coded.code, weight, reason, (Held("diagnosis", (coded.row,)),))
