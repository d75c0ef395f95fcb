"""The few sentences that every object carries, in both languages."""

from cognoscope.core.noun import Sentence

PRELIMINARY = Sentence(fr="Proposition préliminaire, non relue", en="Preliminary proposal, not reviewed")
REVIEWED = Sentence(fr="Proposition relue", en="Reviewed proposal")
SET_ASIDE = Sentence(fr="Proposition écartée à la relecture", en="Proposal set aside on review")
ABSTAINED = Sentence(fr="Pas de proposition", en="No proposal")
INTERVAL = Sentence(fr="intervalle à {level} %", en="{level}% interval")
BOUNDS = Sentence(fr="Intervalle", en="Interval")
CORRECTION = Sentence(fr="Correction", en="Correction")
NOT_EXCLUDED = Sentence(fr="Ne peut pas être exclu", en="Cannot be excluded")
CORRECTED = Sentence(fr="Corrigé à la relecture ; proposé : {amount}", en="Corrected on review; proposed: {amount}")
SUMMARY = Sentence(fr="Résumé", en="Summary")
STATUS = Sentence(fr="État de la proposition", en="State of the proposal")
BY = Sentence(fr="Relu par :", en="Reviewed by:")
REASON = Sentence(fr="Raison :", en="Reason:")
EXAMINATION = Sentence(fr="Examen :", en="Examination:")
LIMITS = Sentence(fr="Limites", en="Limits")
MORE = Sentence(
    fr="{count} autres mesures dans le compte rendu structuré.", en="{count} more in the structured report."
)
CAUTION = Sentence(
    fr="Aide à la lecture. Ne remplace pas la lecture de l'examen par un médecin et ne déclenche aucune action.",
    en="An aid to reading. It does not replace the reading of the examination by a physician and triggers no action.",
)
