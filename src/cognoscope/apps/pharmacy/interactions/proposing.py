"""A checked prescription as a proposal: what to look at now, what is folded or kept silent, each with its reason."""

from collections.abc import Iterator
from functools import lru_cache

from cognoscope.apps.pharmacy.interactions.alerts import CONTRAINDICATED, FACTS, Cited, Words, element_key
from cognoscope.apps.pharmacy.interactions.check import Checked
from cognoscope.apps.pharmacy.interactions.criteria import OLDER_FROM
from cognoscope.apps.pharmacy.interactions.deciding import Decision, words_of
from cognoscope.apps.pharmacy.interactions.prescription import Drug, Prescription
from cognoscope.core.case import Case
from cognoscope.core.evidence import FactPointer, Pointer, RowsPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline
from cognoscope.core.values import Attribute, Finding, Group, TextValue

GROUPS = (
    Group(name="contraindicated", label=Sentence(fr="Contre-indications", en="Contraindications")),
    Group(name="alert", label=Sentence(fr="À voir maintenant", en="To look at now")),
    Group(name="question", label=Sentence(fr="Noms à préciser", en="Names to clarify")),
    Group(name="folded", label=Sentence(fr="À savoir, sans urgence", en="To know, without urgency")),
    Group(name="unchecked", label=Sentence(fr="N'a pas pu être vérifié", en="Could not be checked")),
    Group(name="suppressed", label=Sentence(fr="Non montré, et pourquoi", en="Not shown, and why")),
)
URGENCY = {
    "contraindicated": 0.95,
    "discouraged": 0.7,
    "precaution": 0.4,
    "to-review": 0.3,
    "take-into-account": 0.2,
    "to-consider": 0.1,
}
OPTIONS_SAID = 4
WOULD_CHANGE = (
    Sentence(
        fr="Un résultat récent de kaliémie, d'INR, de créatinine ou un ECG.",
        en="A recent potassium, INR, creatinine or ECG.",
    ),
    Sentence(fr="Une autre dose, une autre voie ou un autre médicament.", en="Another dose, route or drug."),
    Sentence(fr="Une édition plus récente du thésaurus de l'ANSM.", en="A newer edition of the ANSM thesaurus."),
)


def value_of(checked: Checked, case: Case) -> TextValue:
    """The findings of a checked prescription."""
    found: dict[str, Finding] = {}
    for finding in (*_alerts(checked, case), *_questions(checked.asked, case), *_unchecked(checked, case)):
        key = finding.key
        number = 2
        while finding.key in found:
            finding = finding.model_copy(update={"key": f"{key[:76]}-{number}"})
            number += 1
        found[finding.key] = finding
    return TextValue(groups=GROUPS, findings=tuple(found.values()))


def headline_of(checked: Checked, value: TextValue) -> Headline:
    """The one line of the inbox: the first contraindication, else the alert shown, else that there is none."""
    shown = [each for each in checked.shown if each.interrupts]
    decided = [each for each in checked.shown if not each.interrupts]
    questions = [finding for finding in value.findings if finding.group == "question"]
    if shown:
        first = shown[0]
        more = len(shown) - 1
        label = first.alert.label
        text = Sentence(
            fr=label[0] + (f" (et {more} autre{'s' if more > 1 else ''})" if more else "") + ".",
            en=label[1] + (f" (and {more} more)" if more else "") + ".",
        )
        return Headline(element=element_key(first.alert.key), text=text, urgency=URGENCY[first.alert.level])
    if questions:
        return Headline(element=questions[0].key, text=questions[0].label, urgency=0.35)
    if decided:
        alert = decided[0].alert
        text = Sentence(fr=f"Déjà décidé – {alert.label[0]}.", en=f"Already decided – {alert.label[1]}.")
        return Headline(element=element_key(alert.key), text=text, urgency=0.2)
    hidden = sum(each.fate != "shown" for each in checked.decisions)
    if hidden:
        text = Sentence(
            fr=f"Rien à voir maintenant ({hidden} à savoir).", en=f"Nothing to look at now ({hidden} to know)."
        )
    elif any(finding.group == "unchecked" for finding in value.findings):
        text = Sentence(
            fr="Rien à signaler dans ce qui a pu être vérifié.", en="Nothing to report in what could be checked."
        )
    else:
        text = Sentence(fr="Rien à signaler.", en="Nothing to report.")
    return Headline(text=text, urgency=0.0)


def evidence_of(value: TextValue, asked: Prescription, case: Case) -> tuple[Pointer, ...]:
    """Everything the findings cite, and every order, also where nothing is said of it."""
    cited = [pointer for finding in value.findings for pointer in finding.evidence]
    cited.append(RowsPointer(table="drug", start=0, stop=len(asked.drugs)))
    return tuple(dict.fromkeys(cited))


def _alerts(checked: Checked, case: Case) -> Iterator[Finding]:
    for decision in checked.decisions:
        alert = decision.alert
        why = words_of(decision)
        reason = _joined(alert.reason, why)
        yield Finding(
            key=element_key(alert.key),
            label=Sentence(fr=alert.label[0], en=alert.label[1]),
            group=_group(decision),
            vocabulary=_vocabulary(alert.kind, checked.asked),
            attributes=tuple(_attributes(decision, checked.asked)),
            reason=Sentence(fr=reason[0], en=reason[1]),
            evidence=_pointers((*alert.cited, *decision.cited), case),
        )


