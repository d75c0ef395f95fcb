"""The fixed parts of a proposal on an infection, and the sentences for staying silent."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cognoscope.core.case import Case
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Proposal

USEFUL_DAYS = 3
TITLE = Sentence(fr="Options d'antibiothérapie", en="Antibiotic options")
SILENCE = {
    "another-case": Sentence(
        fr="Aucune option proposée : ce dossier n'est pas une infection à traiter.",
        en="No option is proposed: this case is not an infection to treat.",
    ),
    "unreadable": Sentence(
        fr="Aucune option proposée : les données du dossier sont illisibles ; il faut les envoyer de nouveau.",
        en="No option is proposed: the data of the case cannot be read; they must be sent again.",
    ),
    "no-rule": Sentence(
        fr="Pas de règle pour cette situation : avis infectiologue.",
        en="There is no rule for this situation: ask an infectious-disease doctor.",
    ),
    "eucast-missing": Sentence(
        fr="Aucune option proposée : les tables EUCAST ne sont pas chargées (terminology load eucast DOSSIER).",
        en="No option is proposed: EUCAST's tables are not loaded (terminology load eucast FOLDER).",
    ),
    "child": Sentence(
        fr="Aucune option proposée : les règles ne concernent que l'adulte ; avis pédiatrique.",
        en="No option is proposed: the rules are about adults only; ask a paediatrician.",
    ),
    "out-of-range": Sentence(
        fr="Aucune option proposée : l'âge, le poids ou la fonction rénale est impossible ; il faut le corriger.",
        en="No option is proposed: age, weight or renal function is impossible; it must be corrected.",
    ),
    "contradictory": Sentence(
        fr="Aucune option proposée : le dossier se contredit (grossesse ou allaitement chez un homme, ou à cet âge).",
        en="No option is proposed: the case contradicts itself (a man or a person of this age said to expect a child).",
    ),
}


@dataclass(frozen=True)
class Frame:
    """The fixed parts."""

    application: str
    version: str
    model_digest: str
    case: Case

    def propose(self, **said: Any) -> Proposal:
        """A proposal with a value."""
        return self._proposal(**said)

    def abstain(self, code: str) -> Proposal:
        """A proposal without a value, and why."""
        return self._proposal(abstention=Abstention(code=code, sentence=SILENCE[code]))

    def _proposal(self, **said: Any) -> Proposal:
        return Proposal(
            application=self.application,
            version=self.version,
            model_digest=self.model_digest,
            case_digest=self.case.digest,
            subject=self.case.subject,
            as_of=self.case.as_of,
            useful_until=self.case.as_of + timedelta(days=USEFUL_DAYS),
            question="antibiotic-options",
            title=TITLE,
            **said,
        )
