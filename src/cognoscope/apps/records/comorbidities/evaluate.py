"""`cognoscope evaluate records.comorbidities --data PATH`: the reading beside E3C's and QUAERO's annotations.

PATH is laid out as E3C is here: `layer1_*.jsonl.gz` (entities and events by hand) and, where there,
`layer2_validation_manual*.jsonl.gz`; QUAERO's test partition is taken from the folder `quaero-fr` beside PATH, where it
is. The twelve documents of layer 1 that were looked at while the method was chosen (`evaluate_seen.csv`) are left out.
"""

import csv
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

from cognoscope.apps.records.comorbidities.card import CARD
from cognoscope.apps.records.comorbidities.evaluate_counts import exact, score
from cognoscope.apps.records.comorbidities.evaluate_entities import drugs, entity_metrics, marked
from cognoscope.apps.records.comorbidities.evaluate_qualifiers import qualifier_metrics
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.datasets.text import AnnotatedText, partitions, read_e3c, read_quaero

_LAYER_2 = (
    0.7299,
    "E3C's README, table 7, on layer 2: their dictionary beside its output corrected by hand",
)
_QUAERO = {
    "EMEA": (0.756, "CLEF eHealth 2015 task 1b, best plain entity recognition: all ten groups, on what is dev here"),
    "MEDLINE": (
        0.605,
        "CLEF eHealth 2016 task 2, best: all ten groups, normalised entity recognition on the same test",
    ),
}


def evaluate(folder: Path) -> Evaluation:
    """Judge the disorders and their qualifiers.

    Returns:
        F1 with 95 % intervals (documents resampled) beside the dictionary alone or EDS-NLP's rules alone and the
        published figure; under `detail` one entry a corpus with its counts and what is most often missed or false.

    Raises:
        InvalidInput: the folder holds no layer 1 of E3C.
        NotInstalled: the extra `text` is missing.
    """
    started = time.perf_counter()
    layer1 = _unseen([document for path in partitions(folder, "layer1_") for document in read_e3c(path)])
    if not layer1:
        raise InvalidInput(
            f"{folder}: no document to judge. A folder with layer1_*.jsonl.gz laid out as E3C's is needed "
            "(see `cognoscope datasets list`, e3c_french)."
        )
    metrics, entities = entity_metrics(layer1, "CLINENTITY", ("entity_f1", "entity_overlap_f1"), _LAYER_2)
    more, qualifiers = qualifier_metrics(layer1)
    metrics += more
    detail: dict[str, Any] = {"layer1": entities, "layer1_qualifiers": qualifiers}
    manual = [d for path in partitions(folder, "layer2_validation_manual") for d in read_e3c(path)]
    if manual:
        more, detail["layer2_manual"] = entity_metrics(
            manual, "CLINENTITY", ("layer2_entity_f1", "layer2_overlap_f1"), _LAYER_2
        )
        metrics += more
        detail["layer2_publisher"] = _publisher(
            manual, [d for p in partitions(folder, "layer2_silver") for d in read_e3c(p)]
        )
    metrics += _quaero(folder.resolve().parent / "quaero-fr", detail)
    return Evaluation(
        application=CARD.name,
        version=CARD.version,
        dataset=folder.resolve().name,
        rows=len(layer1),
        metrics=tuple(_rounded(metric) for metric in metrics),
        seconds=round(time.perf_counter() - started, 1),
        detail=detail,
    )


def _publisher(manual: list[AnnotatedText], silver: list[AnnotatedText]) -> dict[str, Any]:
    """The publisher's own dictionary on the same documents, spans alone: what its figure means, recomputed."""
    matched = {document.identifier: document.spans for document in silver}
    agreements = [
        exact(((s.start, s.stop) for s in matched.get(d.identifier, ())), marked(d, "CLINENTITY")) for d in manual
    ]
    judged = score(agreements)
    return {"exact_f1": round(judged.f1, 4) if judged else None, "found": sum(each.found for each in agreements)}


def _quaero(folder: Path, detail: dict[str, Any]) -> list[Metric]:
    """DISO and CHEM on QUAERO's test partition, each of its sources apart; nothing where it is absent."""
    documents = [document for path in partitions(folder, "test") for document in read_quaero(path)]
    metrics: list[Metric] = []
    for source in sorted({document.source for document in documents}):
        part = [document for document in documents if document.source == source]
        name = source.lower()
        more, detail[f"quaero_{name}_diso"] = entity_metrics(
            part, "DISO", (f"quaero_{name}_diso_f1", f"quaero_{name}_diso_overlap_f1"), _QUAERO.get(source)
        )
        chem, detail[f"quaero_{name}_chem"] = entity_metrics(
            part, "CHEM", (f"quaero_{name}_chem_f1", f"quaero_{name}_chem_overlap_f1"), None, drugs, None
        )
        metrics += [*more, *chem]
    return metrics


def _unseen(documents: list[AnnotatedText]) -> list[AnnotatedText]:
    table = files(__package__).joinpath("evaluate_seen.csv").read_text(encoding="utf-8")
    seen = {row["identifier"] for row in csv.DictReader(table.splitlines())}
    return [document for document in documents if document.identifier not in seen]


def _rounded(metric: Metric) -> Metric:
    figures = {
        name: round(value, 4)
        for name in ("value", "low", "high", "baseline")
        if (value := getattr(metric, name)) is not None
    }
    return metric.model_copy(update=figures)
