"""The few words of our own on a card, in both languages; everything else comes from the application."""

_WORDS = {
    "mechanism": ("Mécanisme.", "Mechanism."),
    "conduct": ("Que faire.", "What to do."),
    "others": ("Aussi trouvé :", "Also found:"),
    "unchecked": ("Non vérifié :", "Not checked:"),
    "unknown": ("Non transmis, donc non pris en compte :", "Not sent, hence not taken into account:"),
    "taken": ("J'en tiens compte", "I take it into account"),
    "open": ("Voir dans Cognoscope", "See in Cognoscope"),
    "contraindicated": ("Contre-indication", "Contraindication"),
    "discouraged": ("Association déconseillée", "Not recommended together"),
    "precaution": ("Précaution d'emploi", "Precaution"),
    "to-review": ("À réévaluer", "To be reviewed"),
    "take-into-account": ("À prendre en compte", "To be taken into account"),
    "to-consider": ("À envisager", "To be considered"),
    "patient": ("l'âge et le sexe", "age and sex"),
    "medications": ("les traitements en cours", "present treatments"),
    "allergies": ("les allergies", "allergies"),
    "conditions": ("les antécédents", "antecedents"),
    "observations": ("la biologie", "laboratory results"),
}


def said(key: str, language: str) -> str:
    """The words for a key; the key itself where there are none."""
    french, english = _WORDS.get(key, (key, key))
    return english if language == "en" else french
