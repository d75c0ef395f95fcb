"""The two questionnaires as findings: each item with its answer and its words, the score so far, and its range."""

from cognoscope.apps.pharmacy.reactions import begaud, naranjo
from cognoscope.apps.pharmacy.reactions.answers import Answers
from cognoscope.apps.pharmacy.reactions.model import Read
from cognoscope.apps.pharmacy.reactions.reading import Drug, Reaction
from cognoscope.apps.pharmacy.reactions.words import ATTRIBUTES, BEGAUD, CATEGORIES, INTRINSIC, LEVELS
from cognoscope.core.case import Cell
from cognoscope.core.evidence import Pointer, SpanPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.values import Attribute, Finding


def causality(read: Read) -> list[Finding]:
    """Scores and answered items for the first suspect medicine, the scores alone for the next ones."""
    found: list[Finding] = []
    for number, (drug, reaction, answers) in enumerate(read.answers):
        suffix = "" if number == 0 else f":{drug.key}"
        found.append(_begaud_score(drug, reaction, answers, suffix))
        if number == 0:
            found += _begaud_items(answers)
        found.append(_naranjo_score(drug, reaction, answers, suffix))
        if number == 0:
            found += _naranjo_items(answers)
    return found


def _begaud_score(drug: Drug, reaction: Reaction, answers: Answers, suffix: str) -> Finding:
    scores = begaud.score(answers.begaud)
    words = INTRINSIC[scores.intrinsic]
    waiting = [label for criterion, label in BEGAUD.items() if criterion not in answers.begaud]
    span = f"I{scores.lowest}–I{scores.highest}"
    return Finding(
        key=f"begaud-score{suffix}",
        label=Sentence(
            fr=f"{drug.label} : I{scores.intrinsic}, {words.fr} ({span} selon ce qui manque)",
            en=f"{drug.label}: I{scores.intrinsic}, {words.en} ({span} depending on what is missing)",
        ),
        group="french-method",
        attributes=_attributes(
            {
                "chronology": f"C{scores.chronology}",
                "semiology": f"S{scores.semiology}",
                "intrinsic": f"I{scores.intrinsic}",
                "literature": answers.literature,
                "lowest": f"I{scores.lowest}",
                "highest": f"I{scores.highest}",
                "drug": drug.key,
                "reaction": reaction.key,
            }
        ),
        reason=_open([each.fr.lower() for each in waiting], [each.en.lower() for each in waiting]),
        evidence=_spans(reaction.spans[:1] + drug.spans[:1]),
    )


def _open(fr: list[str], en: list[str]) -> Sentence | None:
    """What the questionnaire still asks."""
    if not fr:
        return None
    return Sentence(fr=f"Non dit : {', '.join(fr)}.", en=f"Not stated: {', '.join(en)}.")


def _begaud_items(answers: Answers) -> list[Finding]:
    found = []
    for criterion, label in BEGAUD.items():
        level = answers.begaud.get(criterion)
        if level is None:
            continue
        found.append(
            Finding(
                key=f"begaud-{criterion}",
                label=Sentence(fr=f"{label.fr} : {LEVELS[level].fr}", en=f"{label.en}: {LEVELS[level].en}"),
                group="french-method",
                attributes=_attributes({"answer": level}),
                evidence=_spans(list(answers.spans.get(criterion, ()))),
            )
        )
    return found


def _naranjo_score(drug: Drug, reaction: Reaction, answers: Answers, suffix: str) -> Finding:
    total = naranjo.total(answers.naranjo)
    words = CATEGORIES[total.category]
    waiting = [str(item.number) for item in naranjo.items() if item.number not in answers.naranjo]
    numbers = ["questions " + waiting[0], *waiting[1:]] if waiting else []
    return Finding(
        key=f"naranjo-score{suffix}",
        label=Sentence(
            fr=f"{drug.label} : {total.total} points, {words.fr} "
            f"({total.lowest} à {total.highest} selon ce qui manque)",
            en=f"{drug.label}: {total.total} points, {words.en} "
            f"({total.lowest} to {total.highest} depending on what is missing)",
        ),
        group="naranjo",
        attributes=_attributes(
            {
                "total": total.total,
                "lowest": total.lowest,
                "highest": total.highest,
                "category": total.category,
                "drug": drug.key,
                "reaction": reaction.key,
            }
        ),
        reason=_open(numbers, numbers),
        evidence=_spans(reaction.spans[:1] + drug.spans[:1]),
    )


def _naranjo_items(answers: Answers) -> list[Finding]:
    found = []
    for item in naranjo.items():
        answer = answers.naranjo.get(item.number)
        if answer is None:
            continue
        said = LEVELS[answer]
        found.append(
            Finding(
                key=f"naranjo-{item.number}",
                label=Sentence(
                    fr=f"{item.number}. {item.question.fr} {said.fr.capitalize()}.",
                    en=f"{item.number}. {item.question.en} {said.en.capitalize()}.",
                ),
                group="naranjo",
                attributes=_attributes({"answer": answer, "points": item.points[answer]}),
                evidence=_spans(list(answers.spans.get(str(item.number), ()))),
            )
        )
    return found


def _attributes(said: dict[str, Cell]) -> tuple[Attribute, ...]:
    return tuple(
        Attribute(name=name, label=ATTRIBUTES[name], value=cell)
        for name, cell in said.items()
        if cell is not None and cell != ""
    )


def _spans(found: list[tuple[int, int]]) -> tuple[Pointer, ...]:
    return tuple(SpanPointer(row=0, start=start, stop=stop) for start, stop in dict.fromkeys(found))
