"""The medicines of a declaration: one for each, with its role, dose, dates and what was done with it."""

import re

from cognoscope.apps.pharmacy.reactions.lexicon import cues, words
from cognoscope.apps.pharmacy.reactions.reading import Drug, Note, Span
from cognoscope.intake.plain_words import plain_words

_DOSE = re.compile(
    r"(?P<value>\d+(?:[.,]\d+)?)\s*(?P<unit>mg|g|µg|mcg|microgrammes?|ug|ml|ui|iu|gouttes?|drops?|comprim[ée]s?|tablets?|g[ée]lules?|"
    r"puffs?|bouff[ée]es?)(?:/(?:kg|j|jour|day|24 ?h))?(?:\s*(?:par jour|/ ?j(?:our)?|daily|a day|matin et soir|"
    r"(?:deux|trois|quatre|\d) fois par jour|twice daily|once daily|three times daily|le soir|le matin|x ?\d(?:/j)?))?",
    re.IGNORECASE,
)
DOSE_AFTER = 45
ROLE_BEFORE = 6


def taken(note: Note) -> list[Drug]:
    """The medicines named, each once, in the order of the text. Two names of the same substances are one medicine."""
    found: dict[str, Drug] = {}
    for number, row in enumerate(note.medicine):
        span = (row["start"], row["stop"])
        identity = row["substances"] or row["words"].lower()
        sentence = note.words[min(note.first_at(span[0]), len(note.words) - 1)].sentence
        same_place = next((each for each in found.values() if span in each.spans), None)
        if same_place is not None:
            same_place.rows.append(number)
            same_place.status = row["status"]
            continue
        known = found.get(identity)
        if known is None:
            found[identity] = Drug(
                said=row["words"], status=row["status"], spans=[span], sentences=[sentence], rows=[number],
                label=row["label"] or row["words"], substances=row["substances"] or "", atc=row["atc"] or "",
                cis=row["cis"] or "", form=row["form"] or "", route=row["routes"] or "",
            )  # fmt: skip
        else:
            known.spans.append(span)
            known.sentences.append(sentence)
    drugs = list(found.values())
    if any(each.substances for each in drugs):
        # A kind of medicine (`antibiotique`) beside a named one is that one, more often than another.
        drugs = [each for each in drugs if each.substances or each.status != "unknown" or _vaccine(each)]
    for drug in drugs:
        drug.certainty = {"exact": 0.95, "corrected": 0.75, "withdrawn": 0.9, "ambiguous": 0.6}.get(drug.status, 0.4)
        _dose(note, drug)
    _roles(note, drugs)
    return drugs


def _vaccine(drug: Drug) -> bool:
    return drug.said.lower().startswith("vacc")


def _dose(note: Note, drug: Drug) -> None:
    """The first strength within a few words behind the name, not behind the next medicine."""
    starts = sorted(row["start"] for row in note.medicine)
    for start, stop in drug.spans:
        following = next((each for each in starts if each > start), len(note.text))
        match = _DOSE.search(note.text, stop, min(stop + DOSE_AFTER, following, len(note.text)))
        if match and "\n" not in note.text[stop : match.start()] and ". " not in note.text[stop : match.start()]:
            drug.dose, drug.dose_span = match[0].strip(), match.span()
            drug.dose_value, drug.dose_unit = float(match["value"].replace(",", ".")), match["unit"].lower()
            return


def _roles(note: Note, drugs: list[Drug]) -> None:
    """Roles by the words before each name; where nothing tells them apart all are suspect."""
    hits = cues("role").find(note.words)
    for drug in drugs:
        for start, _ in drug.spans:
            first = note.first_at(start)
            sentence = note.words[min(first, len(note.words) - 1)].sentence
            for hit in hits:
                far = first - hit.stop
                if note.words[hit.first].sentence != sentence or not 0 <= far <= ROLE_BEFORE:
                    continue
                if hit.meaning == "treatment" and any(
                    note.words[at].comma for at in range(hit.stop, min(first + 1, len(note.words)))
                ):
                    continue
                _note(drug, hit.meaning, (note.words[hit.first].start, note.words[hit.stop - 1].stop), note, start)
    for drug in drugs:
        told = any(row["stop"] <= drug.spans[0][0] for row in note.mention)
        if told and drug.weight <= 0 and len(drugs) > 1 and _is_remedy(drug):
            drug.role = "concomitant"
    interacting = any(
        hit.meaning == "interacting" and "interaction" in _said(note, hit.first, hit.stop) for hit in hits
    )
    if interacting and sum(each.role == "suspect" for each in drugs) > 1:
        later = sorted((each for each in drugs if each.role == "suspect"), key=lambda each: each.spans[0])
        for each in later[1:]:
            each.role = "interacting"


def _note(drug: Drug, meaning: str, span: Span, note: Note, start: int) -> None:
    if meaning == "suspect":
        drug.weight += 2.0
        drug.role_span = span
    elif meaning in ("concomitant", "treatment") and drug.weight <= 0:
        # `traité par` is how a treatment begins as well as how a reaction is treated: what comes after a reaction
        # treats it.
        if meaning == "treatment" and not any(row["stop"] < start for row in note.mention):
            return
        if meaning == "treatment" and _first_medicine(note) == start:
            return
        drug.role, drug.role_span = "concomitant", span


def _is_remedy(drug: Drug) -> bool:
    """Whether it is what such reactions are treated with."""
    names = plain_words(f"{drug.said} {drug.substances}").split()
    return any(name in words("remedy") for name in names)


def _first_medicine(note: Note) -> int:
    return min(int(row["start"]) for row in note.medicine)


def _said(note: Note, first: int, stop: int) -> str:
    return " ".join(word.plain for word in note.words[first:stop])
