"""Facts on which nothing may be proposed: impossible, contradictory, or of a child."""

from cognoscope.apps.pharmacy.antibiotics.question import Question

ADULT = 18
OLDEST_PREGNANT = 55
RANGES = {
    "age_years": (0, 125),
    "weight_kg": (20, 400),
    "egfr": (0, 250),
    "creatinine_umol_l": (10, 3000),
}
WORDS = {
    "severity": ("mild", "moderate", "severe"),
    "acquired": ("community", "hospital"),
    "sex": ("f", "m"),
    "hepatic": ("none", "severe"),
    **dict.fromkeys(
        ("pregnant", "breastfeeding", "mdr_risk", "comorbidity", "recent_fluoroquinolone", "listeria_risk"),
        ("yes", "no"),
    ),
}


def refusal(question: Question) -> str | None:
    """The code of `app_frame.SILENCE` that says why nothing is proposed; None where nothing is wrong."""
    facts = question.facts
    for name, (low, high) in RANGES.items():
        value = facts.get(name)
        if value is None:
            continue
        if isinstance(value, (bool, str)) or not low <= value <= high:
            return "out-of-range"
    if any(facts.get(name) is not None and facts[name] not in allowed for name, allowed in WORDS.items()):
        return "unreadable"
    age = facts.get("age_years")
    mother = facts.get("pregnant") == "yes" or facts.get("breastfeeding") == "yes"
    if mother and (facts.get("sex") == "m" or (isinstance(age, (int, float)) and age > OLDEST_PREGNANT)):
        return "contradictory"
    if isinstance(age, (int, float)) and age < ADULT:
        return "child"
    return None
