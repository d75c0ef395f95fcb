"""The line of the inbox: medicine, reaction, and whether it is serious; serious ones first."""

from cognoscope.apps.pharmacy.reactions.findings import label_of
from cognoscope.apps.pharmacy.reactions.model import Read
from cognoscope.apps.pharmacy.reactions.words import CRITERIA
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline

URGENCY = {
    "serious-death": 1.0,
    "serious-life-threatening": 0.95,
    "serious-congenital-anomaly": 0.85,
    "serious-disability": 0.85,
    "serious-hospitalisation": 0.8,
    "serious-other": 0.7,
}
NOT_SERIOUS = 0.3


def headline_of(read: Read) -> Headline:
    """One line, and how urgent by the gravest criterion stated."""
    suspects = [each.label for each in read.drugs if each.role == "suspect"]
    names = [label_of(each, read.note) for each in read.reactions[:2]]
    more = len(read.reactions) - len(names)
    drug = " / ".join(suspects[:2])
    fr = ", ".join(name.fr for name in names) + (f" et {more} autre(s)" if more > 0 else "")
    en = ", ".join(name.en for name in names) + (f" and {more} more" if more > 0 else "")
    if not names:
        fr, en = "aucune réaction retenue", "no reaction kept"
    fr, en = f"{drug or 'Médicament à préciser'} : {fr}", f"{drug or 'Medicine to be named'}: {en}"
    if read.criteria:
        gravest = CRITERIA[read.criteria[0].key]
        fr, en = f"{fr}. Grave : {gravest.fr.lower()}.", f"{en}. Serious: {gravest.en.lower()}."
    else:
        fr, en = f"{fr}. Aucun critère de gravité dit.", f"{en}. No criterion of seriousness stated."
    element = read.reactions[0].key if read.reactions else read.drugs[0].key if read.drugs else None
    urgency = max((URGENCY[each.key] for each in read.criteria), default=NOT_SERIOUS)
    return Headline(element=element, text=Sentence(fr=fr, en=en), urgency=urgency)
