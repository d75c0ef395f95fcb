"""`cognoscope evaluate records.coding --data PATH`: does the check find stays whose codes were spoiled?

Three sources, each judged apart:
- an invented French hospital, seeds never used in fitting: the headline figures;
- the stays of the folder's OMOP files, with invented reports (`synthetic.omop`), if it holds any;
- labelled stays of a hospital: every `*.json` or `*.jsonl` of the folder in the layout of `case_file`, where
  `corrupted` is true or false for each stay. Where these are there, they are the headline.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from cognoscope.apps.records.coding.card import CARD
from cognoscope.apps.records.coding.judged_stays import labelled_stays
from cognoscope.apps.records.coding.judging import (
    FIRST,
    Scored,
    baseline_precision,
    from_text,
    metric,
    score,
    summary,
)
from cognoscope.apps.records.coding.synthetic.corruption import corrupt
from cognoscope.apps.records.coding.synthetic.counted import counted
from cognoscope.apps.records.coding.synthetic.hospital import Made, hospital
from cognoscope.apps.records.coding.synthetic.omop import stays_of
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation

JUDGED_SEEDS = (20261121, 20261122)
STAYS = 2000
OMOP_SEED = 20261123


def evaluate(folder: Path) -> Evaluation:
    """Area under the curve and precision at the first 100, with 95 % intervals (persons resampled).

    Returns:
        `auc_incoherent` and `precision_at_100` with the count of fired rules as baseline; the same of the OMOP stays
        under `..._omop`; `recall_at_5_text` and `principal_right_text` of codes from invented reports. `detail` holds
        each kind of corruption apart, for every source.

    Raises:
        InvalidInput: the folder does not exist.
    """
    if not folder.exists():
        raise InvalidInput(f"{folder}: there is no such folder; name one with OMOP files or labelled stays.")
    started = time.perf_counter()
    labelled = labelled_stays(folder)
    made = [hospital(STAYS, seed, first=number * STAYS) for number, seed in enumerate(JUDGED_SEEDS)]
    invented = [each for seed, one in zip(JUDGED_SEEDS, made, strict=True) for each in _judged(one, seed)]
    omop = _judged(stays_of(folder, OMOP_SEED), OMOP_SEED)
    headline = score(counted(labelled)) if labelled else invented
    metrics = [metric("auc_incoherent", headline), baseline_precision("precision_at_100", headline)]
    detail: dict[str, Any] = {"judged": "labelled stays of the folder" if labelled else "invented French hospital"}
    silent = [replace(each, stay=replace(each.stay, notes=())) for each in corrupt(made[0], JUDGED_SEEDS[0])]
    for name, scored in (("invented", invented), ("invented_without_reports", score(counted(silent))), ("omop", omop)):
        if scored:
            detail[name] = summary(scored)
    if labelled:
        metrics += [metric("auc_incoherent_invented", invented)]
        detail["labelled"] = summary(headline)
    if len(omop) >= FIRST:
        metrics += [metric("auc_incoherent_omop", omop), baseline_precision("precision_at_100_omop", omop)]
    text = from_text([each for one in made for each in one])
    return Evaluation(
        application=CARD.name,
        version=CARD.version,
        dataset=folder.resolve().name,
        rows=len(headline),
        metrics=(*metrics, *text),
        seconds=round(time.perf_counter() - started, 1),
        detail=detail,
    )


def _judged(made: list[Made], seed: int) -> list[Scored]:
    return score(counted(corrupt(made, seed))) if made else []
