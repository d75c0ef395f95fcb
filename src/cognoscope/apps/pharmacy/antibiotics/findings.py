"""The decision as findings: options, what is missing, what was set aside, and the rules that led there."""

from collections.abc import Iterable

from cognoscope.apps.pharmacy.antibiotics.asking import Missing
from cognoscope.apps.pharmacy.antibiotics.model import Decision, Option
from cognoscope.apps.pharmacy.antibiotics.question import Question
from cognoscope.apps.pharmacy.antibiotics.words import name, whole
from cognoscope.core.evidence import FactPointer, Pointer, RowsPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.values import Attribute, Finding, Group

GROUPS = (
    Group(name="option", label=Sentence(fr="Options, dans l'ordre", en="Options, in order")),
    Group(name="missing", label=Sentence(fr="À préciser, le plus utile d'abord", en="To be told, most useful first")),
    Group(name="excluded", label=Sentence(fr="Écartées, et pourquoi", en="Set aside, and why")),
    Group(name="rule", label=Sentence(fr="Chaîne des règles", en="Chain of rules")),
)
COVERAGE = Sentence(fr="Couverture probable", en="Probable coverage")
SMALL = 0.005
KNOWN_FROM = 0.5
"""A probability is given where germs of at least this weight have something known about them."""


def option_finding(question: Question, option: Option, place: int) -> Finding:
    """One option, `place` counted from 1."""
    regimen = option.regimen
    attributes = [
        Attribute(
            name="aware",
            label=Sentence(fr="Classe AWaRe (OMS)", en="AWaRe class (WHO)"),
            value=_aware(question, option),
        ),
        Attribute(name="tested", label=Sentence(fr="Testé sous", en="Tested as"), value=tested_codes(question, option)),
        Attribute(
            name="rule", label=Sentence(fr="Règle", en="Rule"), value=f"{regimen.id} ({regimen.source}, {regimen.date})"
        ),
    ]
    cover = option.activity.covered
    if shown(option):
        low, high = (f"{100 * bound:.0f}" for bound in (cover.low, cover.high))
        attributes.insert(0, Attribute(name="coverage", label=COVERAGE, value=f"{low} – {high}", unit="%"))
    return Finding(
        key=f"option-{regimen.id}",
        label=whole(question, regimen),
        group="option",
        code=atc(question, option),
        vocabulary="ATC",
        certainty=round(cover.expected, 4) if shown(option) else None,
        attributes=tuple(attributes),
        reason=_join([_rank_words(option, place), activity_words(option), *_notes(option)]),
        evidence=evidence(option),
    )


def excluded_finding(question: Question, option: Option) -> Finding:
    """One rule that was set aside."""
    said = [ground.sentence for ground in option.grounds if ground.action == "exclude"]
    return Finding(
        key=f"excluded-{option.regimen.id}",
        label=name(question, option.regimen),
        group="excluded",
        code=atc(question, option),
        vocabulary="ATC",
        reason=_join(list(dict.fromkeys(said))),
        evidence=evidence(option),
    )


def missing_finding(question: Question, one: Missing) -> Finding:
    """One fact to ask for, with what its answers would change."""
    said = [
        Sentence(
            fr=f"Changerait la première option dans {100 * one.changes:.0f} % des réponses attendues.",
            en=f"Would change the first option in {one.changes:.0%} of the expected answers.",
        )
        if one.changes
        else Sentence(
            fr="Ne changerait que la dose ou les précautions.", en="Would change only the dose or the precautions."
        )
    ]
    for fr, en, first in one.answers[:4]:
        then = name(question, first.regimen) if first else Sentence(fr="avis infectiologue", en="ask a specialist")
        said.append(Sentence(fr=f"Si {fr} : {_lower(then.fr)}.", en=f"If {en}: {_lower(then.en)}."))
    assumed = next((ask for ask in one.asks if ask.assumed), None)
    if assumed is not None:
        said.append(
            Sentence(fr=f"Supposé en attendant : {assumed.value_fr}.", en=f"Assumed until then: {assumed.value_en}.")
        )
    rows = joined(RowsPointer(table="question", start=ask.row, stop=ask.row + 1) for ask in one.asks)
    return Finding(
        key=f"missing-{one.fact.replace('_', '-')}",
        label=Sentence(fr=one.asks[0].fr, en=one.asks[0].en),
        group="missing",
        certainty=round(one.changes, 4),
        reason=_join(said),
        evidence=rows,
    )


