"""Labels and sentences in both languages."""

from cognoscope.core.noun import Sentence


def both(fr: str, en: str) -> Sentence:
    """A sentence in both languages."""
    return Sentence(fr=fr, en=en)


TITLE = both("Déclaration d'effet indésirable", "Declaration of an adverse reaction")

ATTRIBUTES = {
    "said": both("Dit", "Said"),
    "term": both("Terme", "Term"),
    "level": both("Niveau", "Level"),
    "pt": both("Terme préféré", "Preferred term"),
    "soc": both("Classe", "Class"),
    "onset": both("Début", "Onset"),
    "onset-words": both("Délai", "Delay"),
    "outcome": both("Évolution", "Outcome"),
    "grade": both("Grade CTCAE", "CTCAE grade"),
    "grade-basis": both("D'après", "By"),
    "frequency": both("Fréquence", "Frequency"),
    "expected": both("Attendu", "Expected"),
    "serious": both("Grave", "Serious"),
    "name": both("Nom", "Name"),
    "status": both("Nom lu", "Name read"),
    "substances": both("Substances", "Substances"),
    "cis": both("CIS", "CIS"),
    "atc": both("ATC", "ATC"),
    "form": both("Forme", "Form"),
    "route": both("Voie", "Route"),
    "dose": both("Dose", "Dose"),
    "dose-value": both("Quantité", "Amount"),
    "started": both("Commencé", "Started"),
    "stopped": both("Arrêté", "Stopped"),
    "action-taken": both("Conduite", "Action"),
    "dechallenge": both("À l'arrêt", "On stopping"),
    "rechallenge": both("À la reprise", "On taking it again"),
    "latency-days": both("Délai", "Delay"),
    "reactions": both("Réactions", "Reactions"),
    "age-years": both("Âge", "Age"),
    "sex": both("Sexe", "Sex"),
    "answer": both("Réponse", "Answer"),
    "points": both("Points", "Points"),
    "chronology": both("Chronologie", "Chronology"),
    "semiology": both("Sémiologie", "Semiology"),
    "intrinsic": both("Intrinsèque", "Intrinsic"),
    "literature": both("Bibliographie", "Literature"),
    "lowest": both("Au moins", "At least"),
    "highest": both("Au plus", "At most"),
    "total": both("Total", "Total"),
    "category": both("Classe", "Class"),
    "drug": both("Médicament", "Medicine"),
    "reaction": both("Réaction", "Reaction"),
}

CRITERIA = {
    "serious-death": both("Décès", "Death"),
    "serious-life-threatening": both("Mise en jeu du pronostic vital", "Life-threatening"),
    "serious-hospitalisation": both("Hospitalisation ou prolongation", "Hospitalisation or prolongation"),
    "serious-disability": both("Incapacité ou invalidité", "Disability or incapacity"),
    "serious-congenital-anomaly": both("Anomalie congénitale", "Congenital anomaly"),
    "serious-other": both("Autre situation médicalement importante", "Other medically important condition"),
}

BEGAUD = {
    "delay": both("Délai d'apparition", "Time to onset"),
    "evolution": both("Évolution à l'arrêt", "Course after stopping"),
    "rechallenge": both("Réadministration", "Rechallenge"),
    "semiology": both("Sémiologie évocatrice ou facteur favorisant", "Evocative signs or favouring factor"),
    "other-cause": both("Autre explication", "Other explanation"),
    "test": both("Examen spécifique", "Specific test"),
}

LEVELS = {
    "suggestive": both("suggestif", "suggestive"),
    "compatible": both("compatible", "compatible"),
    "incompatible": both("incompatible", "incompatible"),
    "inconclusive": both("non concluante", "inconclusive"),
    "against": both("non suggestive", "not suggestive"),
    "positive": both("positif", "positive"),
    "negative": both("négatif", "negative"),
    "none": both("non fait", "not done"),
    "yes": both("oui", "yes"),
    "no": both("non", "no"),
    "absent": both("écartée", "excluded"),
    "possible": both("possible", "possible"),
    "unknown": both("non dit", "not stated"),
}

CATEGORIES = {
    "definite": both("certaine", "definite"),
    "probable": both("probable", "probable"),
    "possible": both("possible", "possible"),
    "doubtful": both("douteuse", "doubtful"),
}

INTRINSIC = (
    both("paraissant exclu", "apparently excluded"),
    both("douteux", "doubtful"),
    both("peu plausible", "hardly plausible"),
    both("plausible", "plausible"),
    both("assez vraisemblable", "fairly likely"),
    both("vraisemblable", "likely"),
    both("très vraisemblable", "very likely"),
)

SILENCE = {
    "another-case": both(
        "Rien n'est proposé : ce dossier n'est pas une déclaration.",
        "Nothing is proposed: this case is not a declaration.",
    ),
    "unreadable": both(
        "Rien n'est proposé : la déclaration est illisible ; il faut l'envoyer de nouveau.",
        "Nothing is proposed: the declaration cannot be read; it must be sent again.",
    ),
    "empty": both(
        "Rien n'est proposé : la déclaration est vide ; il faut décrire ce qui s'est passé.",
        "Nothing is proposed: the declaration is empty; what happened has to be described.",
    ),
    "too-short": both(
        "Rien n'est proposé : la déclaration tient en un mot ou deux ; il faut le médicament et la réaction.",
        "Nothing is proposed: the declaration is a word or two long; the medicine and the reaction are needed.",
    ),
    "out-of-range": both(
        "Rien n'est proposé : l'âge donné est impossible ; il faut le corriger.",
        "Nothing is proposed: the age given is impossible; it must be corrected.",
    ),
    "other-language": both(
        "Rien n'est proposé : le texte n'est ni en français ni en anglais ; une personne doit le lire.",
        "Nothing is proposed: the text is neither in French nor in English; a person has to read it.",
    ),
    "nothing-read": both(
        "Rien n'est proposé : ni médicament ni réaction n'ont été reconnus ; une personne doit lire ce texte.",
        "Nothing is proposed: neither a medicine nor a reaction was recognised; a person has to read this text.",
    ),
}

WOULD_CHANGE = (
    both("La réponse à la première question posée.", "The answer to the first question asked."),
    both(
        "Un autre médicament pris au même moment, ou une autre explication de la réaction.",
        "Another medicine taken at the same time, or another explanation of the reaction.",
    ),
)
