"""What was read, as the findings that `contract` describes."""

from cognoscope.apps.pharmacy.reactions.contract import GROUPS
from cognoscope.apps.pharmacy.reactions.findings_causality import causality
from cognoscope.apps.pharmacy.reactions.happened import french_name
from cognoscope.apps.pharmacy.reactions.lexicon import known
from cognoscope.apps.pharmacy.reactions.model import Read
from cognoscope.apps.pharmacy.reactions.reading import Aside, Criterion, Drug, Note, Reaction, Span
from cognoscope.apps.pharmacy.reactions.words import ATTRIBUTES, CRITERIA
from cognoscope.core.case import Cell
from cognoscope.core.evidence import FactPointer, Pointer, RowsPointer, SpanPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.values import Attribute, Finding, TextValue

SHOWN = 6
"""Places cited under one finding."""
ROLES = {"suspect": "suspect-drug", "interacting": "interacting-drug", "concomitant": "concomitant-drug"}
STATED = 0.9
ASKED = 5
"""Questions of one proposal: of more, none would be answered."""


def value_of(read: Read) -> TextValue:
    """The findings of a declaration, in the order of the page."""
    findings = [
        *(_reaction(each, read.note) for each in read.reactions),
        *(_drug(each, read.note) for each in read.drugs),
        *(_criterion(each, read) for each in read.criteria),
        *_person(read),
        *(_aside(each, read.note) for each in read.asides),
        *causality(read),
        *_asked(read),
    ]
    return TextValue(groups=GROUPS, findings=tuple(findings))


def spans(found: list[Span] | tuple[Span, ...]) -> tuple[Pointer, ...]:
    """Pointers at places of the text."""
    return tuple(SpanPointer(row=0, start=start, stop=stop) for start, stop in dict.fromkeys(found[:SHOWN]))


def attributes(said: dict[str, Cell], units: dict[str, str] | None = None) -> tuple[Attribute, ...]:
    """Attributes by name; what is not stated is left out."""
    return tuple(
        Attribute(name=name, label=ATTRIBUTES[name], value=cell, unit=(units or {}).get(name))
        for name, cell in said.items()
        if cell is not None and cell != ""
    )


def label_of(each: Reaction | Aside, note: Note) -> Sentence:
    """What a reaction is called: in French by our own name for it, in English by the terminology's; else its words."""
    code, row = each.code, each.row
    if not code:
        said = _words(each.spans[0], note)
        return Sentence(fr=f"« {said} »", en=f"“{said}”")
    own = known().get(code)
    name = str(note.term[row]["name"]) if row is not None else own.term if own else code
    french = own.french if own and note.facts.get("terminology_system") != "MedDRA" else french_name(code, name)
    return Sentence(fr=french or name, en=name)


def vocabulary(note: Note) -> str:
    """The terminology in force; without one, codes are CTCAE's as our lexicon holds them."""
    return str(note.facts.get("terminology_system") or "CTCAE")


def _reaction(each: Reaction, note: Note) -> Finding:
    row = note.term[each.row] if each.row is not None else {}
    own = not row or row["pt"] == each.code
    said: dict[str, Cell] = {
        "said": _words(each.spans[0], note),
        "term": row.get("name"),
        "level": None if own else row.get("level"),
        "pt": None if own else row.get("pt"),
        "soc": row.get("soc"),
        "onset": each.onset,
        "onset-words": _words(each.onset_span, note) if each.onset_span else None,
        "outcome": each.outcome,
        "grade": each.grade,
        "grade-basis": _words(each.grade_span, note) if each.grade_span else None,
        "frequency": each.frequency,
        "expected": "yes" if each.expected else None,
        "serious": each.serious,
    }
    more = [span for span in (each.onset_span, each.outcome_span, each.grade_span) if span]
    pointers = [*spans([*each.spans, *more])]
    if each.row is not None:
        pointers.append(RowsPointer(table="term", start=each.row, stop=each.row + 1))
    pointers += [RowsPointer(table="frequency", start=row, stop=row + 1) for row in each.frequency_rows[:3]]
    return Finding(
        key=each.key,
        label=label_of(each, note),
        group="reaction",
        code=each.code or None,
        vocabulary=vocabulary(note) if each.code else None,
        certainty=round(each.certainty, 3),
        attributes=attributes(said),
        evidence=tuple(dict.fromkeys(pointers)),
    )


