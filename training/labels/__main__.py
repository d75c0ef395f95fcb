"""Trains the shipped reader of drug labels: `python -m training.labels DATASETS [--out FILE]` (scikit-learn, extra
`text`).

DATASETS is a folder of reference data. Learnt from: the 101 labels of the train half of TAC 2017 (US government
work, public) with the names of CTCAE v5 (NCI) and of FAERS tables (FDA), both public domain, as a dictionary. The
file holds 64-bit digests of terms, MedDRA codes as annotated there, counts and weights: no word, no name. SIDER (CC
BY-NC-SA) is not read.
"""

import argparse
import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import sklearn

from cognoscope.apps.pharmacy.reactions.labels import FILE
from cognoscope.apps.pharmacy.reactions.labels_corpus import read_labels
from cognoscope.apps.pharmacy.reactions.labels_file import save
from cognoscope.apps.pharmacy.reactions.labels_fit import fit, sections_of
from cognoscope.apps.pharmacy.reactions.labels_names import public_names

SEED = 20261121
HERE = Path(__file__).parents[2] / "src" / "cognoscope" / "apps" / "pharmacy" / "reactions"


def main() -> None:
    """Fit, write the file and, beside it, the record of how it was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--out", type=Path, default=HERE / FILE)
    asked = parser.parse_args()
    labels = read_labels(asked.datasets / "text" / "tac2017-adr-labels")
    names = public_names(asked.datasets)
    model, _ = fit(labels, [sections_of(label) for label in labels], names, SEED)
    save(model, asked.out, [label.digest for label in labels])
    record = {
        "seed": SEED,
        "labels": len(labels),
        "learnt_from": "TAC 2017 ADR, train half (US government work, public; reformatted by the Tatonetti lab)",
        "dictionary": "CTCAE v5 (NCI, public domain), FAERS contingency tables (FDA, public domain)",
        "names": len(names),
        "threshold": round(model.threshold, 2),
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "sha256": sha256(asked.out.read_bytes()).hexdigest(),
    }
    asked.out.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
