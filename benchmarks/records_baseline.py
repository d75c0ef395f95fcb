"""EDS-NLP's documented pipeline, as its documentation writes it and with nothing of this project, over some texts.

    python benchmarks/records_baseline.py TEXTS [--no-pollution] [--entities]

TEXTS holds one JSON string a line. Prints one JSON object: version, documents, seconds (building left out, after a
first text that is not counted), peak memory and, with `--entities`, what was found in each text. Needs EDS-NLP only, so
that another version of it can be measured with its own Python.
"""

import argparse
import importlib.metadata
import json
import resource
import time
from pathlib import Path
from typing import Any

CONDITIONS = (
    *("aids", "cerebrovascular_accident", "ckd", "congestive_heart_failure", "connective_tissue_disease", "copd"),
    *("dementia", "diabetes", "hemiplegia", "leukemia", "liver_disease", "lymphoma", "myocardial_infarction"),
    *("peptic_ulcer_disease", "peripheral_vascular_disease", "solid_tumor", "alcohol", "tobacco"),
)
QUALIFIERS = ("negation", "hypothesis", "family", "history", "reported_speech")
POLLUTION = ("information", "bars", "biology", "doctors", "web", "coding", "footer")


def pipeline(pollution: bool) -> Any:
    """Normaliser with or without every pollution pattern, sentences, 18 conditions, 5 qualifiers."""
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.normalizer", config={"pollution": dict.fromkeys(POLLUTION, True) if pollution else False})
    nlp.add_pipe("eds.sentences")
    for name in (*CONDITIONS, *QUALIFIERS):
        nlp.add_pipe(f"eds.{name}")
    return nlp


def entities(doc: Any) -> list[list[Any]]:
    """Start, stop, label, the five qualifiers, detailed status of each entity."""
    return [
        [span.start_char, span.end_char, span.label_]
        + [bool(span._.get(name)) for name in QUALIFIERS]
        + [(span._.detailed_status or "").lower()]
        for span in doc.ents
    ]


def main() -> None:
    """Time, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("texts", type=Path)
    parser.add_argument("--no-pollution", action="store_true")
    parser.add_argument("--entities", action="store_true")
    asked = parser.parse_args()
    texts = [json.loads(line) for line in asked.texts.read_text(encoding="utf-8").splitlines()]
    nlp = pipeline(not asked.no_pollution)
    nlp(texts[0])
    found = []
    began, busy = time.perf_counter(), time.process_time()
    for text in texts:
        doc = nlp(text)
        if asked.entities:
            found.append(entities(doc))
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - busy
    print(
        json.dumps(
            {
                "version": importlib.metadata.version("edsnlp"),
                "documents": len(texts),
                "seconds": seconds,
                "cpu_seconds": cpu_seconds,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "entities": found if asked.entities else None,
            }
        )
    )


if __name__ == "__main__":
    main()
