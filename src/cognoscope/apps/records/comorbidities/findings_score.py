"""The Charlson index as findings: the original weights and the updated ones, with what makes them up."""

import pandas as pd

from cognoscope.apps.records.comorbidities.findings import MOST_EVIDENCE
from cognoscope.apps.records.comorbidities.knowledge import Condition, condition
from cognoscope.apps.records.comorbidities.model import charlson, points_of_age, rows_of
from cognoscope.core.evidence import Pointer, RowsPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.values import Attribute, Finding

SCORES = {
    "charlson_1987": Sentence(fr="Indice de Charlson (1987)", en="Charlson index (1987)"),
    "quan_2011": Sentence(fr="Indice de Charlson, poids de 2011", en="Charlson index, 2011 weights"),
}
_VALUE = Sentence(fr="points", en="points")
_HIGHEST = Sentence(fr="si l'incertain est vrai", en="if the uncertain is true")
_AGE = Sentence(fr="avec l'âge", en="with age")


def scores(states: pd.DataFrame, conditions: list[Finding], age: int | None, notes: int) -> list[Finding]:
    """The two scores of one person; with no condition present they are 0 and rest on all the reports read."""
    lowest = highest = _one(charlson(states))
    if (states["state"] == "uncertain").any():
        highest = _one(charlson(states, doubtful=True))
    present = states[states["state"] == "present"]
    cited = [pointer for one in conditions if one.group == "condition" for pointer in one.evidence]
    evidence: tuple[Pointer, ...] = tuple(cited[:MOST_EVIDENCE]) or (RowsPointer(table="note", start=0, stop=notes),)
    found = []
    for name, label in SCORES.items():
        attributes = [Attribute(name="points", label=_VALUE, value=lowest[name])]
        if highest[name] != lowest[name]:
            attributes.append(Attribute(name="highest", label=_HIGHEST, value=highest[name]))
        if name == "charlson_1987" and age is not None:
            attributes.append(Attribute(name="with-age", label=_AGE, value=lowest[name] + points_of_age(age)))
        parts = [(form.words, int(getattr(form, name))) for form in _forms(present)]
        found.append(
            Finding(
                key=name.replace("_", "-"),
                label=Sentence(fr=f"{label.fr} : {lowest[name]}", en=f"{label.en}: {lowest[name]}"),
                group="score",
                attributes=tuple(attributes),
                reason=_sum([(words, points) for words, points in parts if points]),
                evidence=evidence,
            )
        )
    return found


def _one(frame: pd.DataFrame) -> dict[str, int]:
    """The single person's scores; 0 where nothing was said of any condition."""
    return {name: int(frame[name].iloc[0]) if len(frame) else 0 for name in SCORES}


def _forms(present: pd.DataFrame) -> list[Condition]:
    return [condition(row.condition, bool(row.severe)) for row in rows_of(present)]


def _sum(parts: list[tuple[Sentence, int]]) -> Sentence:
    if not parts:
        return Sentence(
            fr="Aucune comorbidité de l'indice n'est affirmée.", en="No condition of the index is asserted."
        )
    return Sentence(
        fr="Poids : " + ", ".join(f"{words.fr} {points}" for words, points in parts) + ".",
        en="Weights: " + ", ".join(f"{words.en} {points}" for words, points in parts) + ".",
    )
