"""Package leaflets within a text: from their prescribed opening to their prescribed end they speak of no patient."""

import re

_OPENING = re.compile(
    r"Veuillez lire (?:attentivement |attentivement l['’]int[ée]gralit[ée] de )?cette notice|Dans cette notice|"
    r"Que contient cette notice|Informations? importantes? (?:[àa] conna[iî]tre )?sur ce m[ée]dicament"
)
_ENDS = (
    "utorisation de mise sur le march",
    "a dernière date à laquelle cette notice a été",
    "onditions de prescription et de délivrance",
    "que contient cette notice",
    "oms du médicament dans les Etats membres",
    "onseil d’éducation sanitaire",
    "informations détaillées sur ce médicament",
)
_REPORT = re.compile(
    r"[Cc]ompte[- ][Rr]endu|COMPTE[- ]RENDU|\b(?:C|c)h(?:er|ère)s? (?:[Cc]onfr|[Cc]oll|[Dd]octeur|[Aa]mi)|"
    r"\b[Nn][ÉéEe]{1,2} [Ll][Ee] ?:? ?\d|\b(?:[Pp]atiente?|PATIENTE?|[Nn]om|NOM) ?:|\bN° ?(?:de )?dossier|"
    r"\b(?:IPP|NDA|NIP)\b|"
    r"[Ll]ettre de (?:sortie|liaison)|\b(?:Mme|Monsieur|Madame|Docteur) [A-ZÉ]{2}|\b[Hh]ospitalisée? (?:du|depuis)\b"
)
"""What only a report says: a leaflet stops there, whatever follows."""
_OF_A_LEAFLET = ("notice", "médicament")
AFTER = 400
"""Characters after the last prescribed heading that its content takes, on its line only."""


def leaflet(text: str) -> tuple[int, int] | None:
    """Start and stop of the leaflet in a text: none without both its opening and one of its last headings."""
    if not all(word in text for word in _OF_A_LEAFLET):
        return None
    opening = _OPENING.search(text)
    if opening is None:
        return None
    report = _REPORT.search(text, opening.end())
    end = report.start() if report else len(text)
    last = max(text.rfind(heading, opening.end(), end) for heading in _ENDS)
    if last < 0:
        return None
    stop = text.find("\n", last, last + AFTER)
    return opening.start(), min(end, stop if stop >= 0 else last + AFTER)


def makers_from(text: str, part: tuple[int, int]) -> int:
    """Where the makers of a leaflet are named, its stop where none is: `Fabricant Laboratoires Dr Ondrel`."""
    at = text.find(_ENDS[0], *part)
    return at if at >= 0 else part[1]
