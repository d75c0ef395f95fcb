"""Reads drugs, with their ATC code: the names of `eds.drugs` without those that mean something else in a report.

What is left out (`drugs_rules.csv`): ordinary words that the list holds (`solution`), and substances that biology
measures (`potassium`) where nothing near says that they are given. A name with several codes gets the first that is not
of a form for local use, since a report says `dexaméthasone` without the form.
"""

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from msgspec.structs import asdict

from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.dates_of import dates_of
from cognoscope.intake.reading.drugs_names import DrugName, find_drugs
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.reader_version import reader_version

REACH = 45
_GIVEN = re.compile(
    r"(?i)\b(?:mg|g|µg|mcg|ui|gouttes?|cp|cps|comprimés?|gélules?|ampoules?|sachets?|per os|iv|po|sc|perfusion|l/min|"
    r"supplément\w*|substitu\w*|apport|traitement|traitée?|sous|injection\w*|prescri\w*|administr\w*|relais)\b"
)
_MEASURED = re.compile(
    r"(?i)/\s*(?:l|ml|dl|mm3)\b|\b(?:mmol|meq|µmol|taux|dosage|sériques?|urinaires?|ionogramme|carence|déficit|bilan|"
    r"saturation|pression)\b"
)


def read(texts: Sequence[str]) -> list[list[Mention]]:
    """The drugs of each text.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    return [_read_one(text) for text in texts]


def _read_one(text: str) -> list[Mention]:
    kept = [name for name in find_drugs(text) if _is_drug(text, name)]
    if not kept:
        return []
    # The qualifiers load EDS-NLP, which this module must not need to be imported.
    from cognoscope.intake.reading.drugs_qualified import qualify_bounded

    spans = [(name.start, name.stop) for name in kept]
    return [
        Mention(
            start=name.start,
            stop=name.stop,
            group="drug",
            label="drug",
            code=chosen_code(name.codes),
            vocabulary="ATC",
            date=date,
            **asdict(said),
        )
        for name, said, date in zip(kept, qualify_bounded(text, spans), dates_of(text, spans), strict=True)
    ]


def chosen_code(codes: Sequence[str]) -> str:
    """One ATC code of a name: the first that is not of a local form, else the first."""
    local = tuple(_rules()["local"])
    return next((code for code in codes if not code.startswith(local)), codes[0])


def _is_drug(text: str, name: DrugName) -> bool:
    words, rules = text[name.start : name.stop].lower(), _rules()
    if words in rules["never"]:
        return False
    if words not in rules["prescribed"]:
        return True
    around = text[max(0, name.start - REACH) : name.stop + REACH]
    return bool(_GIVEN.search(around)) and not _MEASURED.search(around)


@cache
def _rules() -> dict[str, frozenset[str]]:
    rows = list(csv.DictReader(files(__package__).joinpath("drugs_rules.csv").read_text("utf-8").splitlines()))
    return {
        rule: frozenset(row["value"] for row in rows if row["rule"] == rule)
        for rule in ("never", "prescribed", "local")
    }


COMPONENT = Component(
    "drugs",
    reader_version(
        *("drugs*", "dates_of.py", "qualifiers*", "conditions_pipeline.py", "regions_*"),
        libraries=("edsnlp", "pyahocorasick", "spacy"),
    ),
    read,
)
