"""What does not fit together, or was not read: said beside the findings, never mended in silence."""

from dataclasses import dataclass
from datetime import date

from cognoscope.apps.pharmacy.reactions.reading import Aside, Drug, Note, Reaction, Span
from cognoscope.core.noun import Sentence


@dataclass(frozen=True)
class Doubt:
    """What to check, with the words or facts it is about."""

    key: str
    words: Sentence
    spans: tuple[Span, ...] = ()
    facts: tuple[str, ...] = ()


def doubts(note: Note, drugs: list[Drug], reactions: list[Reaction], asides: list[Aside]) -> list[Doubt]:
    """The doubts of a declaration, the gravest first."""
    found: list[Doubt] = []
    if not reactions and any("family" in each.qualifiers for each in asides):
        spans = tuple(span for each in asides if "family" in each.qualifiers for span in each.spans)
        said = Sentence(
            fr="Le texte semble parler de la réaction d'une autre personne : pour qui est cette déclaration ?",
            en="The text seems to be about another person's reaction: whom is this declaration about?",
        )
        found.append(Doubt("doubt-other-person", said, spans))
    found += _dates(note, drugs, reactions)
    for drug in drugs:
        about = _of_drug(drug)
        if about is not None:
            found.append(Doubt(f"doubt-{drug.key}", about, tuple(drug.spans[:1])))
    if note.facts.get("terminology_system") is None:
        said = Sentence(
            fr="Aucune terminologie n'est chargée : codes du lexique seul, sans grade. À charger : "
            "cognoscope terminology load ctcae FICHIER (ou meddra DOSSIER).",
            en="No terminology is loaded: codes are the lexicon's alone, without grades. To load: "
            "cognoscope terminology load ctcae FILE (or meddra FOLDER).",
        )
        found.append(Doubt("doubt-terminology", said, facts=("terminology_system",)))
    if note.facts.get("medicines_edition") is None:
        said = Sentence(
            fr="La base publique des médicaments n'est pas chargée : aucun nom de médicament n'est reconnu. "
            "À charger : cognoscope terminology load bdpm DOSSIER.",
            en="The public database of medicines is not loaded: no name of a medicine is recognised. "
            "To load: cognoscope terminology load bdpm FOLDER.",
        )
        found.append(Doubt("doubt-medicines", said, facts=("medicines_edition",)))
    if note.facts.get("learned_reader") == "missing":
        said = Sentence(
            fr="La lecture apprise de l'anglais n'est pas installée : seules les expressions du lexique "
            "ont été cherchées (commande : make text).",
            en="The trained reading of English is not installed: only the lexicon's expressions were looked for "
            "(command: make text).",
        )
        found.append(Doubt("doubt-learned", said, facts=("learned_reader",)))
    if not note.whole:
        said = Sentence(
            fr=f"Le texte est très long : seuls ses {len(note.text)} premiers signes ont été lus.",
            en=f"The text is very long: only its first {len(note.text)} characters were read.",
        )
        found.append(Doubt("doubt-length", said, ((0, min(80, len(note.text))),)))
    return found


def _dates(note: Note, drugs: list[Drug], reactions: list[Reaction]) -> list[Doubt]:
    found = []
    received = _day(str(note.facts.get("received_on") or ""))
    first = next((each for each in reactions if _day(each.onset)), None)
    for drug in drugs:
        started, stopped = _day(drug.started), _day(drug.stopped)
        onset = _day(first.onset) if first else None
        spans = tuple(span for span in (drug.started_span, first.onset_span if first else None) if span)
        if drug.role == "suspect" and started and onset and onset < started:
            said = Sentence(
                fr=f"Dates à vérifier : la réaction ({onset:%d/%m/%Y}) précède le début de {drug.label} "
                f"({started:%d/%m/%Y}).",
                en=f"Dates to check: the reaction ({onset}) comes before {drug.label} was started ({started}).",
            )
            found.append(Doubt(f"doubt-dates-{drug.key}", said, spans, () if spans else ("received_on",)))
        elif started and stopped and stopped < started:
            said = Sentence(
                fr=f"Dates à vérifier : {drug.label} aurait été arrêté ({stopped:%d/%m/%Y}) avant d'être commencé "
                f"({started:%d/%m/%Y}).",
                en=f"Dates to check: {drug.label} would have been stopped ({stopped}) before it was started "
                f"({started}).",
            )
            found.append(Doubt(f"doubt-dates-{drug.key}", said, spans, () if spans else ("received_on",)))
    later = [each for each in (*(one.started for one in drugs), *(one.onset for one in reactions)) if _day(each)]
    if received and any((_day(each) or received) > received for each in later):
        said = Sentence(
            fr="Dates à vérifier : une date est postérieure à la déclaration.",
            en="Dates to check: a date is later than the declaration.",
        )
        spans = tuple(one.onset_span for one in reactions if one.onset_span)[:1]
        found.append(Doubt("doubt-dates", said, spans, () if spans else ("received_on",)))
    return found


def _of_drug(drug: Drug) -> Sentence | None:
    if drug.status == "corrected":
        return Sentence(
            fr=f"« {drug.said} » a été compris comme {drug.label} : à confirmer.",
            en=f"“{drug.said}” was understood as {drug.label}: to be confirmed.",
        )
    if drug.status == "ambiguous":
        return Sentence(
            fr=f"« {drug.said} » peut être plusieurs médicaments : il faut choisir, rien n'a été deviné.",
            en=f"“{drug.said}” may be several medicines: one has to be chosen, nothing was guessed.",
        )
    if drug.status == "withdrawn":
        return Sentence(
            fr=f"{drug.label} n'est plus commercialisé : vérifier le nom et la date.",
            en=f"{drug.label} is no longer on the market: check the name and the date.",
        )
    return None


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
