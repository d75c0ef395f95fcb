"""Why a regimen is set aside, and what to be careful about where it is not; each with its rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from cognoscope.apps.pharmacy.antibiotics.activity import Activity
from cognoscope.apps.pharmacy.antibiotics.question import Agent, Question, Regimen
from cognoscope.core.evidence import FactPointer, Pointer, RowsPointer
from cognoscope.core.noun import Sentence

LEVELS = {"contraindicated": "exclude", "discouraged": "caution", "precaution": "note", "take-into-account": "note"}
ADJUNCT = "aminoglycosides"

LEVEL_WORDS = {
    "contraindicated": Sentence(fr="contre-indication", en="contraindicated"),
    "discouraged": Sentence(fr="association déconseillée", en="discouraged"),
    "precaution": Sentence(fr="précaution d'emploi", en="precaution for use"),
    "take-into-account": Sentence(fr="à prendre en compte", en="to be taken into account"),
}


@dataclass(frozen=True)
class Ground:
    """A reason: `exclude` sets the regimen aside, `caution` ranks it lower, `note` is only said."""

    code: str
    action: str
    sentence: Sentence
    rests_on: tuple[Pointer, ...]


def grounds(question: Question, regimen: Regimen, active: Activity) -> list[Ground]:
    """Every ground against a regimen, the excluding ones first."""
    agents = [question.agents[code] for code in regimen.agents]
    found = [*_microbe(question, regimen, active)]
    for agent in agents:
        found += [*_allergy(question, agent), *_kidney(question, agent), *_life(question, agent)]
        found += _interactions(question, agent)
    order = {"exclude": 0, "caution": 1, "note": 2}
    return sorted(found, key=lambda ground: order[ground.action])


def _microbe(question: Question, regimen: Regimen, active: Activity) -> Iterator[Ground]:
    cover = active.covered
    if active.kind == "intrinsic":
        text = Sentence(fr="Germe naturellement résistant.", en="The germ is resistant by nature.")
        yield Ground("intrinsic-resistance", "exclude", text, active.rests_on)
    elif active.kind == "documented" and cover.expected == 0:
        text = Sentence(
            fr="Résistance documentée sur l'antibiogramme.", en="Resistance documented by susceptibility testing."
        )
        yield Ground("documented-resistance", "exclude", text, active.rests_on)
    elif active.kind == "documented":
        yield from _documented(question, regimen, active)
    elif question.tested and regimen.phase == "empirical":
        text = Sentence(
            fr="Activité non démontrée sur l'antibiogramme rendu.", en="Not shown active by the susceptibility at hand."
        )
        yield Ground("unproven", "exclude", text, (_at("regimen", regimen.row),))
    else:
        yield from _ecology(question, active)


def _documented(question: Question, regimen: Regimen, active: Activity) -> Iterator[Ground]:
    """An aminoglycoside alone carries no combination; I means a high dose."""
    working = [
        (agent, result)
        for agent in (question.agents[code] for code in regimen.agents)
        if (result := question.results.get(agent.tested)) is not None and result.category in ("S", "I")
    ]
    if len(regimen.agents) > 1 and all(agent.group == ADJUNCT for agent, _ in working):
        text = Sentence(fr="Seul l'aminoside serait actif.", en="The aminoglycoside alone would be active.")
        yield Ground("adjunct-only", "exclude", text, active.rests_on)
    for agent, result in working:
        if result.category == "I":
            fr = f"{_upper(agent.fr)} : sensible à forte exposition (I), forte posologie."
            en = f"{_upper(agent.en)}: susceptible, increased exposure (I), high dose."
            yield Ground("increased-exposure", "note", Sentence(fr=fr, en=en), (_at("result", result.row),))


def _ecology(question: Question, active: Activity) -> Iterator[Ground]:
    wanted, cover = threshold(question), active.covered
    # Without isolates of the hospital the guideline stands: orders of magnitude set nothing aside.
    if active.kind != "ecology" or cover.expected * cover.known + 1 - cover.known >= wanted:
        return
    share = f"{100 * cover.expected:.0f}"
    if cover.high < wanted:
        text = Sentence(
            fr=f"Couverture attendue trop faible dans l'écologie locale ({share} %, il en faut {100 * wanted:.0f} %).",
            en=f"Expected coverage too low in the local ecology ({share}%, {100 * wanted:.0f}% are wanted).",
        )
        yield Ground("ecology", "exclude", text, active.rests_on)
    else:
        text = Sentence(
            fr=f"Couverture attendue sous le seuil ({share} % pour {100 * wanted:.0f} %), intervalle large.",
            en=f"Expected coverage under the threshold ({share}% for {100 * wanted:.0f}%), wide interval.",
        )
        yield Ground("ecology", "caution", text, active.rests_on)


def threshold(question: Question) -> float:
    """The coverage wanted of an empirical treatment: a row of `infections.csv`, by severity."""
    severe = question.value("severity") == "severe"
    return float(question.facts.get("wanted_severe" if severe else "wanted_mild") or 0.0)


def _allergy(question: Question, agent: Agent) -> Iterator[Ground]:
    for allergy in question.allergies or ():
        for cross in question.cross:
            if (cross.allergen, cross.reaction, cross.to) == (allergy.allergen, allergy.reaction, agent.group):
                text = Sentence(fr=f"{_upper(agent.fr)} : {cross.fr}.", en=f"{_upper(agent.en)}: {cross.en}.")
                rests_on = (_at("allergy", allergy.row), _at("cross_reactivity", cross.row))
                yield Ground("allergy", cross.action, text, rests_on)


def _kidney(question: Question, agent: Agent) -> Iterator[Ground]:
    clearance = question.value("egfr")
    if not isinstance(clearance, (int, float)):
        return
    for rule in question.renal:
        if rule.agent == agent.code and rule.at_least <= clearance < rule.below:
            action = "exclude" if rule.action == "exclude" else "note"
            text = Sentence(
                fr=f"Rein à {clearance:.0f} mL/min, {agent.fr} : {rule.fr}.",
                en=f"Kidney at {clearance:.0f} mL/min, {agent.en}: {rule.en}.",
            )
            yield Ground("renal", action, text, (*_fact(question, "egfr"), _at("renal", rule.row)))


def _life(question: Question, agent: Agent) -> Iterator[Ground]:
    """Pregnancy, breast-feeding, liver: what the row of the agent says of each."""
    for fact, worst, column, fr, en in (
        ("pregnant", "yes", agent.pregnancy, "grossesse", "pregnancy"),
        ("breastfeeding", "yes", agent.breastfeeding, "allaitement", "breast-feeding"),
        ("hepatic", "severe", agent.hepatic, "insuffisance hépatique sévère", "severe hepatic impairment"),
    ):
        if question.value(fact) == worst and column in ("exclude", "caution"):
            out = column == "exclude"
            text = Sentence(
                fr=f"{_upper(agent.fr)} : {'à éviter' if out else 'prudence'} ({fr}).",
                en=f"{_upper(agent.en)}: {'to be avoided' if out else 'caution'} ({en}).",
            )
            yield Ground(fact, column, text, (*_fact(question, fact), _at("agent", agent.row)))


def _interactions(question: Question, agent: Agent) -> Iterator[Ground]:
    for one in question.interactions or ():
        if one.agent == agent.code and one.level in LEVELS:
            level = LEVEL_WORDS[one.level]
            text = Sentence(
                fr=f"{_upper(agent.fr)} avec {one.drug} : {level.fr}.",
                en=f"{_upper(agent.en)} with {one.drug}: {level.en}.",
            )
            yield Ground("interaction", LEVELS[one.level], text, (_at("interaction", one.row),))


def _fact(question: Question, name: str) -> tuple[Pointer, ...]:
    return (FactPointer(fact=name),) if name in question.facts else ()


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _at(table: str, row: int) -> RowsPointer:
    return RowsPointer(table=table, start=row, stop=row + 1)
