"""Which diagnosis leads: an explained score from place, repetition, position and the care it took."""

from dataclasses import dataclass
from functools import cache

from cognoscope.apps.records.coding.candidates import Candidate, lasts
from cognoscope.apps.records.coding.knowledge import begins, listed, rows
from cognoscope.apps.records.coding.stay import Stay
from cognoscope.core.noun import Sentence

REPEATED = 0.4
REPEATED_AT_MOST = 4
FIRST = 0.8
CARE = 1.2
NEVER_LEADS = ("Z86", "Z87", "Z85", "Z90", "Z95", "Z60", "Z73", "E78", "F17", "Z33")
LINGERS = -1.5
SYMPTOM = -1.5


@dataclass(frozen=True)
class Ranked:
    """A candidate with its score and the parts that it is the sum of."""

    candidate: Candidate
    score: float
    parts: tuple[tuple[Sentence, float], ...]


def rank(candidates: list[Candidate], stay: Stay) -> list[Ranked]:
    """Candidates by falling score; equal scores in the order of the text."""
    weights = {row["kind"]: float(row["weight"]) for row in rows("sections")}
    ranked = []
    for position, candidate in enumerate(candidates):
        best = max((span.section for span in candidate.spans), key=lambda section: weights.get(section, 0.0))
        names = next((row for row in rows("sections") if row["kind"] == best), {"fr": "texte", "en": "text"})
        place = Sentence(fr=f"Partie du compte rendu : {names['fr']}", en=f"Part of the report: {names['en']}")
        parts = [(place, weights.get(best, 0.0))]
        times = len(candidate.spans)
        if times > 1:
            said = Sentence(fr=f"Cité {times} fois", en=f"Said {times} times")
            parts.append((said, REPEATED * min(times - 1, REPEATED_AT_MOST)))
        if position == 0:
            parts.append((Sentence(fr="Cité en premier", en="Said first"), FIRST))
        if cared_for(candidate.code, stay):
            parts.append((Sentence(fr="Un acte du séjour lui répond", en="An act of the stay answers to it"), CARE))
        if any(begins(candidate.code, prefix) for prefix in NEVER_LEADS):
            parts.append((Sentence(fr="Ne motive guère un séjour", en="Hardly ever motivates a stay"), 2 * LINGERS))
        elif lasts(candidate.code):
            parts.append((Sentence(fr="Affection chronique", en="Long-lasting disease"), LINGERS))
        if candidate.code.startswith("R"):
            parts.append((Sentence(fr="Symptôme et non diagnostic", en="A symptom, not a diagnosis"), SYMPTOM))
        ranked.append(Ranked(candidate, round(sum(amount for _, amount in parts), 3), tuple(parts)))
    return sorted(ranked, key=lambda each: -each.score)


def cared_for(code: str, stay: Stay) -> bool:
    """Whether an act of the stay is one that a missing-code rule ties to this code."""
    for row in rows("rules"):
        if row["kind"] == "missing" and begins(code, row["code"]):
            for token in row["if_any"].split():
                what, _, prefix = token.partition(":")
                if what == "act" and any(act.code.startswith(prefix) for act in stay.acts):
                    return True
    return False


@cache
def usual_label(code: str) -> Sentence | None:
    """The label of a code in both languages, where this folder has one."""
    for table in ("terms", "acts"):
        for row in rows(table):
            if row["code"] == code:
                return Sentence(fr=row["label_fr"], en=row["label_en"])
    return None


@cache
def words_known(code: str) -> bool:
    """Whether reports could have been searched for this code: `terms.csv` has words for its category."""
    return any(begins(row["code"], code[:3]) and listed(row["words"]) for row in rows("terms"))
