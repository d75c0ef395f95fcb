"""`cognoscope evaluate pharmacy.reactions --data PATH`: each part of the reading on the data that the folder holds.

PATH is a data set or a folder of data sets; what each one is is told by its files, not by its name:

    *.jsonl[.gz] with label_id, section_text, adverse_events   labels as TAC 2017       `label_pt_f1`
    *.tsv[.gz]   with id, phrase, code of a preferred term     phrases as SMM4H 2017    `phrase_accuracy`, ...
    *.conll.txt[.gz]                                           sentences as PsyTAR      `span_f1`, `span_f1_psytar`
    *.jsonl[.gz] with product, section, text, entities         sections as the RCP set  `span_f1`, `span_f1_rcp`
    *.jsonl[.gz] with text, suspects, reactions                declarations             `drug_f1`, `reaction_f1`, ...

`span_f1` is that of PsyTAR where both are there. With a folder of several data sets, the declarations written for this
project are
judged as well (see `evaluate_declarations`).
"""

import csv
import gzip
import importlib
import json
import time
from collections.abc import Iterable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from cognoscope.apps.pharmacy.reactions.card import CARD
from cognoscope.core.errors import InvalidInput, NotInstalled
from cognoscope.core.evaluation import Evaluation, Metric

PACKAGE = "cognoscope.apps.pharmacy.reactions"
ORDER = ("labels", "phrases", "spans", "french", "declarations")
SPAN_NAMES = {"spans": "span_f1_psytar", "french": "span_f1_rcp"}


def evaluate(folder: Path) -> Evaluation:
    """Judge every part that the folder has data for.

    Returns:
        One object; `detail` holds what each part says of itself, and `not_judged` the parts that could not run here.

    Raises:
        InvalidInput: the folder holds none of the layouts.
    """
    started = time.perf_counter()
    found = _data_sets(folder)
    if not found:
        raise InvalidInput(
            f"{folder}: no data to judge. A folder laid out as TAC 2017, SMM4H 2017, PsyTAR, the French SPC sections "
            "or declarations with suspects and reactions is needed (see `cognoscope datasets list`)."
        )
    metrics: dict[str, Metric] = {}
    detail: dict[str, Any] = {}
    rows = 0
    for layout, where in found:
        try:
            module = importlib.import_module(f"{PACKAGE}.evaluate_{layout}")
            made, said, judged = module.evaluate(where)
        except (NotInstalled, InvalidInput) as error:
            detail.setdefault("not_judged", {})[layout] = str(error)
            continue
        rows += judged
        detail[layout] = said
        for metric in made:
            metrics.setdefault(metric.name, metric)
            if metric.name == "span_f1" and layout in SPAN_NAMES:
                metrics[SPAN_NAMES[layout]] = metric.model_copy(update={"name": SPAN_NAMES[layout]})
    return Evaluation(
        application=CARD.name,
        version=CARD.version,
        dataset=folder.resolve().name,
        rows=rows,
        metrics=tuple(metrics.values()),
        seconds=round(time.perf_counter() - started, 1),
        detail=detail,
    )


def _data_sets(folder: Path) -> list[tuple[str, Path]]:
    """Layout and folder of each data set, in the order of `ORDER`."""
    here = layout_of(folder)
    if here is not None:
        return [(here, folder)]
    inside = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    found = [(layout, each) for each in inside if (layout := layout_of(each)) is not None]
    if found:
        with as_file(files(PACKAGE)) as own:
            found.append(("declarations", own))
    return sorted(found, key=lambda one: (ORDER.index(one[0]), one[1].name))


def layout_of(folder: Path) -> str | None:
    """Which part the files of a folder judge, None where it is none of them."""
    if not folder.is_dir():
        return None
    names = sorted(each for each in folder.iterdir() if each.is_file())
    for file in names:
        if file.name.endswith((".conll.txt", ".conll.txt.gz")):
            return "spans"
        if file.name.endswith((".jsonl", ".jsonl.gz")) and (layout := _of_objects(file)):
            return layout
        if file.name.endswith((".tsv", ".tsv.gz")) and _are_phrases(file):
            return "phrases"
    return None


def _of_objects(file: Path) -> str | None:
    try:
        first = json.loads(next(iter(_lines(file)), "{}"))
    except ValueError:
        return None
    if not isinstance(first, dict):
        return None
    for layout, keys in (
        ("labels", {"label_id", "section_text", "adverse_events"}),
        ("french", {"product", "section", "text", "entities"}),
        ("declarations", {"text", "suspects", "reactions"}),
    ):
        if keys <= set(first):
            return layout
    return None


def _are_phrases(file: Path) -> bool:
    for row in csv.reader(_lines(file), delimiter="\t", quoting=csv.QUOTE_NONE):
        return len(row) == 3 and row[2].strip().isdigit()
    return False


def _lines(file: Path) -> Iterable[str]:
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8") as stream:
            yield from stream
    except (OSError, EOFError, UnicodeDecodeError):
        return
