"""The question `codes`: principal and associated diagnoses and acts that the reports speak for."""

from cognoscope.apps.records.coding.app_frame import Frame, element_key, label_of
from cognoscope.apps.records.coding.candidates import Candidate
from cognoscope.apps.records.coding.knowledge import bare
from cognoscope.apps.records.coding.model import propose_acts, propose_codes
from cognoscope.apps.records.coding.ranking import Ranked
from cognoscope.apps.records.coding.stay import Stay
from cognoscope.core.evidence import Pointer, SpanPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.core.values import Attribute, Finding, Group, TextValue

GROUPS = (
    Group(name="principal-diagnosis", label=Sentence(fr="Diagnostic principal", en="Principal diagnosis")),
    Group(name="associated-diagnosis", label=Sentence(fr="Diagnostics associés", en="Associated diagnoses")),
    Group(name="act", label=Sentence(fr="Actes", en="Acts")),
)
SPANS_SHOWN = 6
WOULD_CHANGE = (
    Sentence(
        fr="Un compte rendu plus complet, ou qui nie ce qui est proposé ici.",
        en="A fuller report, or one that negates what is proposed here.",
    ),
    Sentence(
        fr="La règle de choix du diagnostic principal appliquée par le codeur.",
        en="The rule by which the coder chooses the principal diagnosis.",
    ),
)


def codes(frame: Frame, stay: Stay) -> Proposal:
    """The proposal, or why there is none."""
    if not any(note.strip() for note in stay.notes):
        return frame.abstain("codes", "no-report")
    ranked, acts = propose_codes(stay), propose_acts(stay)
    if not ranked and not acts:
        return frame.abstain("codes", "nothing-said")
    findings = [_diagnosis(each, place, stay) for place, each in enumerate(ranked)]
    findings += [_act(each, stay) for each in acts]
    unique = tuple({finding.key: finding for finding in findings}.values())
    first = unique[0]
    others = len(ranked) - 1
    fr = f"DP {first.code} {first.label.fr}" if ranked else f"Aucun diagnostic ; {first.code} {first.label.fr}"
    en = f"Principal {first.code} {first.label.en}" if ranked else f"No diagnosis; {first.code} {first.label.en}"
    text = Sentence(
        fr=f"{fr} ; diagnostics associés : {max(others, 0)}, actes : {len(acts)}.",
        en=f"{en}; associated diagnoses: {max(others, 0)}, acts: {len(acts)}.",
    )
    evidence = tuple(dict.fromkeys(pointer for finding in unique for pointer in finding.evidence))
    headline = Headline(element=first.key, text=text)
    return frame.propose("codes", TextValue(groups=GROUPS, findings=unique), headline, evidence, WOULD_CHANGE)


def spans(candidate: Candidate) -> tuple[Pointer, ...]:
    """The words themselves, then the first whole sentence that holds them."""
    first, note = candidate.spans[0], Sentence(fr="phrase", en="sentence")
    shown: list[Pointer] = [
        SpanPointer(row=span.note, start=span.start, stop=span.stop) for span in candidate.spans[:SPANS_SHOWN]
    ]
    shown.append(SpanPointer(row=first.note, start=first.sentence[0], stop=first.sentence[1], note=note))
    return tuple(shown)


def _diagnosis(ranked: Ranked, place: int, stay: Stay) -> Finding:
    code = ranked.candidate.code
    kind, group = ("dp", "principal-diagnosis") if place == 0 else ("das", "associated-diagnosis")
    why = sorted((part for part in ranked.parts if part[1]), key=lambda part: -part[1])
    score = Attribute(name="score", label=Sentence(fr="Score de rang", en="Ranking score"), value=ranked.score)
    parts = [
        Attribute(name=f"score-{number}", label=label, value=amount) for number, (label, amount) in enumerate(why, 1)
    ]
    return Finding(
        key=element_key(kind, code),
        label=label_of(code, stay),
        group=group,
        code=code,
        vocabulary="CIM-10",
        qualifiers=("coded",) if _carried(code, stay) else (),
        attributes=(score, *parts),
        reason=_reason(ranked),
        evidence=spans(ranked.candidate),
    )


def _reason(ranked: Ranked) -> Sentence:
    said = [label for label, amount in ranked.parts if amount]
    said = said or [Sentence(fr="Dit dans le compte rendu", en="Said in the report")]
    return Sentence(fr=" ; ".join(each.fr for each in said) + ".", en="; ".join(each.en for each in said) + ".")


def _act(candidate: Candidate, stay: Stay) -> Finding:
    carried = any(act.code == bare(candidate.code) for act in stay.acts)
    return Finding(
        key=element_key("act", candidate.code),
        label=label_of(candidate.code, stay),
        group="act",
        code=candidate.code,
        vocabulary="CCAM",
        qualifiers=("coded",) if carried else (),
        evidence=spans(candidate),
    )


def _carried(code: str, stay: Stay) -> bool:
    return any(bare(coded.code) == bare(code) for coded in stay.coded)
