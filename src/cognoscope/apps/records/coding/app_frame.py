"""What both proposals on a stay have in common, and the sentences for staying silent."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cognoscope.apps.records.coding.knowledge import bare
from cognoscope.apps.records.coding.ranking import usual_label
from cognoscope.apps.records.coding.stay import Stay
from cognoscope.core.case import Case
from cognoscope.core.evidence import FactPointer, Pointer, RowsPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.core.values import TextValue

USEFUL_DAYS = 90
QUESTIONS = ("codes", "coherence")
TITLES = {
    "codes": Sentence(fr="Codes du séjour d'après ses comptes rendus", en="Codes of the stay from its reports"),
    "coherence": Sentence(fr="Cohérence du codage du séjour", en="Coherence of the stay's coding"),
}
SILENCE = {
    "another-case": Sentence(
        fr="Aucun codage proposé : ce dossier n'est pas un séjour.",
        en="No coding is proposed: this case is not a hospital stay.",
    ),
    "unreadable": Sentence(
        fr="Aucun codage proposé : les données du séjour sont illisibles ; il faut les envoyer de nouveau.",
        en="No coding is proposed: the data of the stay cannot be read; they must be sent again.",
    ),
    "out-of-range": Sentence(
        fr="Aucun codage proposé : l'âge du patient est impossible ; il faut le corriger à la source.",
        en="No coding is proposed: the patient's age is impossible; it must be corrected at its source.",
    ),
    "empty": Sentence(
        fr="Aucun codage proposé : le séjour n'a ni compte rendu, ni code, ni traitement, ni résultat, ni acte.",
        en="No coding is proposed: the stay has no report, code, drug, result or act.",
    ),
    "too-short": Sentence(
        fr="Aucun codage proposé : le compte rendu tient en quelques mots et rien d'autre n'est connu du séjour.",
        en="No coding is proposed: the report is a few words long and nothing else is known of the stay.",
    ),
    "no-report": Sentence(
        fr="Aucun code proposé : le séjour n'a pas encore de compte rendu lisible.",
        en="No code is proposed: the stay has no readable report yet.",
    ),
    "nothing-said": Sentence(
        fr="Aucun code proposé : les comptes rendus ne disent aucun diagnostic ni acte reconnu.",
        en="No code is proposed: the reports say no diagnosis or act that is recognised.",
    ),
    "not-coded": Sentence(
        fr="Cohérence non vérifiée : le séjour ne porte encore aucun code de diagnostic.",
        en="Coherence was not checked: the stay carries no diagnosis code yet.",
    ),
    "nothing-else": Sentence(
        fr="Cohérence non vérifiée : rien d'autre que les codes n'est connu de ce séjour.",
        en="Coherence was not checked: nothing but its codes is known of this stay.",
    ),
}


@dataclass(frozen=True)
class Frame:
    """The fixed parts of the proposals on one case."""

    application: str
    version: str
    model_digest: str
    case: Case

    def propose(
        self,
        question: str,
        value: TextValue,
        headline: Headline,
        evidence: tuple[Pointer, ...],
        would_change: tuple[Sentence, ...],
    ) -> Proposal:
        """A proposal with a value."""
        said: dict[str, Any] = {"headline": headline, "evidence": evidence, "would_change": would_change}
        return self._proposal(question, value=value, **said)

    def abstain(self, question: str, code: str) -> Proposal:
        """A proposal without a value, and why."""
        return self._proposal(question, abstention=Abstention(code=code, sentence=SILENCE[code]))

    def _proposal(self, question: str, **said: Any) -> Proposal:
        return Proposal(
            application=self.application,
            version=self.version,
            model_digest=self.model_digest,
            case_digest=self.case.digest,
            subject=self.case.subject,
            as_of=self.case.as_of,
            useful_until=self.case.as_of + timedelta(days=USEFUL_DAYS),
            question=question,
            title=TITLES[question],
            **said,
        )


def element_key(kind: str, code: str) -> str:
    """The key of a finding: `dp-E11.9`, with what a key cannot hold left out of the code."""
    return f"{kind}-{''.join(sign for sign in code if sign.isascii() and (sign.isalnum() or sign in '.-'))}"[:80]


def label_of(code: str, stay: Stay) -> Sentence:
    """A code's name in both languages; a code known only to the French nomenclature keeps its French name."""
    if (usual := usual_label(code)) is not None:
        return usual
    known = stay.known.get(bare(code))
    if known is not None and known.label and known.label != code:
        return Sentence(fr=known.label, en=f"{known.label} (French label)")
    return Sentence(fr=f"Code {code}", en=f"Code {code}")


def everything(case: Case) -> tuple[Pointer, ...]:
    """Pointers at each table that was looked at, for a check that found nothing."""
    tables = ("diagnosis", "drug", "biology", "act", "note")
    cited: list[Pointer] = [
        RowsPointer(table=name, start=0, stop=table.rows)
        for name in tables
        if (table := case.table(name)) is not None and table.rows
    ]
    return tuple(cited) or (FactPointer(fact="age_years"),)
