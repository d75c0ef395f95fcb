"""Options in words: agents, doses, routes and durations, in both languages."""

from cognoscope.apps.pharmacy.antibiotics.question import Question, Regimen
from cognoscope.core.noun import Sentence

ROUTES = {"oral": ("per os", "by mouth"), "iv": ("IV", "IV")}
UNITS = {"MUI": ("MUI", "MIU"), "mg/kg/day": ("mg/kg/j", "mg/kg/day"), "g/day": ("g/j", "g/day")}
GRAM = 1000


def name(question: Question, regimen: Regimen) -> Sentence:
    """The agents: `Céfotaxime + gentamicine`."""
    agents = [question.agents[code] for code in regimen.agents]
    return Sentence(fr=upper(" + ".join(one.fr for one in agents)), en=upper(" + ".join(one.en for one in agents)))


def whole(question: Question, regimen: Regimen) -> Sentence:
    """Agents with doses, route and duration: `Amoxicilline 1 g × 3/j, per os, 3 à 7 jours`."""
    weight = question.facts.get("weight_kg")
    kilos = float(weight) if isinstance(weight, (int, float)) else None
    fr, en = [], []
    for place, code in enumerate(regimen.agents):
        agent = question.agents[code]
        fr.append(f"{agent.fr} {_dose(regimen, place, 'fr', kilos)}")
        en.append(f"{agent.en} {_dose(regimen, place, 'en', kilos)}")
    route = ROUTES[regimen.route]
    days = _days(regimen)
    return Sentence(
        fr=f"{upper(' + '.join(fr))}, {route[0]}, {days.fr}", en=f"{upper(' + '.join(en))}, {route[1]}, {days.en}"
    )


def upper(text: str) -> str:
    """The text with a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def _dose(regimen: Regimen, place: int, language: str, kilos: float | None) -> str:
    amount, unit, per_day = regimen.dose[place], regimen.unit[place], regimen.per_day[place]
    french = language == "fr"
    fr, en = UNITS.get(unit, (unit, unit))
    said = f"{_number(amount, french)} {fr if french else en}"
    if per_day == "once":
        return f"{said} {'en une prise' if french else 'as one dose'}"
    daily = unit.endswith("/day")
    said += (f" en {per_day} fois" if french else f" in {per_day} doses") if daily else ""
    said += "" if daily else f" × {per_day}/{'j' if french else 'day'}"
    if kilos is not None and "kg" in unit:
        said += f" ({'soit' if french else 'that is'} {_total(amount, kilos, french)}{'/j' if french else '/day'})"
    return said


def _total(amount: str, kilos: float, french: bool) -> str:
    """The dose of a day for a weight: every `mg/kg` rule that is not by the day is given once a day."""
    milligrams = [float(part) * kilos for part in amount.split("-")]
    grams = all(one >= GRAM for one in milligrams)
    parts = [f"{one / GRAM:.1f}" if grams else f"{one:.0f}" for one in milligrams]
    joined = "-".join(dict.fromkeys(parts))
    return f"{_number(joined, french)} {'g' if grams else 'mg'}"


def _number(text: str, french: bool) -> str:
    spaced = text.replace("-", " à " if french else " to ")
    return spaced.replace(".", ",") if french else spaced


def _days(regimen: Regimen) -> Sentence:
    low, high = regimen.days_min, regimen.days_max
    if high == 1:
        return Sentence(fr="dose unique", en="single dose")
    if low == high:
        return Sentence(fr=f"{low} jours", en=f"{low} days")
    return Sentence(fr=f"{low} à {high} jours", en=f"{low} to {high} days")
