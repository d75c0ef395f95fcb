"""When there is nothing honest to say, and the sentence that says so."""

import re
from collections.abc import Sequence

from cognoscope.apps.records.comorbidities.knowledge import folded, frequent_words
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention

FEWEST_LETTERS = 40
"""Fewer letters than this in all reports together say nothing of a person."""
FEWEST_LETTERS_SHARE = 0.5
"""Of the characters that are not white space: below it, a text is a table of figures or damage."""
FEWEST_FRENCH_SHARE = 0.08
"""Of the words: French reports are above 0.2, telegraphic ones above 0.1."""

_WORD = re.compile(r"[^\W\d_]+")

UNREADABLE = Abstention(
    code="unreadable-case",
    sentence=Sentence(
        fr="Aucune proposition : les comptes rendus de ce dossier ne sont pas lisibles ; relancez l'ingestion.",
        en="No proposal: the reports of this case cannot be read; ingest them again.",
    ),
)
NO_REPORT = Abstention(
    code="no-report",
    sentence=Sentence(
        fr="Aucune proposition : aucun compte rendu de cette personne n'est connu à cette date.",
        en="No proposal: no report about this person is known at that date.",
    ),
)
NOT_READ = Abstention(
    code="not-read",
    sentence=Sentence(
        fr="Aucune proposition : les comptes rendus sont là mais n'ont pas encore été lus ; lancez `cognoscope read`.",
        en="No proposal: the reports are there but have not been read yet; run `cognoscope read`.",
    ),
)
TOO_SHORT = Abstention(
    code="too-short",
    sentence=Sentence(
        fr="Aucune proposition : les comptes rendus tiennent en quelques mots, trop peu pour décrire les antécédents.",
        en="No proposal: the reports hold a few words only, too few to describe a medical history.",
    ),
)
NO_WORDS = Abstention(
    code="no-words",
    sentence=Sentence(
        fr="Aucune proposition : les textes sont surtout des chiffres ou des signes, pas des phrases à lire.",
        en="No proposal: the texts are mostly figures or signs, not sentences to read.",
    ),
)
NOT_FRENCH = Abstention(
    code="not-french",
    sentence=Sentence(
        fr="Aucune proposition : les textes ne semblent pas être en français, la seule langue lue ici.",
        en="No proposal: the texts do not seem to be in French, the only language read here.",
    ),
)


def why_abstain(texts: Sequence[str], unread: int, mentions: int) -> Abstention | None:
    """The reason to say nothing of these texts, or None.

    Args:
        texts: the reports of the case.
        unread: how many of them nobody has looked for conditions in.
        mentions: how many conditions were found; telegraphic notes that hold some are French enough.
    """
    if not texts:
        return NO_REPORT
    whole = "\n".join(texts)
    letters, signs = sum(map(str.isalpha, whole)), len("".join(whole.split()))
    if letters < FEWEST_LETTERS_SHARE * signs and signs >= FEWEST_LETTERS and not mentions:
        return NO_WORDS
    if letters < FEWEST_LETTERS and not mentions:
        return TOO_SHORT
    if not _is_french(whole, mentions):
        return NOT_FRENCH
    return NOT_READ if unread >= len(texts) else None


def _is_french(whole: str, mentions: int) -> bool:
    words = _WORD.findall(folded(whole.replace("'", " ").replace("’", " ")))
    french = sum(word in frequent_words("fr") for word in words)
    english = sum(word in frequent_words("en") for word in words)
    if english > 2 * french and english > FEWEST_FRENCH_SHARE * len(words):
        return False
    return bool(mentions) or french >= FEWEST_FRENCH_SHARE * len(words)
