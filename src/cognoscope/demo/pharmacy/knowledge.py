"""The reference tables of the demonstration's pharmacy.

Where `$COGNOSCOPE_DATASETS` holds the published ones, those are loaded. Elsewhere a small extract is, written for the
demonstration in its own words (`medicines.csv`, `interactions.csv`, `classes.csv`): some fifty medicines and thirty
interactions under invented CIS codes, put into the publishers' layouts and loaded as those are.
"""

import csv
import json
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from cognoscope.core.actor import program
from cognoscope.core.events import KnowledgeLoaded
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.datasets.registry import datasets_folder
from cognoscope.intake.knowledge.ansm import ANSM
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.source import Loaded, Source
from cognoscope.intake.knowledge.sources import SOURCES
from cognoscope.intake.knowledge.store import open_knowledge

EDITION = "démonstration"
FIRST_CIS = 99_000_001
SHIPPED = {BDPM.name, ANSM.name}


def load_knowledge(home: Home, ledger: Ledger, at: datetime, say: Callable[[str], None]) -> None:
    """Load every source whose published files are at hand, and the extract where medicines or interactions are not.

    Raises:
        InvalidInput: published files are there and cannot be read.
    """
    published = {
        source.name: source.load(datasets_folder() / source.reference)
        for source in SOURCES
        if source.reference and (datasets_folder() / source.reference).exists()
    }
    # Interactions name substances as their own edition of the medicines does: one alone would not do.
    if not set(published) >= SHIPPED:
        published |= _extract()
        say("the pharmacy knows an extract of fifty medicines, written for this demonstration")
    knowledge = open_knowledge(home)
    for source in SOURCES:
        if source.name in published:
            _keep(home, ledger, source, published[source.name], at)
    known = ", ".join(f"{each.name} {knowledge.edition(each).edition}" for each in SOURCES if knowledge.has(each))
    say(f"the pharmacy's references are loaded: {known}")


def _keep(home: Home, ledger: Ledger, source: Source, loaded: Loaded, at: datetime) -> None:
    edition = open_knowledge(home).keep(source, loaded, at)
    event = KnowledgeLoaded(
        name=edition.name, edition=edition.edition, content=edition.content, rows=sum(edition.tables.values())
    )
    ledger.append(event, program("demo"), at)


def _extract() -> dict[str, Loaded]:
    with TemporaryDirectory() as folder:
        written = Path(folder)
        _write_medicines(written)
        _write_interactions(written)
        loaded = {source.name: source.load(written) for source in (BDPM, ANSM)}
    return {name: Loaded(EDITION, each.tables) for name, each in loaded.items()}


def _write_medicines(folder: Path) -> None:
    products: list[tuple[object, ...]] = []
    compositions: list[tuple[object, ...]] = []
    codes: dict[str, str] = {}
    for place, row in enumerate(_rows("medicines.csv")):
        cis = FIRST_CIS + place
        state = ("Autorisation active", "Procédure nationale", "Commercialisée", "01/01/2020", "", "", "DÉMO", "Non")
        products.append((cis, row["label"], row["form"], row["route"], *state))
        for link, substance in enumerate(row["substances"].split(";"), start=1):
            # "salt>base": the registry gives the salt as active substance and the base as its therapeutic fraction.
            for nature, name in zip(("SA", "FT"), substance.split(">"), strict=False):
                code = codes.setdefault(name, f"{90_001 + len(codes)}")
                compositions.append((cis, row["form"], code, name, "", "", nature, link))
    for name, lines in (("CIS_bdpm.txt", products), ("CIS_COMPO_bdpm.txt", compositions)):
        text = "".join("\t".join(map(str, line)) + "\r\n" for line in lines)
        (folder / name).write_bytes(text.encode("cp1252"))


def _write_interactions(folder: Path) -> None:
    interactions = [
        {
            "main_drug": row["main"].upper(),
            "between_main_and_plus_drug": "",
            "plus_drug": row["plus"].upper(),
            "severity_levels": [{"level": row["level"], "info": row["condition"]}],
            "interaction_mechanism": row["mechanism"],
            "description": " ".join(filter(None, (row["level"], row["condition"], row["mechanism"]))),
        }
        for row in _rows("interactions.csv")
    ]
    classes = {row["substance"]: row["classes"].split(";") for row in _rows("classes.csv")}
    named = {side.lower() for row in interactions for side in (str(row["main_drug"]), str(row["plus_drug"]))}
    named -= {name for names in classes.values() for name in names}
    index = [{"substance": name, "drug_classes": classes.get(name, [])} for name in sorted(named | set(classes))]
    for file, content in (("interactions.json", interactions), ("index.json", index)):
        (folder / file).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()))