def _group(decision: Decision) -> str:
    if decision.fate != "shown":
        return decision.fate
    return "contraindicated" if decision.alert.level == CONTRAINDICATED else "alert"


def _vocabulary(kind: str, asked: Prescription) -> str:
    name = {"interaction": "ansm", "age": "stopp_start"}.get(kind)
    source = next((key for key in asked.editions if name is not None and key.startswith(name)), None)
    title = {"interaction": "ANSM", "age": "STOPP/START"}.get(kind, "Cognoscope")
    return f"{title} {asked.editions[source].split(' ')[0]}" if source else title


LABELS = {
    "level": Sentence(fr="Niveau", en="Level"),
    "rule": Sentence(fr="Règle", en="Rule"),
    "alert": Sentence(fr="Alerte", en="Alert"),
    "orders": Sentence(fr="Lignes", en="Lines"),
    "signature": Sentence(fr="Médicaments et doses", en="Drugs and doses"),
    "asks": Sentence(fr="À surveiller", en="To monitor"),
    "ward": Sentence(fr="Service", en="Ward"),
    "policy": Sentence(fr="Raison du repli", en="Reason for not showing"),
}


def _attributes(decision: Decision, asked: Prescription) -> Iterator[Attribute]:
    """What the policy, the habits of wards and the hooks read back of a finding."""
    alert = decision.alert
    said = {
        "level": alert.level,
        "rule": alert.rule,
        "alert": alert.key,
        "orders": " ".join(asked.drugs[place].key for place in alert.drugs),
        "signature": alert.signature,
        "asks": " ".join(alert.monitors),
        "ward": asked.ward,
        "policy": decision.reason,
    }
    for name, value in said.items():
        if value:
            yield Attribute(name=name, label=LABELS[name], value=value)


def _questions(asked: Prescription, case: Case) -> Iterator[Finding]:
    for place, drug in enumerate(asked.drugs):
        words = _asked(drug, place, asked)
        if words is None:
            continue
        label, reason = words
        options = tuple(("option", row) for row, option in enumerate(asked.options) if option.drug == place)
        yield Finding(
            key=element_key(f"name-{place}"),
            label=Sentence(fr=label[0], en=label[1]),
            group="question" if not drug.understood else "folded",
            reason=Sentence(fr=reason[0], en=reason[1]),
            evidence=_pointers((("drug", place), *options), case),
        )


def _asked(drug: Drug, place: int, asked: Prescription) -> tuple[Words, Words] | None:
    """What to say of a name that is not simply understood."""
    text = drug.text.strip()[:80] or "?"
    if drug.status == "withdrawn" and drug.understood:
        text = drug.name if drug.text == drug.label else text
        return (
            (f"{text} : plus commercialisé", f"{text}: no longer on the market"),
            (f"Vérifié comme {drug.name}.", f"Checked as {drug.name}."),
        )
    if drug.status == "corrected" and drug.understood:
        return (
            (f"{text} : compris comme {drug.name}", f"{text}: understood as {drug.name}"),
            ("À corriger si ce n'est pas ce médicament.", "To be corrected if it is not this drug."),
        )
    if drug.understood:
        return None
    options = [option.label for option in asked.options if option.drug == place]
    if options:
        named = " ; ".join(options[:OPTIONS_SAID]) + (" ; …" if len(options) > OPTIONS_SAID else "")
        return (
            (f"{text} : lequel ?", f"{text}: which one?"),
            (
                f"Plusieurs médicaments possibles : {named}. Rien n'a été vérifié pour cette ligne.",
                f"Several drugs are possible: {named}. Nothing was checked for this line.",
            ),
        )
    return (
        (f"{text} : non compris", f"{text}: not understood"),
        (
            "Ce nom n'est pas dans la base des médicaments : rien n'a été vérifié pour cette ligne.",
            "This name is not in the database of medicines: nothing was checked for this line.",
        ),
    )


MISSING_WORDS: dict[str, Words] = {
    "stopp-start": ("Sujet âgé : STOPP/START n'est pas chargé", "Older persons: STOPP/START is not loaded"),
}


def _unchecked(checked: Checked, case: Case) -> Iterator[Finding]:
    for one in checked.detected.unchecked:
        yield Finding(
            key=element_key(f"unchecked-{one.key}"),
            label=Sentence(fr=one.label[0], en=one.label[1]),
            group="unchecked",
            evidence=_pointers(one.cited or (("drug", 0),), case),
        )
    for name in checked.asked.missing:
        if name in MISSING_WORDS and (checked.asked.age or 0) >= OLDER_FROM:
            words = MISSING_WORDS[name]
            command = f"cognoscope terminology load {name}"
            yield Finding(
                key=f"unchecked-{name}",
                label=Sentence(fr=words[0], en=words[1]),
                group="unchecked",
                reason=Sentence(fr=f"À charger : {command}.", en=f"To load: {command}."),
                evidence=_pointers((("drug", 0),), case),
            )


def _joined(one: Words, other: Words) -> Words:
    return f"{one[0]} {other[0]}".strip(), f"{one[1]} {other[1]}".strip()


def _pointers(cited: tuple[Cited, ...], case: Case) -> tuple[Pointer, ...]:
    known = {fact.name for fact in case.facts}
    return tuple(
        _row(table, place) if table else FactPointer(fact=FACTS[place])
        for table, place in dict.fromkeys(cited)
        if table or FACTS[place] in known
    )


@lru_cache(maxsize=4096)
def _row(table: str, place: int) -> RowsPointer:
    return RowsPointer(table=table, start=place, stop=place + 1)
