"""The coherence check: for each code how likely it is wrong, for each absent one how likely it is missing.

Additive log-odds of what rules, reports and the hospital's other stays say; the weights are in `weights.toml`. A
stay's score is the probability that at least one of them holds, taken as independent.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from cognoscope.apps.records.coding.association import Support, support
from cognoscope.apps.records.coding.candidates import Candidate, diagnoses
from cognoscope.apps.records.coding.knowledge import bare, begins, family, rows
from cognoscope.apps.records.coding.ranking import words_known
from cognoscope.apps.records.coding.rules import Fired, fired
from cognoscope.apps.records.coding.stay import Coded, Stay
from cognoscope.apps.records.coding.tokens import evidence_tokens

STRONG_SECTIONS = {"motif", "conclusion"}
FLAT = 6.0
FORMAL = 4.0


@dataclass
class Judged:
    """A code in question, what was seen of it (`features`), and what the features stand on."""

    kind: str
    code: str
    features: dict[str, float]
    fired: list[Fired] = field(default_factory=list)
    said: Candidate | None = None
    support: Support | None = None
    coded: tuple[Coded, ...] = ()

    @property
    def log_odds(self) -> float:
        """Of being wrong, or missing."""
        weights = fitted()[self.kind]
        return weights["intercept"] + math.fsum(weights[name] * value for name, value in self.features.items())

    @property
    def probability(self) -> float:
        """The same between 0 and 1."""
        return 1 / (1 + math.exp(-self.log_odds))


@cache
def fitted() -> Mapping[str, dict[str, float]]:
    """The weights of each kind."""
    text = files(__package__).joinpath("weights.toml").read_text(encoding="utf-8")
    return {kind: table for kind, table in tomllib.loads(text).items() if isinstance(table, dict)}


def judge(stay: Stay) -> list[Judged]:
    """Every code of the stay, then every absent code that something speaks for."""
    said = diagnoses(stay)
    rules = fired(stay, said)
    tokens = evidence_tokens(stay, said)
    backed = {name: support(pairs, tokens) for name, pairs in stay.pairs_by_family.items()}
    return _coded(stay, said, rules, backed) + _absent(stay, said, rules, backed)


def incoherence(judged: list[Judged]) -> float:
    """Probability that at least one code of the stay is wrong or missing."""
    return 1 - math.exp(math.fsum(math.log1p(-min(each.probability, 1 - 1e-9)) for each in judged))


def _coded(stay: Stay, said: list[Candidate], rules: list[Fired], backed: Mapping[str, Support]) -> list[Judged]:
    found = []
    for code in dict.fromkeys(coded.code for coded in stay.coded):
        mine = [each for each in rules if each.kind == "unlikely" and bare(each.code) == bare(code)]
        mention = next((each for each in said if family(each.code) == family(code)), None)
        hidden = bool(stay.notes) and mention is None and words_known(code)
        backing = backed.get(family(code))
        weight = max((each.weight for each in mine), default=0.0)
        # What breaks the nomenclature or the grouping is wrong whatever speaks for the disease.
        formal = weight >= FORMAL
        features = {
            "rule": weight,
            "unsupported": float(hidden and not formal),
            "supported": float(mention is not None and not formal),
            "evidence": max(-FLAT, min(FLAT, backing.evidence)) if backing and not formal else 0.0,
        }
        coded = tuple(each for each in stay.coded if each.code == code)
        found.append(Judged("unlikely", code, features, mine, mention, backing, coded))
    return found


def _absent(stay: Stay, said: list[Candidate], rules: list[Fired], backed: Mapping[str, Support]) -> list[Judged]:
    carried = {family(coded.code) for coded in stay.coded}
    waiting = [each for each in rules if each.kind == "missing"]
    words = {family(each.code): each for each in said if family(each.code) not in carried}
    answered = set()
    found = []
    for name in dict.fromkeys([*words, *(name for name in backed if name not in carried)]):
        mine = [each for each in waiting if any(begins(name, prefix) for prefix in each.covers)]
        answered |= {each.rule for each in mine} if name in words else set()
        mine = mine if name in words else [each for each in mine if family(each.code) == name]
        mention = words.get(name)
        found.append(_missing(mention.code if mention else usual(name), mine, mention, backed.get(name)))
    known = {family(each.code) for each in found}
    for each in waiting:
        if each.rule not in answered and family(each.code) not in known:
            same = [other for other in waiting if family(other.code) == family(each.code)]
            found.append(_missing(each.code, same, None, None))
            known.add(family(each.code))
    return found


def _missing(code: str, mine: list[Fired], mention: Candidate | None, backing: Support | None) -> Judged:
    sections = {span.section for span in mention.spans} if mention else set()
    features = {
        "rule": max((each.weight for each in mine), default=0.0),
        "said": float(bool(mention) and bool(sections - {"antecedents"})),
        "said_strongly": float(bool(sections & STRONG_SECTIONS)),
        "posterior": max(-FLAT, min(FLAT, backing.prior + backing.evidence)) if backing else -FLAT / 2,
    }
    return Judged("missing", code, features, mine, mention, backing)


@cache
def usual(category: str) -> str:
    """The usual code of a category: the unspecified one of `terms.csv`, else the category itself."""
    known = sorted(row["code"] for row in rows("terms") if family(row["code"]) == category)
    return next((code for code in known if code.endswith(".9")), known[0] if known else category)
