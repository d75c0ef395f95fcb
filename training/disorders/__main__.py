"""Trains the shipped classifier: `python -m training.disorders DATASETS --out FILE` (PyTorch, onnx, onnxscript).

DATASETS is a folder of reference data. Learnt from: QUAERO's train and dev partitions (GFDL) and made sentences.
Settings and thresholds were chosen with QUAERO's train partition alone, judged on dev and on the third of E3C's layer 1
train that is left out of every figure; QUAERO's test partition and the rest of E3C are never read here.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from cognoscope.intake.reading.disorders_features import FLAGS, PIECES
from training.disorders.corpus import cut, quaero
from training.disorders.fit import fit
from training.disorders.network import Network
from training.disorders.silver import sentences

NOTICE = {
    "learnt_from": "QUAERO French Medical Corpus, train and dev (GFDL; Névéol et al., 2014), and made sentences",
    "made_of": "CIM-10 FR (ATIH), ADICAP as packaged in EDS-NLP (BSD-3-Clause), CCAM labels (open data)",
}
"""Kept in the file itself."""

SEED, EPOCHS, SHARE, MADE = 1, 16, 2.0, 20_000


def main() -> None:
    """Fit, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    real = [
        sequence
        for partition in ("train", "dev")
        for sequence in quaero(asked.datasets / "text" / "quaero-fr" / f"{partition}.jsonl.gz")
    ]
    made = [sequence for text in sentences(asked.datasets, MADE, 7) for sequence in cut(text, "DISO")]
    export(fit(real, made, SEED, epochs=EPOCHS, share=SHARE), asked.out)


def export(network: Network, path: Path) -> None:
    """The network as ONNX, its table of pieces in half precision."""
    network.eval()
    rows = torch.randint(1, 100, (5, PIECES), dtype=torch.int32)
    places, flags = torch.arange(7) % 5, torch.zeros(7, FLAGS)
    torch.onnx.export(
        network,
        (rows, places, flags),
        str(path),
        input_names=["rows", "places", "flags"],
        output_names=["chances"],
        dynamic_shapes={
            "rows": {0: torch.export.Dim("words", min=1)},
            "places": {0: torch.export.Dim("length", min=1)},
            "flags": {0: torch.export.Dim("length", min=1)},
        },
        external_data=False,
        dynamo=True,
    )
    model = onnx.load(path)
    _halve(model)
    del model.metadata_props[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    helper.set_model_props(model, NOTICE)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _halve(model: onnx.ModelProto) -> None:
    """Large initialisers in half precision, each cast back where it is used."""
    for kept in list(model.graph.initializer):
        values = numpy_helper.to_array(kept)
        if values.dtype == np.float32 and values.size > 100_000:
            name = kept.name
            kept.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
            for node in model.graph.node:
                if node.op_type == "Gather" and node.input[0] == name:
                    node.input[0] = f"{name}_half"
                    out = node.output[0]
                    node.output[0] = f"{out}_half"
                    cast = helper.make_node("Cast", [f"{out}_half"], [out], to=TensorProto.FLOAT, name=f"{out}_cast")
                    model.graph.node.insert(list(model.graph.node).index(node) + 1, cast)
    del model.graph.value_info[:]


if __name__ == "__main__":
    main()
