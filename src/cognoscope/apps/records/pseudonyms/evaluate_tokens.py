"""Counts of tokens found, missed and masked for nothing, by block, from spans."""

import re
from collections import Counter
from collections.abc import Iterable

from cognoscope.intake.deidentification.span import Span

NAMES = ("NOM", "PRENOM")
IDENTIFIERS = ("SECU", "IPP", "NDA")
CONTACTS = ("TEL", "MAIL", "ADRESSE", "ZIP", "VILLE")
ANNOTATED = (*NAMES, *IDENTIFIERS, *CONTACTS, "DATE", "DATE_NAISSANCE", "HOPITAL")
"""Labels that the templates carry: maskings with another label (web addresses, RPPS, units) are counted apart."""

REPLACED = (*NAMES, *IDENTIFIERS, *CONTACTS, "DATE_NAISSANCE", "HOPITAL")
"""Gold labels that must be gone; other dates are shifted, or stay where the installation keeps dates."""

DATES = ("DATE", "DATE_NAISSANCE")

_TOKEN = re.compile(r"[^\W_]+")


def labels_of(text: str, spans: Iterable[tuple[int, int, str]]) -> dict[tuple[int, int], str]:
    """The label of each token (start, stop) that lies wholly within a span."""
    found: dict[tuple[int, int], str] = {}
    for start, stop, label in spans:
        for match in _TOKEN.finditer(text, start, stop):
            found[match.span()] = label
    return found


def count(text: str, gold: list[tuple[int, int, str]], predicted: list[Span]) -> Counter[str]:
    """What happened to each token of one text.

    Keys: `gold:LABEL`, `found:LABEL` (masked with any label but DATE; dates and birth dates with any, since dates are
    shifted), `exact:LABEL`, `masked`, `masked_true`, `masked_apart` (labels that the templates do not carry), `unclean`
    (1 where an identity is left), `unclean_patient` (the same, names of hospitals aside), `unclean_dates_kept` (where
    the installation keeps dates, so that a birth date taken for another date stays).
    """
    truth = labels_of(text, gold)
    masked: dict[tuple[int, int], str] = {}
    covered: dict[int, str] = {}
    for span in predicted:
        for at in range(span.start, span.stop):
            covered[at] = span.label
    for match in _TOKEN.finditer(text):
        under = {covered.get(at, "") for at in range(*match.span())}
        if "" not in under:
            masked[match.span()] = under.pop()
    # A gold token may be cut by the template (a letter glued to it): what counts is that its characters are covered.
    counts: Counter[str] = Counter()
    for (start, stop), label in truth.items():
        under = {covered.get(at, "") for at in range(start, stop)}
        hit = "" not in under and (label in DATES or under != {"DATE"})
        if label == "DATE_NAISSANCE" and (not hit or under == {"DATE"}):
            counts["unclean_dates_kept"] = 1
        counts[f"gold:{label}"] += 1
        counts[f"found:{label}"] += hit
        counts[f"exact:{label}"] += under == {label}
        if not hit and label in REPLACED:
            counts["unclean"] = counts["unclean_dates_kept"] = 1
            if label != "HOPITAL":
                counts["unclean_patient"] = 1
    inside = {at for start, stop, _ in gold for at in range(start, stop)}
    for (start, stop), label in masked.items():
        if label not in ANNOTATED:
            counts["masked_apart"] += 1
            continue
        counts["masked"] += 1
        counts["masked_true"] += any(at in inside for at in range(start, stop))
    counts["texts"] = 1
    return counts
