"""When nothing can honestly be said of a prescription, and the sentence that says so."""

from cognoscope.apps.pharmacy.interactions.prescription import Prescription
from cognoscope.core.noun import Sentence

LONGEST = 200
"""Orders beyond which a list is no prescription of one person."""

SILENCE = {
    "another-case": Sentence(
        fr="Prescription non vérifiée : ce dossier n'est pas une prescription.",
        en="The prescription was not checked: this case is not a prescription.",
    ),
    "unreadable": Sentence(
        fr="Prescription non vérifiée : ses données sont illisibles ; il faut les envoyer de nouveau.",
        en="The prescription was not checked: its data cannot be read; they must be sent again.",
    ),
    "unreadable-policy": Sentence(
        fr="Prescription non vérifiée : la politique d'alerte est illisible ; il faut en mettre une autre en vigueur.",
        en="The prescription was not checked: the alert policy in force cannot be read; another must be put in force.",
    ),
    "empty": Sentence(
        fr="Prescription non vérifiée : elle ne contient aucun médicament.",
        en="The prescription was not checked: it holds no medicine.",
    ),
    "too-long": Sentence(
        fr="Prescription non vérifiée : plus de 200 lignes pour une seule personne, à contrôler à la source.",
        en="The prescription was not checked: over 200 lines for one person, to be verified at its source.",
    ),
    "out-of-range": Sentence(
        fr="Prescription non vérifiée : l'âge ou la fonction rénale est impossible ; à corriger à la source.",
        en="The prescription was not checked: the age or renal function is impossible; correct it at its source.",
    ),
    "nothing-understood": Sentence(
        fr="Prescription non vérifiée : aucun médicament n'a été reconnu ; vérifier les noms ou donner les codes.",
        en="The prescription was not checked: none of its medicines was recognised; check the names or give the codes.",
    ),
    "medicines-missing": Sentence(
        fr="Prescription non vérifiée : la base de médicaments n'est pas chargée "
        "(« cognoscope terminology load bdpm »).",
        en="The prescription was not checked: the medicines are not loaded (`cognoscope terminology load bdpm`).",
    ),
    "thesaurus-missing": Sentence(
        fr="Prescription non vérifiée : le thésaurus des interactions n'est pas chargé "
        "(« cognoscope terminology load ansm »).",
        en="The prescription was not checked: the thesaurus is not loaded (`cognoscope terminology load ansm`).",
    ),
}


def silence_of(asked: Prescription) -> tuple[str, Sentence] | None:
    """Code and sentence of the abstention, or None where there is something to say."""
    if not asked.drugs:
        return _said("empty")
    if len(asked.drugs) > LONGEST:
        return _said("too-long")
    if asked.age is not None and not 0 <= asked.age <= 125:
        return _said("out-of-range")
    if asked.egfr is not None and not 0 <= asked.egfr <= 300:
        return _said("out-of-range")
    if "ansm" in asked.missing:
        return _said("thesaurus-missing")
    if any(drug.understood for drug in asked.drugs) or asked.options:
        return None
    return _said("medicines-missing" if "bdpm" in asked.missing else "nothing-understood")


def unreadable(code: str) -> tuple[str, Sentence]:
    """The abstention for a case that cannot be read."""
    return _said(code) or ("unreadable", SILENCE["unreadable"])


def _said(code: str) -> tuple[str, Sentence] | None:
    return (code, SILENCE[code]) if code in SILENCE else None
