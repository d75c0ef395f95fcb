"""What detection finds, before any policy: each alert with its level, its orders, its reason and what it rests on."""

from dataclasses import dataclass

from cognoscope.apps.pharmacy.interactions.prescription import Drug

CONTRAINDICATED = "contraindicated"
LEVELS = (CONTRAINDICATED, "discouraged", "precaution", "to-review", "take-into-account", "to-consider")
"""Strongest first: the four of the ANSM thesaurus; `to-review` is a STOPP, `to-consider` a START criterion."""

RANK = {level: place for place, level in enumerate(LEVELS)}

Words = tuple[str, str]
"""The same in French and in English."""

Cited = tuple[str, int]
"""A row of the case: its table and its place. A fact is cited as ("", place in FACTS)."""

FACTS = ("age_years", "sex", "pregnant", "egfr", "hepatic")


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to say about a prescription.

    key: the same for the same thing in the same stay. `rule`: what said so, wherever it is said (`ansm:a~b`,
    `stopp:E4`); a ward's habits are counted by it. `signature`: the orders' doses and routes; when it changes, the
    alert is another one. `drugs`: places of the orders. `monitors`: analytes whose result answers it.
    """

    key: str
    kind: str
    level: str
    rule: str
    drugs: tuple[int, ...]
    label: Words
    reason: Words
    signature: str
    cited: tuple[Cited, ...]
    monitors: tuple[str, ...] = ()
    local: bool = False
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Something that could not be looked at, and what is missing for it."""

    key: str
    missing: str
    label: Words
    cited: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Detected:
    """Everything that was found in one prescription."""

    alerts: tuple[Alert, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


def slug(*parts: str) -> str:
    """A key's characters only: `Acide valproïque` -> `acide-valproique`; sorted parts are the caller's business."""
    return "~".join(_plain(part) for part in parts)


_CACHE: dict[str, str] = {}


def _plain(part: str) -> str:
    known = _CACHE.get(part)
    if known is None:
        # Imported here: only what is not known yet pays for it.
        import unicodedata

        bare = unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode().lower()
        known = "-".join("".join(sign if sign.isalnum() else " " for sign in bare).split())
        if len(_CACHE) < 50_000:
            _CACHE[part] = known
    return known


def element_key(text: str) -> str:
    """A key that a value accepts: `~` becomes `_`; long ones keep a digest of the whole."""
    key = text.replace("~", "_")
    if len(key) <= 80:
        return key
    import hashlib

    return f"{key[:67]}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def signature_of(drugs: list[Drug], places: tuple[int, ...]) -> str:
    """What re-arms an alert: which medicines, at which dose, by which route."""
    return "; ".join(sorted(_signed(drugs[place]) for place in places))


def _signed(drug: Drug) -> str:
    return f"{drug.medicine or drug.label or drug.text} {drug.dose} {','.join(drug.routes)}".strip()