def unchecked_findings(question: Question) -> list[Finding]:
    """What was told but could not be used: drugs that were not recognised, a thesaurus that is not loaded."""
    found = []
    if places := question.facts.get("drugs_unknown"):
        label = Sentence(
            fr=f"Traitement non reconnu, n° {places} de la liste", en=f"Drug not recognised, no. {places} of the list"
        )
        reason = Sentence(fr="Ses interactions n'ont pas été vérifiées.", en="Its interactions were not checked.")
        found.append(_unchecked("missing-drug-names", label, reason, "drugs_unknown"))
    if question.facts.get("interactions_checked") is False:
        label = Sentence(fr="Interactions non vérifiées", en="Interactions not checked")
        reason = Sentence(
            fr="La base des médicaments ou le thésaurus des interactions n'est pas chargé.",
            en="The medicines database or the interaction thesaurus is not loaded.",
        )
        found.append(_unchecked("missing-thesaurus", label, reason, "interactions_checked"))
    return found


def _unchecked(key: str, label: Sentence, reason: Sentence, fact: str) -> Finding:
    return Finding(key=key, label=label, group="missing", reason=reason, evidence=(FactPointer(fact=fact),))


def rule_findings(question: Question, decision: Decision) -> list[Finding]:
    """The chain: what was asked, which germs, which ecology, which threshold, why this option is first."""
    links: list[tuple[Sentence, tuple[Pointer, ...]]] = [_asked(question), _germs(question), _local(question)]
    links.append(_counted(question, decision))
    return [
        Finding(key=f"rule-{place}", label=label, group="rule", evidence=evidence_of)
        for place, (label, evidence_of) in enumerate(links, start=1)
    ]


def activity_words(option: Option) -> Sentence:
    """What the activity rests on, in words."""
    cover = option.activity.covered
    match option.activity.kind:
        case "documented":
            return Sentence(fr="Actif sur l'antibiogramme du germe.", en="Active by the germ's own susceptibility.")
        case "expected" if cover.expected == 1 and cover.known == 1:
            return Sentence(
                fr="Sensibilité attendue de l'espèce (EUCAST).", en="Susceptibility expected of the species (EUCAST)."
            )
        case "unknown":
            return Sentence(
                fr="Activité locale non connue : repose sur la recommandation seule.",
                en="Local activity not known: rests on the guideline alone.",
            )
        case _ if not shown(option):
            return Sentence(
                fr=f"Activité connue pour {100 * cover.known:.0f} % du poids des germes seulement : repose sur la "
                "recommandation.",
                en=f"Activity known for {cover.known:.0%} of the weight of germs only: rests on the guideline.",
            )
        case _:
            left = 1 - cover.known
            return Sentence(
                fr=f"Couverture {100 * cover.expected:.0f} % des germes dont la sensibilité est connue"
                + (f" ; rien n'est connu pour {100 * left:.0f} % du poids des germes." if left > SMALL else "."),
                en=f"Covers {cover.expected:.0%} of the germs whose susceptibility is known"
                + (f"; nothing is known for {left:.0%} of the weight of germs." if left > SMALL else "."),
            )


def shown(option: Option) -> bool:
    """Whether isolates tell enough for a probability to be given; what is documented is said in words."""
    return option.activity.kind == "ecology" and option.activity.covered.known >= KNOWN_FROM


def evidence(option: Option) -> tuple[Pointer, ...]:
    """The rule's row, what its activity rests on, and what its grounds rest on."""
    rule = RowsPointer(table="regimen", start=option.regimen.row, stop=option.regimen.row + 1)
    more = [pointer for ground in option.grounds for pointer in ground.rests_on]
    return joined([rule, *option.activity.rests_on, *more])


def joined(pointers: Iterable[Pointer]) -> tuple[Pointer, ...]:
    """The pointers once each, neighbouring rows of a table as one; tables in the order they were first named."""
    rows: dict[str, set[int]] = {}
    facts: list[Pointer] = []
    for pointer in pointers:
        if isinstance(pointer, RowsPointer):
            rows.setdefault(pointer.table, set()).update(range(pointer.start, pointer.stop))
        elif pointer not in facts:
            facts.append(pointer)
    found: list[Pointer] = []
    for table, held in rows.items():
        starts = [row for row in sorted(held) if row - 1 not in held]
        stops = [row + 1 for row in sorted(held) if row + 1 not in held]
        found += [RowsPointer(table=table, start=start, stop=stop) for start, stop in zip(starts, stops, strict=True)]
    return (*found, *facts)


def atc(question: Question, option: Option) -> str:
    """The codes of the agents, joined."""
    return "+".join(question.agents[code].atc for code in option.regimen.agents)


