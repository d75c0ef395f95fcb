"""Interactions of the current drugs with the agents that may be proposed, from the thesaurus."""

from collections.abc import Mapping, Sequence

from cognoscope.apps.pharmacy.antibiotics.tables import agent_rows
from cognoscope.core.case import Cell
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded
from cognoscope.intake.medicines import Medicine, Medicines, open_medicines
from cognoscope.intake.medicines.thesaurus import Thesaurus, open_thesaurus

LEVELS = ("contraindicated", "discouraged", "precaution", "take-into-account")


def checked(
    drugs: Sequence[str] | None,
    agents: Sequence[str],
    knowledge: Knowledge,
    found: dict[str, list[Mapping[str, Cell]]],
) -> dict[str, Cell]:
    """Put the table `interaction` into `found`; the facts say whether it could be made, and what was not recognised.

    What was typed stays out of the case: an unrecognised drug is told by its place in the list.
    """
    if not drugs:
        return {}
    try:
        medicines, thesaurus = open_medicines(knowledge), open_thesaurus(knowledge)
    except NotLoaded:
        return {"drugs_known": False, "interactions_checked": False}
    resolved = [_one(medicines, text) for text in drugs]
    unknown = ", ".join(str(place) for place, one in enumerate(resolved, start=1) if one is None)
    rows: list[Mapping[str, Cell]] = []
    for code in agents:
        mine = _one(medicines, agent_rows()[code]["fr"])
        if mine is not None:
            rows += [row for one in resolved if one is not None for row in _between(thesaurus, code, mine, one)]
    found["interaction"] = rows
    facts: dict[str, Cell] = {"interactions_checked": True, "drugs_unknown": unknown or None}
    return facts | {"thesaurus_edition": thesaurus.edition, "thesaurus_digest": thesaurus.digest}


def _between(thesaurus: Thesaurus, code: str, agent: Medicine, drug: Medicine) -> list[dict[str, Cell]]:
    hits = thesaurus.between(agent, drug)
    if not hits:
        return []
    worst = min(hits, key=lambda hit: LEVELS.index(hit.level))
    name = " + ".join(drug.substances)
    return [{"agent": code, "drug": name, "level": worst.level, "text": worst.condition or worst.text}]


def _one(medicines: Medicines, text: str) -> Medicine | None:
    """The medicine meant, where one set of substances is; an ambiguous name is not guessed."""
    resolution = medicines.resolve(text)
    return resolution.medicines[0] if resolution.medicines and resolution.status != "ambiguous" else None
