"""What is said of a resolution, in both languages."""

from collections.abc import Sequence

from cognoscope.core.noun import Sentence
from cognoscope.intake.medicines.medicine import Medicine, Resolution

_NAMED = 5


def found(text: str, medicines: Sequence[Medicine], corrected: bool) -> Resolution:
    """The resolution for one medicine, or the question which of several is meant."""
    named = _list(medicines)
    held = tuple(medicines)
    if len(held) > 1:
        question = Sentence(
            fr=f"Plusieurs médicaments possibles : {named}. Précisez lequel.",
            en=f"Several medicines are possible: {named}. Say which one.",
        )
        return Resolution(text, "ambiguous", held, question)
    if not held[0].marketed:
        gone = Sentence(
            fr=f"{named} : n'est plus commercialisé en France.", en=f"{named}: no longer marketed in France."
        )
        return Resolution(text, "withdrawn", held, gone)
    if corrected:
        return Resolution(text, "corrected", held, Sentence(fr=f"Compris comme {named}.", en=f"Understood as {named}."))
    return Resolution(text, "exact", held, Sentence(fr=f"{named}.", en=f"{named}."))


def suggested(text: str, medicines: Sequence[Medicine]) -> Resolution:
    """A question, be there one candidate or several: what was typed is too far from each to be corrected."""
    named = _list(medicines)
    question = Sentence(
        fr=f"Nom inconnu. Proches : {named}. Choisissez ou corrigez.",
        en=f"Unknown name. Close ones: {named}. Choose one or correct it.",
    )
    return Resolution(text, "ambiguous", tuple(medicines), question)


def unknown(text: str) -> Resolution:
    """Nothing in the edition is called so."""
    sentence = Sentence(
        fr="Médicament inconnu de la base publique : vérifiez le nom ou saisissez le code CIP.",
        en="Medicine unknown to the public database: check the name or type its CIP code.",
    )
    return Resolution(text, "unknown", (), sentence)


def unknown_code(text: str) -> Resolution:
    """No speciality or presentation of the edition has that code."""
    sentence = Sentence(
        fr="Code CIS ou CIP inconnu de la base publique : vérifiez-le ou saisissez le nom.",
        en="CIS or CIP code unknown to the public database: check it or type the name.",
    )
    return Resolution(text, "unknown", (), sentence)


def _list(medicines: Sequence[Medicine]) -> str:
    return "; ".join(_named(each) for each in medicines[:_NAMED]) + ("..." if len(medicines) > _NAMED else "")


def _named(medicine: Medicine) -> str:
    substances = ", ".join(medicine.substances)
    return medicine.label if not substances or "(" in medicine.label else f"{medicine.label} ({substances})"
