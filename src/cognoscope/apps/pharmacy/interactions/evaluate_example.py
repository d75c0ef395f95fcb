"""The detection that the extraction of the thesaurus publishes as an example, if the folder holds it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cognoscope.apps.pharmacy.interactions.evaluate_raw import plain
from cognoscope.intake.knowledge.ansm import level
from cognoscope.intake.medicines.medicine import Medicine
from cognoscope.intake.medicines.thesaurus import Thesaurus

EXAMPLE = "pddis_detected_example.json"


def detected(folder: Path, thesauri: Sequence[Thesaurus]) -> list[dict[str, Any]]:
    """Each interaction of the example, and whether the edition it names says the same; empty without the file."""
    path = folder / EXAMPLE
    if not path.is_file():
        return []
    example = json.loads(path.read_text(encoding="utf-8"))
    version = str(example["thesaurus"]["thesaurus_version"])
    edition = f"{version[-4:]}_{version[:2]}"
    thesaurus = next((each for each in thesauri if each.edition == edition), None)
    return [{"edition": edition, **_compared(each, thesaurus)} for each in example["pddis"]]


def _compared(each: dict[str, Any], thesaurus: Thesaurus | None) -> dict[str, Any]:
    names = (each["substance1"], each["substance2"])
    wanted = {
        (frozenset((plain(each["pddi"]["main_drug"]), plain(each["pddi"]["plus_drug"]))), level(written["level"]))
        for written in each["pddi"]["severity_levels"]
    }
    if thesaurus is None:
        return {"substances": list(names), "same": None}
    first, second = (Medicine(name, name, (name,)) for name in names)
    found = {(frozenset((plain(said.main), plain(said.plus))), said.level) for said in thesaurus.between(first, second)}
    return {"substances": list(names), "same": wanted <= found}
