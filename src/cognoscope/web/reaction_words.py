"""Coded values of declared reactions in words: outcomes, actions, classes, answers."""

from cognoscope.web.i18n import N_

CODED = {
    "recovered": N_("guéri"),
    "recovering": N_("en cours de guérison"),
    "not-recovered": N_("non guéri"),
    "sequelae": N_("guéri avec séquelles"),
    "fatal": N_("mortel"),
    "withdrawn": N_("arrêté"),
    "reduced": N_("dose diminuée"),
    "increased": N_("dose augmentée"),
    "unchanged": N_("inchangé"),
    "positive": N_("positif"),
    "negative": N_("négatif"),
    "exact": N_("exact"),
    "corrected": N_("corrigé, à confirmer"),
    "ambiguous": N_("ambigu, à choisir"),
    "unknown": N_("non reconnu"),
    "very-common": N_("très fréquent (au moins 1 sur 10)"),
    "common": N_("fréquent (au moins 1 sur 100)"),
    "uncommon": N_("peu fréquent (au moins 1 sur 1 000)"),
    "rare": N_("rare (au moins 1 sur 10 000)"),
    "very-rare": N_("très rare"),
    "suggestive": N_("suggestif"),
    "compatible": N_("compatible"),
    "incompatible": N_("incompatible"),
    "inconclusive": N_("non concluant"),
    "against": N_("non suggestif"),
    "absent": N_("écartée"),
    "possible": N_("possible"),
    "probable": N_("probable"),
    "definite": N_("certaine"),
    "doubtful": N_("douteuse"),
    "yes": N_("oui"),
    "no": N_("non"),
}
"""A value that is not here is shown as it stands."""

KEYS = {"reactions", "drug", "reaction"}
"""Attributes that name other findings by their keys, for programs; people read the words beside them."""
