"""Variations of a template before it is filled: names swapped, separators changed, cropped; and invented headers."""

import random

from cognoscope.apps.records.pseudonyms.evaluate_blocks import Piece, pieces

SEPARATORS = (" ", ", ", "\n", " - ", "  ", " / ", " | ", " : ", "")
FIELDS = (
    ("NOM", "DURAND", ("Nom : ", "NOM: ", "Nom ", "Nom de naissance : ", "Patient : ", "M. ", "Mme ", "Dr ", "", "")),
    ("PRENOM", "Paul", ("Prénom : ", "Prénom ", "PRENOM: ", "", "", "")),
    (
        "DATE_NAISSANCE",
        "01/02/1950",
        ("Né(e) le ", "né le ", "née le : ", "DDN : ", "Date de naissance : ", "DDN ", "Naissance: "),
    ),
    (
        "IPP",
        "8001234567",
        ("IPP : ", "IPP ", "N° IPP: ", "IPP n°", "NIP : ", "Identifiant : ", "N° patient : ", "(IPP) "),
    ),
    (
        "NDA",
        "123456789",
        ("NDA : ", "NDA ", "N° dossier : ", "Dossier n°", "N° de séjour : ", "Visite : ", "IEP ", "N° venue "),
    ),
    (
        "TEL",
        "01 42 00 00 00",
        ("Tél : ", "Tel. ", "Téléphone : ", "Fax : ", "Port. ", "Mobile : ", "T. ", "☎ ", "", "joignable au "),
    ),
    ("MAIL", "a@b.fr", ("Mail : ", "E-mail: ", "courriel : ", "")),
    (
        "SECU",
        "250032915101234",
        ("NIR : ", "N° SS ", "N° de sécurité sociale : ", "Numéro sécu : ", "INS : ", "NSS: ", ""),
    ),
    ("ADRESSE", "12 rue Basse", ("Adresse : ", "Domicile : ", "demeurant ", "", "")),
    ("ZIP", "29200", ("", "", "CP : ")),
    ("VILLE", "Brest", ("", "", "Ville : ", "à ")),
    ("DATE", "01/02/2020", ("Le ", "Date : ", "Entrée le ", "Consultation du ", "Imprimé le ", "du ", "")),
    ("HOPITAL", "Bichat", ("Hôpital ", "HOPITAL ", "CHU ", "Clinique ", "Site : ", "GH ")),
)
ROLES = (
    "Interne",
    "PH",
    "CCA",
    "PU-PH",
    "IDE",
    "Secrétaire",
    "Cadre de santé",
    "Psychologue",
    "Chef de service",
    "Externe",
)


def varied(block: str, rng: random.Random) -> str:
    """The block, often changed: names swapped, short separators replaced, the ends cut off, a label's cue lost."""
    parts = list(pieces(block))
    if rng.random() < 0.35:
        for at in range(len(parts) - 2):
            one, between, other = parts[at : at + 3]
            names = {one.label, other.label} == {"NOM", "PRENOM"}
            if names and not between.label and rng.random() < 0.5 and len(between.text) < 3:
                parts[at], parts[at + 2] = other, one
    if rng.random() < 0.35:
        for at, part in enumerate(parts):
            if not part.label and len(part.text) <= 3 and not part.text.strip() and rng.random() < 0.3:
                parts[at] = Piece(rng.choice(SEPARATORS[:-1]), "")
    if rng.random() < 0.3 and len(parts) > 6:
        first = rng.randrange(len(parts) - 4)
        parts = parts[first : first + rng.randint(3, 30)]
    return "".join(f"[{part.text}]({part.label})" if part.label else part.text for part in parts)


def header(rng: random.Random) -> str:
    """An invented header: fields in any order with any cue and separator, or a list of people with their numbers."""
    separator = rng.choice(SEPARATORS[:-1])
    if rng.random() < 0.4:
        return separator.join(_person(rng) for _ in range(rng.randint(1, 7)))
    count = rng.randint(2, 7)
    chosen = rng.sample(FIELDS, count)
    if rng.random() < 0.6:
        chosen = [FIELDS[0], FIELDS[1], *[field for field in chosen if field[0] not in ("NOM", "PRENOM")]]
    if rng.random() < 0.3:
        chosen = [*chosen, FIELDS[8], FIELDS[9], FIELDS[10]]
    bare = rng.random() < 0.25
    return separator.join(("" if bare else rng.choice(cues)) + f"[{value}]({label})" for label, value, cues in chosen)


def _person(rng: random.Random) -> str:
    first = rng.choice(
        (
            "[Paul](PRENOM)",
            "[P.](PRENOM)",
            "[P](PRENOM)",
            "[Anne-Marie](PRENOM)",
            "[J.P.](PRENOM)",
            "[PAUL](PRENOM)",
            "",
        )
    )
    last = rng.choice(("[DURAND](NOM)", "[Durand](NOM)", "[Le Goff](NOM)", "[MARTIN DUBOIS](NOM)"))
    name = " ".join(part for part in rng.choice(((first, last), (last, first))) if part)
    name = rng.choice(("Dr ", "Dr. ", "Pr ", "Docteur ", "M. ", "Mme ", "Mme. ", "", "", "Interne : ", "le Dr ")) + name
    if rng.random() < 0.25:
        name += f" ({rng.choice(ROLES)})"
    elif rng.random() < 0.2:
        name = f"{rng.choice(ROLES)} : {name}"
    if rng.random() < 0.35:
        name += rng.choice((" ", " : ", " - ", "\n", " Tél : ", " T ")) + "[01.42.00.00.00](TEL)"
    if rng.random() < 0.15:
        name += " [a@b.fr](MAIL)"
    return name
