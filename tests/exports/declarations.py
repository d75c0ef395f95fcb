"""A declaration as `pharmacy.reactions` proposes on it, written by hand: what exporters are tested with."""

from datetime import UTC, datetime
from typing import Any

from cognoscope.apps.pharmacy.reactions.contract import GROUPS, KIND, QUESTION
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.evidence import SpanPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.core.values import Attribute, Finding, TextValue

AS_OF = datetime(2026, 11, 21, 9, tzinfo=UTC)
TEXT = "J'ai pris Médoxane deux jours et j'ai eu des plaques rouges, puis on m'a hospitalisé. C'est fini."


def finding(key: str, group: str, label: str, code: str | None = None, **attributes: Any) -> Finding:
    """A finding with these attributes; `_` in a name stands for `-`."""
    return Finding(
        key=key,
        group=group,
        label=Sentence(fr=label, en=label),
        code=code,
        vocabulary=None if code is None else ("ATC" if "drug" in group else "CTCAE"),
        attributes=tuple(
            Attribute(name=name.replace("_", "-"), label=Sentence(fr=name, en=name), value=value)
            for name, value in attributes.items()
        ),
    )


def findings() -> tuple[Finding, ...]:
    """A whole declaration: two reactions, three drugs, one criterion of seriousness, both scores."""
    return (
        finding("reaction-1", "reaction", "Urticaire", "10046735", said="plaques rouges", onset="2026-11-10",
                outcome="recovered", grade=2),
        finding("reaction-2", "reaction", "Fatigue", "10016256", said="fatigue & vertiges <légers>"),
        finding("drug-1", "suspect-drug", "Médoxane", "J01CA04", said="Médoxane", substances="amoxicilline; acide",
                dose="1 g matin et soir", started="2026-11-08", stopped="2026-11-10", action_taken="withdrawn",
                rechallenge="negative", latency_days=2, indication="mal de gorge"),
        finding("drug-2", "concomitant-drug", "Autrane", None, said="Autrane"),
        finding("drug-3", "interacting-drug", "Tierzane", "B01AA03"),
        finding("serious-hospitalisation", "seriousness", "Hospitalisation", None, reactions="reaction-1"),
        finding("patient-age", "patient", "54 ans", None, age_years=54),
        finding("patient-sex", "patient", "Femme", None, sex="f"),
        finding("begaud-score", "french-method", "I2", None, chronology="C2", semiology="S1", intrinsic="I2",
                literature="B3", drug="drug-1", reaction="reaction-1"),
        finding("naranjo-score", "naranjo", "Possible", None, total=4, category="possible", drug="drug-1",
                reaction="reaction-1"),
    )  # fmt: skip


def case() -> Case:
    """The case it was made on."""
    column = Column(name="note_text", type="text", values=(TEXT,))
    facts = {
        "received_on": "2026-11-20",
        "language": "fr",
        "reporter": "patient",
        "terminology_system": "CTCAE",
        "terminology_edition": "5.0",
    }
    return Case(
        kind=KIND,
        subject="report:abc123",
        as_of=AS_OF,
        facts=tuple(Fact(name=name, value=value) for name, value in facts.items()),
        tables=(Table(name="note", columns=(column,)),),
    )


def declaration(*given: Finding) -> Proposal:
    """A proposal of these findings, or of all of `findings()`."""
    about = case()
    return Proposal(
        application="pharmacy.reactions",
        version="1.0.0",
        model_digest="a" * 64,
        case_digest=about.digest,
        subject=about.subject,
        as_of=AS_OF,
        useful_until=datetime(2026, 12, 21, tzinfo=UTC),
        question=QUESTION,
        title=Sentence(fr="Déclaration", en="Declaration"),
        headline=Headline(text=Sentence(fr="Urticaire", en="Urticaria")),
        value=TextValue(groups=GROUPS, findings=given or findings()),
        evidence=(SpanPointer(row=0, start=0, stop=9),),
    )
