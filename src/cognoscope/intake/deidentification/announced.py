"""Whether a title or a field announces a person right before a place of a text: such a name is never let go."""

import re

REACH = 40
"""Characters before a name in which its title or field stands."""

_ANNOUNCED = re.compile(
    r"(?:(?<![^\W\d_])(?<![IiVvDd]\.)(?:MM?|Mr|MR|M(?:me|ME)s?|M(?:lle|LLE)s?|Me|D(?:r|R)s?|P(?:r|R)s?)\b\.?"
    r"|\b(?i:monsieur|madame|mademoiselle|docteure?|professeure?|ma[iî]tre)"
    r"|\b(?i:noms?|pr[ée]noms?|patiente?|n(?:é|[ée]e)|[ée]pou(?:x|se)|fils|fille|enfant|signataire|sign[ée]|r[ée]dacteur"
    r"|interne|chirurgien|(?<!votre )m[ée]decin|op[ée]rateur|secr[ée]taire|demeurant|domicili[ée]e?|habitant|originaire"
    r"|adresse|domicile)"
    r"(?:[ \w]{0,12}:|(?= )))"
    r"[\s:,(]*(?:[A-ZÉ][\w.'’-]*[\s,]+|(?:de|du|la|le|des|à|a|d['’])\s*){0,3}$"
)


def announced(text: str, start: int) -> bool:
    """Whether `M.`, `Dr`, `Nom :`, `née` or the like stands before `start`, with at most three words between."""
    return _ANNOUNCED.search(text, max(0, start - REACH), start) is not None