def _drug(each: Drug, note: Note) -> Finding:
    several = each.status == "ambiguous"
    said: dict[str, Cell] = {
        "name": each.label,
        "said": each.said,
        "status": each.status,
        "substances": each.substances,
        "cis": each.cis if not several else None,
        "atc": each.atc,
        "form": each.form if not several else None,
        "route": each.route,
        "dose": each.dose,
        "dose-value": each.dose_value,
        "started": each.started,
        "stopped": each.stopped,
        "action-taken": each.action,
        "dechallenge": each.dechallenge,
        "rechallenge": each.rechallenge,
        "latency-days": round(each.latency_days, 3) if each.latency_days is not None else None,
    }
    more = [span for span in (each.dose_span, each.started_span, each.action_span, each.rechallenge_span) if span]
    rows = [RowsPointer(table="medicine", start=row, stop=row + 1) for row in each.rows[:5]]
    codes = [code for code in each.atc.split("; ") if code]
    reason = None
    if several:
        names = ", ".join(str(note.medicine[row]["label"]) for row in each.rows[:5])
        reason = Sentence(fr=f"Peut être : {names}. À choisir.", en=f"May be: {names}. One has to be chosen.")
    return Finding(
        key=each.key,
        label=Sentence(fr=each.label, en=each.label),
        group=ROLES[each.role],
        code=codes[0] if len(codes) and not several else None,
        vocabulary="ATC" if codes and not several else None,
        certainty=round(each.certainty, 3),
        attributes=attributes(said, {"dose-value": each.dose_unit, "latency-days": "d"}),
        reason=reason,
        evidence=tuple(dict.fromkeys([*spans([*each.spans, *more]), *rows])),
    )


def _criterion(each: Criterion, read: Read) -> Finding:
    names = [label_of(one, read.note) for one in read.reactions if one.key in each.reactions]
    reason = None
    if names:
        fr, en = ", ".join(name.fr for name in names), ", ".join(name.en for name in names)
        reason = Sentence(fr=f"Pour : {fr}.", en=f"For: {en}.")
    return Finding(
        key=each.key,
        label=CRITERIA[each.key],
        group="seriousness",
        certainty=each.certainty,
        attributes=attributes({"reactions": " ".join(each.reactions)}),
        reason=reason,
        evidence=spans(each.spans),
    )


def _person(read: Read) -> list[Finding]:
    about, found = read.person, []
    if about.age_years is not None:
        years = f"{about.age_years:g}"
        label = Sentence(fr=f"{years.replace('.', ',')} ans", en=f"{years} years")
        said = attributes({"age-years": about.age_years}, {"age-years": "a"})
        cited = _cited(about.spans.get("age"), "age_years")
        found.append(
            Finding(key="patient-age", label=label, group="patient", attributes=said, evidence=cited, certainty=STATED)
        )
    if about.sex is not None:
        label = Sentence(fr="Femme", en="Female") if about.sex == "f" else Sentence(fr="Homme", en="Male")
        cited = _cited(about.spans.get("sex"), "sex")
        said = attributes({"sex": about.sex})
        found.append(
            Finding(key="patient-sex", label=label, group="patient", attributes=said, evidence=cited, certainty=STATED)
        )
    if about.pregnant:
        label = Sentence(fr="Grossesse", en="Pregnancy")
        cited = spans((about.spans["pregnancy"],))
        found.append(Finding(key="patient-pregnancy", label=label, group="patient", evidence=cited, certainty=STATED))
    return found


def _cited(span: Span | None, fact: str) -> tuple[Pointer, ...]:
    return spans((span,)) if span else (FactPointer(fact=fact),)


def _aside(each: Aside, note: Note) -> Finding:
    return Finding(
        key=each.key,
        label=label_of(each, note),
        group="set-aside",
        code=each.code or None,
        vocabulary=vocabulary(note) if each.code else None,
        qualifiers=each.qualifiers,
        attributes=attributes({"said": _words(each.spans[0], note)}),
        evidence=spans(each.spans),
    )


def _asked(read: Read) -> list[Finding]:
    found = [
        Finding(
            key=each.key,
            label=each.words,
            group="doubt",
            evidence=(*spans(each.spans), *(FactPointer(fact=fact) for fact in each.facts)),
        )
        for each in read.doubts
    ]
    return found + [
        Finding(key=each.key, label=each.words, group="missing", reason=each.why) for each in read.missing[:ASKED]
    ]


def _words(span: Span, note: Note) -> str:
    return " ".join(note.text[span[0] : span[1]].split())
