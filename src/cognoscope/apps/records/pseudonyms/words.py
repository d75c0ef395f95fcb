"""What is said of held-back reports, in both languages."""

import hashlib
from collections.abc import Sequence

from cognoscope.apps.records.pseudonyms.model import LEVEL, Share
from cognoscope.core.evidence import RowsPointer
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline
from cognoscope.core.values import Attribute, Finding, Group, TextValue
from cognoscope.intake.deidentification.reasons import in_french

HELD = Group(name="held-back", label=Sentence(fr="Retenus, par raison", en="Held back, by reason"))

ABSTENTIONS = {
    "not-counts": Sentence(
        fr="Les nombres de comptes rendus manquent ou ne sont pas des nombres : rien ne peut être dit de la retenue.",
        en="The numbers of reports are missing or are no numbers: nothing can be said of what was held back.",
    ),
    "impossible": Sentence(
        fr="Les nombres de comptes rendus sont impossibles (négatifs ou démesurés) : vérifier l'entrepôt.",
        en="The numbers of reports are impossible (negative or enormous): check the warehouse.",
    ),
    "no-report": Sentence(
        fr="Aucun compte rendu n'est encore entré : il n'y a rien à juger.",
        en="No report has been taken in yet: there is nothing to judge.",
    ),
    "too-few": Sentence(
        fr="Moins de 20 comptes rendus sont entrés : la part retenue ne voudrait rien dire.",
        en="Fewer than 20 reports were taken in: the share held back would mean nothing.",
    ),
}


def headline(held: Share) -> Headline:
    """`12 comptes rendus retenus sur 3 400 (0,4 %)`, with the interval of the number."""
    low, high = (round(bound * held.total) for bound in held.interval)
    percent = f"{100 * held.value:.1f}"
    return Headline(
        text=Sentence(
            fr=f"{held.count} comptes rendus retenus sur {held.total} ({percent.replace('.', ',')} %)",
            en=f"{held.count} reports held back of {held.total} ({percent}%)",
        ),
        expected=float(held.count),
        interval=Interval(level=LEVEL, low=float(min(low, held.count)), high=float(max(high, held.count))),
        urgency=min(0.9, held.value * 5),
    )


def value_of(reasons: Sequence[str], counts: Sequence[int], total: int) -> TextValue:
    """One finding a reason; its key is made from the reason, so that it is the same in the next case."""
    findings = [
        Finding(
            key=f"reason-{hashlib.sha256(reason.encode()).hexdigest()[:12]}",
            label=Sentence(fr=in_french(reason), en=reason),
            group=HELD.name,
            attributes=(
                Attribute(name="reports", label=Sentence(fr="comptes rendus", en="reports"), value=count),
                Attribute(
                    name="share", label=Sentence(fr="part", en="share"), value=round(100 * count / total, 2), unit="%"
                ),
            ),
            evidence=(RowsPointer(table="held_back", start=row, stop=row + 1),),
        )
        for row, (reason, count) in enumerate(zip(reasons, counts, strict=True))
    ]
    return TextValue(groups=(HELD,), findings=tuple(findings))


def would_change() -> tuple[Sentence, ...]:
    """What would change the answer."""
    return (
        Sentence(
            fr="Reprendre les comptes rendus une fois la source corrigée, ou l'identité du patient connue du coffre : "
            "ce qui devient sûr n'est plus retenu.",
            en="Taking the reports in again once the source is mended, or the patient's identity is in the vault: what "
            "becomes safe is no longer held back.",
        ),
    )
