"""The reactions that count and those that do not, from the mentions of the case and the words around them."""

from cognoscope.apps.pharmacy.reactions.lexicon import known
from cognoscope.apps.pharmacy.reactions.phrasebook import Hit
from cognoscope.apps.pharmacy.reactions.qualify import Cues, chains, qualifiers_of
from cognoscope.apps.pharmacy.reactions.reading import Aside, Note, Reaction
from cognoscope.intake.plain_words import plain_words

SURE = {"lexicon": 0.8, "terminology": 0.85, "measure": 0.9, "learned": 0.6}
"""Certainty by how a mention was found: not estimated, an order (see the card)."""
VAGUE = {"10025482", "10033371", "10047065", "10030041"}
"""Malaise, pain, bleeding, oedema without a place: kept, less surely."""


def happened(note: Note, cues: Cues) -> tuple[list[Reaction], list[Aside]]:
    """One reaction a code, with every place where it is said of the patient; the rest is set aside."""
    terms = {row["code"]: number for number, row in enumerate(note.term)}
    reactions: dict[str, Reaction] = {}
    asides: dict[tuple[str, tuple[str, ...]], Aside] = {}
    last: tuple[Hit, bool] | None = None
    for row in sorted(note.mention, key=lambda row: row["start"]):
        first = note.first_at(row["start"])
        stop = max(first + 1, note.first_at(row["stop"] - 1) + 1)
        hit = Hit(first, stop, row["code"])
        chained = last is not None and last[1] and chains(last[0], hit, note.words, cues)
        qualifiers = qualifiers_of(hit, note.words, cues, chained)
        last = (hit, "negated" in qualifiers)
        span = (row["start"], row["stop"])
        # Words without a code are one reaction for each wording.
        code = row["code"] or plain_words(note.text[span[0] : span[1]])
        if qualifiers:
            aside = Aside(row["code"], [], qualifiers, terms.get(code))
            asides.setdefault((code, qualifiers), aside).spans.append(span)
            continue
        certainty = row["certainty"] if row.get("certainty") is not None else SURE.get(row["source"], 0.6)
        if code not in reactions:
            sure = certainty - (0.2 if code in VAGUE else 0.0)
            sentence = note.words[first].sentence
            reactions[code] = Reaction(row["code"], [], sentence, sure, row["source"], terms.get(code))
        reactions[code].spans.append(span)
    told = list(reactions.values())
    # What is said once of the patient counts, though it is denied, or feared, elsewhere.
    left = [each for (code, _), each in asides.items() if code not in reactions]
    return told, left


def french_name(code: str, name: str) -> str:
    """What a term is called on a French screen: our own name for it, else the terminology's."""
    return known()[code].french if code in known() else name
