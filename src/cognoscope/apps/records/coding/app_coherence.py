"""The question `coherence`: codes that look missing and codes that look wrong, each with its reasons."""

from cognoscope.apps.records.coding.app_codes import spans
from cognoscope.apps.records.coding.app_frame import Frame, element_key, everything, label_of
from cognoscope.apps.records.coding.association import Support
from cognoscope.apps.records.coding.biology import analytes
from cognoscope.apps.records.coding.model import Judged, incoherence, judge
from cognoscope.apps.records.coding.stay import Pair, Stay
from cognoscope.apps.records.coding.tokens import Held
from cognoscope.core.case import Case
from cognoscope.core.evidence import FactPointer, Pointer, RowsPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.core.values import Attribute, Finding, Group, TextValue

GROUPS = (
    Group(name="missing-code", label=Sentence(fr="Codes peut-être oubliés", en="Codes that may be missing")),
    Group(name="unlikely-code", label=Sentence(fr="Codes peu vraisemblables", en="Codes that look unlikely")),
)
SHOWN_FROM = 0.2
RULE_SHOWN_FROM = 1.2
ROWS_SHOWN = 5
PAIRS_SHOWN = 3
SPEAKS_FROM = 0.5
WOULD_CHANGE = (
    Sentence(
        fr="Un traitement, un résultat ou un compte rendu arrivé depuis.",
        en="A drug, a result or a report that came in since.",
    ),
    Sentence(
        fr="Une autre raison du traitement ou du résultat, connue du clinicien.",
        en="Another reason for the drug or the result, known to the clinician.",
    ),
)


def coherence(frame: Frame, stay: Stay) -> Proposal:
    """The proposal, or why there is none."""
    if not stay.coded:
        return frame.abstain("coherence", "not-coded")
    if not any((stay.notes, stay.drugs, stay.acts, stay.results)):
        return frame.abstain("coherence", "nothing-else")
    judged = judge(stay)
    shown = sorted((each for each in judged if _worth_showing(each)), key=lambda each: -each.log_odds)
    findings = tuple({one.key: one for one in (_finding(each, stay, frame.case) for each in shown)}.values())
    score = round(incoherence(judged), 4)
    missing = sum(finding.group == "missing-code" for finding in findings)
    unlikely = len(findings) - missing
    text = Sentence(
        fr=f"Incohérence {100 * score:.0f} % ; codes peut-être oubliés : {missing}, peu vraisemblables : {unlikely}.",
        en=f"Incoherence {score:.0%}; codes that may be missing: {missing}, that look unlikely: {unlikely}.",
    )
    headline = Headline(element=findings[0].key if findings else None, text=text, expected=score, urgency=score)
    evidence = tuple(dict.fromkeys(pointer for finding in findings for pointer in finding.evidence))
    value = TextValue(groups=GROUPS, findings=findings)
    return frame.propose("coherence", value, headline, evidence or everything(frame.case), WOULD_CHANGE)


def _worth_showing(judged: Judged) -> bool:
    """Likely enough, or a rule that weighs something: a coder wants to see a rule that fired."""
    return judged.probability >= SHOWN_FROM or judged.features["rule"] >= RULE_SHOWN_FROM


def _finding(judged: Judged, stay: Stay, case: Case) -> Finding:
    pointers = [pointer for rule in judged.fired for held in rule.held for pointer in _pointers(held, case)]
    if judged.kind == "missing" and judged.said:
        pointers += spans(judged.said)
    for coded in judged.coded:
        pointers.append(RowsPointer(table="diagnosis", start=coded.row, stop=coded.row + 1))
    if judged.support:
        note = Sentence(fr="autres séjours de l'hôpital", en="other stays of the hospital")
        for pair in _speaking(judged.kind, judged.support)[:PAIRS_SHOWN]:
            pointers.append(RowsPointer(table="association", start=pair.row, stop=pair.row + 1, note=note))
    probability = round(judged.probability, 4)
    return Finding(
        key=element_key(judged.kind, judged.code),
        label=label_of(judged.code, stay),
        group=f"{judged.kind}-code",
        code=judged.code,
        vocabulary="CIM-10",
        certainty=probability,
        attributes=_attributes(judged),
        reason=_reason(judged, stay),
        evidence=tuple(dict.fromkeys(pointers)),
    )


def _attributes(judged: Judged) -> tuple[Attribute, ...]:
    odds = Sentence(fr="Logarithme de la cote", en="Log-odds")
    return (Attribute(name="log-odds", label=odds, value=round(judged.log_odds, 3)),)


def _reason(judged: Judged, stay: Stay) -> Sentence:
    said = [rule.reason for rule in judged.fired]
    if judged.kind == "missing" and judged.said:
        said.append(Sentence(fr="Les comptes rendus le disent.", en="The reports say so."))
    elif judged.kind == "unlikely" and judged.features["unsupported"]:
        said.append(Sentence(fr="Aucun compte rendu n'en parle.", en="No report mentions it."))
    if judged.support:
        said += _habits(judged.kind, judged.support)
    if not said:
        said.append(
            Sentence(fr="Peu d'éléments du séjour le soutiennent.", en="Little in the stay speaks for it.")
            if judged.kind == "unlikely"
            else Sentence(fr="Des éléments du séjour le suggèrent.", en="Things in the stay suggest it.")
        )
    return Sentence(fr=" ".join(each.fr for each in said), en=" ".join(each.en for each in said))


def _habits(kind: str, support: Support) -> list[Sentence]:
    """The strongest count that speaks in the direction of the finding, in words."""
    for pair in _speaking(kind, support)[:1]:
        what = _token(pair.token)
        share = f"{pair.with_both} / {pair.with_code}"
        return [
            Sentence(
                fr=f"Dans les autres séjours qui portent ce code, {what.fr} : {share}.",
                en=f"In the other stays with this code, {what.en}: {share}.",
            )
        ]
    return []


def _speaking(kind: str, support: Support) -> list[Pair]:
    """The counts that speak in the direction of the finding, the strongest first."""
    sign = 1 if kind == "missing" else -1
    return [pair for pair, amount in support.parts if amount * sign > SPEAKS_FROM]


def _token(token: str) -> Sentence:
    kind, _, value = token.partition(":")
    if kind == "bio":
        label, _, side = value.partition(":")
        analyte = analytes()[label]
        high = side == "high"
        return Sentence(fr=f"{analyte.fr} {'haut' if high else 'bas'}", en=f"{'high' if high else 'low'} {analyte.en}")
    fr = {"drug": "médicament", "act": "acte", "word": "mot du compte rendu pour", "sex": "sexe", "age": "âge"}
    en = {"drug": "drug", "act": "act", "word": "word of the report for", "sex": "sex", "age": "age"}
    return Sentence(fr=f"{fr[kind]} {value}", en=f"{en[kind]} {value}")


def _pointers(held: Held, case: Case) -> list[Pointer]:
    if held.candidate is not None:
        return list(spans(held.candidate))
    if held.rows:
        return [RowsPointer(table=held.table, start=row, stop=row + 1) for row in held.rows[:ROWS_SHOWN]]
    if held.table in ("age_years", "sex"):
        return [FactPointer(fact=held.table)]
    table = case.table(held.table)
    return [RowsPointer(table=held.table, start=0, stop=table.rows)] if table is not None and table.rows else []