def tested_codes(question: Question, option: Option) -> str:
    """The codes under which the agents are tested: `CTX+GEN`."""
    return "+".join(dict.fromkeys(question.agents[code].tested for code in option.regimen.agents))


def _aware(question: Question, option: Option) -> str:
    return " + ".join(dict.fromkeys(question.agents[code].aware for code in option.regimen.agents))


def _rank_words(option: Option, place: int) -> Sentence:
    line = option.regimen.line
    if option.regimen.phase == "documented":
        return Sentence(
            fr=f"Traitement documenté, rang {line} de la règle.", en=f"Documented treatment, rank {line} of the rule."
        )
    return Sentence(
        fr=f"Traitement probabiliste, rang {line} de la règle.", en=f"Empirical treatment, rank {line} of the rule."
    )


def _notes(option: Option) -> list[Sentence]:
    regimen = option.regimen
    own = [Sentence(fr=regimen.note_fr, en=regimen.note_en)] if regimen.note_fr and regimen.note_en else []
    return [*own, *dict.fromkeys(ground.sentence for ground in option.grounds)]


def _join(said: list[Sentence]) -> Sentence:
    return Sentence(fr=" ".join(one.fr for one in said), en=" ".join(one.en for one in said))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _asked(question: Question) -> tuple[Sentence, tuple[Pointer, ...]]:
    facts = question.facts
    label = Sentence(
        fr=f"Situation : {_lower(str(facts.get('infection_fr') or ''))}, {len(question.regimens)} règles.",
        en=f"Situation: {_lower(str(facts.get('infection_en') or ''))}, {len(question.regimens)} rules.",
    )
    return label, (FactPointer(fact="infection"), RowsPointer(table="regimen", start=0, stop=len(question.regimens)))


def _germs(question: Question) -> tuple[Sentence, tuple[Pointer, ...]]:
    if question.germ:
        fr, en = question.facts.get("germ_fr"), question.facts.get("germ_en")
        said = len(question.results)
        label = Sentence(
            fr=f"Germe documenté : {fr}, {said} résultats de sensibilité, résistances naturelles appliquées.",
            en=f"Documented germ: {en}, {said} susceptibility results, intrinsic resistance applied.",
        )
        return label, (FactPointer(fact="germ"),)
    if not question.likely:
        return Sentence(
            fr="Germe non documenté, aucun poids de germe connu.", en="No documented germ, no weights of germs known."
        ), (FactPointer(fact="infection"),)
    most = question.likely[:3]
    label = Sentence(
        fr="Germes probables : "
        + ", ".join(f"{one.fr} {100 * one.weight:.0f} %" for one in most)
        + f" ({most[0].basis}).",
        en="Likely germs: " + ", ".join(f"{one.en} {one.weight:.0%}" for one in most) + f" ({most[0].basis}).",
    )
    return label, (RowsPointer(table="likely", start=0, stop=len(question.likely)),)


def _local(question: Question) -> tuple[Sentence, tuple[Pointer, ...]]:
    rows = sorted(question.ecology.values(), key=lambda one: one.row)
    if not rows:
        label = Sentence(
            fr="Écologie locale non connue (moins de 30 premiers isolats par germe et antibiotique, ou table absente).",
            en="Local ecology not known (fewer than 30 first isolates by germ and agent, or no table).",
        )
        return label, (FactPointer(fact="infection"),)
    ward = sum(one.scope == "ward" for one in rows)
    since, until = question.facts.get("ecology_from"), question.facts.get("ecology_until")
    label = Sentence(
        fr=f"Écologie locale du {since} au {until}, lignes : {len(rows)}, dont {ward} du service.",
        en=f"Local ecology from {since} to {until}, rows: {len(rows)}, {ward} of them of the ward.",
    )
    return label, (RowsPointer(table="ecology", start=0, stop=len(rows)),)


def _counted(question: Question, decision: Decision) -> tuple[Sentence, tuple[Pointer, ...]]:
    severe = question.value("severity") == "severe"
    wanted = question.facts.get("wanted_severe" if severe else "wanted_mild") or 0.0
    kept, aside = len(decision.options), len(decision.excluded)
    label = Sentence(
        fr=f"Seuil de couverture : {100 * float(wanted):.0f} %. Règles retenues : {kept}, écartées : {aside}. "
        "Ordre : documenté, efficace, rang, précautions, AWaRe, spectre, voie orale.",
        en=f"Coverage wanted: {float(wanted):.0%}. Rules kept: {kept}, set aside: {aside}. "
        "Order: documented, effective, rank, cautions, AWaRe, spectrum, by mouth.",
    )
    return label, (FactPointer(fact="wanted_severe" if severe else "wanted_mild"),)
