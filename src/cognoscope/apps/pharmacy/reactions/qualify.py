"""What the words around an expression make of it: denied, feared, past, somebody else's, or what the drug was given
for.

Rules of our own after the idea of ConText (Harkema et al., J Biomed Inform 2009): a cue reaches a few words ahead,
within its sentence, up to a comma or a
word that begins something else (`mais`, `puis`, `depuis`). EDS-NLP's qualifiers are not used here: a text is read
while it is typed, with the core alone, in two languages, and what a drug was given for is none of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cognoscope.apps.pharmacy.reactions.lexicon import cues
from cognoscope.apps.pharmacy.reactions.lexicon import words as lexicon_words
from cognoscope.apps.pharmacy.reactions.phrasebook import Hit
from cognoscope.apps.pharmacy.reactions.tokens import Token

BEFORE = ("negation", "hypothesis", "history", "family")
NAMES = {"negation": "negated", "hypothesis": "hypothesis", "history": "history", "family": "family"}
SELF = "self"


@dataclass(frozen=True)
class Cues:
    """Every cue of a text, found once."""

    before: dict[str, list[Hit]]
    negation_after: list[Hit]
    history_after: list[Hit]
    breaks: frozenset[int]
    chains: frozenset[int]
    persons: list[Hit]
    selves: frozenset[int]
    aims: list[Hit]
    consults: frozenset[int]
    giving: frozenset[int]
    patient: str


def cues_of(words: Sequence[Token]) -> Cues:
    """The cues of a text."""

    def places(kind: str) -> frozenset[int]:
        return frozenset(at for hit in cues(kind).find(words) for at in range(hit.first, hit.stop))

    persons = _named(words)
    taking = bool(cues("taking").find(words))
    return Cues(
        before={kind: cues(f"{kind}-before").find(words) for kind in BEFORE},
        negation_after=cues("negation-after").find(words),
        history_after=cues("history-after").find(words),
        breaks=places("break"),
        chains=places("negation-chain"),
        persons=persons,
        selves=places("self"),
        aims=cues("for").find(words),
        consults=places("consult"),
        giving=places("giving"),
        patient=_patient(words, persons, taking, places("giving")),
    )


def qualifiers_of(hit: Hit, words: Sequence[Token], found: Cues, chained: bool = False) -> tuple[str, ...]:
    """The qualifiers of an expression, in the order of `NAMES`, then `indication`.

    chained: the expression before it is denied, and only `ni`, `ou`, `or` stand between.
    """
    said = [NAMES[kind] for kind in BEFORE if _reached(hit, words, found, kind)]
    if "negated" not in said and (chained or _followed(hit, words, found.negation_after, colon=True)):
        said.insert(0, "negated")
    if "history" not in said and _followed(hit, words, found.history_after):
        said.append("history")
    if "family" not in said and _of_another(hit, words, found):
        said.append("family")
    if not said and _aim(hit, words, found):
        said.append("indication")
    return tuple(said)


def chains(last: Hit, hit: Hit, words: Sequence[Token], found: Cues) -> bool:
    """Whether a denial of `last` goes on to `hit`: one sentence, and `ni`, `ou` between them."""
    between = range(last.stop, hit.first)
    return (
        words[last.first].sentence == words[hit.first].sentence
        and len(between) <= 4
        and any(at in found.chains for at in between)
        and not any(at in found.breaks for at in between)
    )


def _reached(hit: Hit, words: Sequence[Token], found: Cues, kind: str) -> bool:
    for cue in found.before[kind]:
        far = hit.first - cue.stop
        if far < 0:
            break
        if words[cue.first].sentence != words[hit.first].sentence or far > int(cue.meaning):
            continue
        between = range(cue.stop, hit.first)
        if any(at in found.breaks for at in between):
            continue
        crossed = [at for at in (*between, hit.first) if words[at].comma]
        # A history is a list; a denial goes past a comma only where the next word takes it up again.
        if kind != "history" and crossed and not all(words[at].plain in _TAKEN_UP for at in crossed):
            continue
        return True
    return False


_TAKEN_UP = {"ni", "de", "d", "or", "nor"}


def _followed(hit: Hit, words: Sequence[Token], after: Sequence[Hit], colon: bool = False) -> bool:
    for cue in after:
        near = 0 <= cue.first - hit.stop < int(cue.meaning)
        if near and words[cue.first].sentence == words[hit.first].sentence:
            return not any(words[at].comma for at in range(hit.stop, cue.first + 1)) or colon
    return False


def _patient(words: Sequence[Token], persons: Sequence[Hit], taking: bool, giving: frozenset[int]) -> str:
    """Whom the declaration is about: `self` (who writes, or the patient of a note), or the person who takes the
    drug.
    """
    if taking or not persons or cues("third").find(words):
        return SELF
    given = {words[at].sentence for at in giving}
    takes = next((hit for hit in persons if words[hit.first].sentence in given), persons[0])
    return words[takes.first].stem


def _named(words: Sequence[Token]) -> list[Hit]:
    """Persons other than the one a note is about: `femme de 45 ans` is the patient, `ma femme` is not."""
    return [
        hit
        for hit in cues("person").find(words)
        if words[hit.first].plain not in lexicon_words("generic")
        or any(words[at].plain in lexicon_words("possessive") for at in range(max(0, hit.first - 2), hit.first))
    ]


def _of_another(hit: Hit, words: Sequence[Token], found: Cues) -> bool:
    """Whether the last person named before the words, in their sentence, is not the patient."""
    sentence = words[hit.first].sentence
    last = next(
        (each for each in reversed(found.persons) if each.stop <= hit.first and words[each.first].sentence == sentence),
        None,
    )
    if last is None or words[last.first].stem == found.patient:
        return False
    later = range(last.stop, hit.first)
    return not any(at in found.selves and words[at].plain in _SAYS_I for at in later)


_SAYS_I = {"je", "j", "moi", "i"}


def _aim(hit: Hit, words: Sequence[Token], found: Cues) -> bool:
    """Whether a drug was given for it: `prescrit pour des maux de tête`, but not `hospitalisé pour`."""
    sentence = words[hit.first].sentence
    for cue in found.aims:
        far = hit.first - cue.stop
        if not 0 <= far <= int(cue.meaning) or words[cue.first].sentence != sentence:
            continue
        if any(words[at].comma or at in found.breaks for at in (*range(cue.stop, hit.first), hit.first)):
            continue
        if any(at in found.consults for at in range(max(0, cue.first - 5), cue.first)):
            continue
        return any(words[at].sentence == sentence for at in found.giving)
    return False
