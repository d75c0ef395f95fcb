"""Networks in ONNX files: both engines, their errors in sentences, sessions shared by content."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tiny_onnx import segmenter

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.onnx import Network
from cognoscope.methods.onnx.network import Engine, _open

pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
pytest.importorskip("openvino", reason="needs the extra `imaging`")

WEIGHTS = np.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]], dtype=np.float32)
BIAS = np.array([0.1, -0.2, 0.0], dtype=np.float32)
CONTENT = segmenter(WEIGHTS, BIAS, ("rows", "columns"))
both = pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "model.onnx"
    path.write_bytes(CONTENT)
    return path


def expected(image: np.ndarray) -> np.ndarray:
    logits = np.einsum("kc,nchw->nkhw", WEIGHTS, image) + BIAS[None, :, None, None]
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


@both
def test_outputs_by_name(file: Path, engine: Engine):
    network = Network(file, engine)
    image = np.random.default_rng(1).random((2, 2, 8, 6)).astype(np.float32)
    found = network.run({"image": image})
    assert set(found) == set(network.outputs) == {"probabilities", "features"} and network.inputs == ("image",)
    np.testing.assert_allclose(found["probabilities"], expected(image), atol=1e-6)
    np.testing.assert_allclose(found["features"], image.mean(axis=(2, 3)), atol=1e-6)


@both
def test_what_was_made_ready_beforehand_answers_alike(file: Path, engine: Engine):
    network = Network(file, engine)
    network.ready({"image": (2, 2, 8, 6)})
    image = np.random.default_rng(1).random((2, 2, 8, 6)).astype(np.float32)
    np.testing.assert_allclose(network.run({"image": image})["probabilities"], expected(image), atol=1e-6)


@both
def test_sizes_and_types_may_change_from_run_to_run(file: Path, engine: Engine):
    network = Network(file, engine)
    for shape in ((1, 2, 4, 4), (3, 2, 16, 8), (1, 2, 4, 4)):
        image = np.random.default_rng(2).random(shape)  # float64, and not contiguous below
        found = network.run({"image": image[:, :, ::-1]})
        np.testing.assert_allclose(found["probabilities"], expected(image[:, :, ::-1]), atol=1e-6)


@both
def test_what_it_gives_is_not_overwritten_by_the_next_run(file: Path, engine: Engine):
    network = Network(file, engine)
    image = np.random.default_rng(3).random((1, 2, 8, 8)).astype(np.float32)
    first = network.run({"image": image})["probabilities"]
    before = first.copy()
    network.run({"image": 1 - image})
    np.testing.assert_array_equal(first, before)


def test_files_with_the_same_content_share_a_session(file: Path, tmp_path: Path):
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(CONTENT)
    one, other = Network(file), Network(copy)
    assert one._session is other._session
    assert one.digest == hashlib.sha256(CONTENT).hexdigest()
    assert Network(file, threads=1)._session is not one._session
    _open.cache_clear()


@both
def test_wrong_arrays_are_a_sentence(file: Path, engine: Engine):
    network = Network(file, engine)
    with pytest.raises(InvalidInput, match="also needs image"):
        network.run({"picture": np.zeros((1, 2, 8, 8), np.float32)})
    with pytest.raises(InvalidInput, match=r"does not take image \(1, 5, 8, 8\)"):
        network.run({"image": np.zeros((1, 5, 8, 8), np.float32)})


@both
def test_a_missing_file_is_a_sentence(tmp_path: Path, engine: Engine):
    with pytest.raises(InvalidInput, match="cannot be read: put the model's file back"):
        Network(tmp_path / "none.onnx", engine).run({})


@both
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(CONTENT) - 40), change=st.binary(min_size=1, max_size=20))
def test_a_broken_file_is_a_sentence_and_no_crash(tmp_path: Path, engine: Engine, cut: int, change: bytes):
    """Either the change did no harm (a name, a weight) or the sentence says that this is no network."""
    path = tmp_path / "broken.onnx"
    path.write_bytes(CONTENT[:cut] + change)
    with pytest.raises(InvalidInput):
        Network(path, engine).run({"image": np.zeros((1, 2, 8, 8), np.float32)})


def test_the_same_bytes_in_another_process(file: Path):
    code = (
        "import sys, hashlib, numpy as np\nfrom cognoscope.methods.onnx import Network\n"
        "image = np.random.default_rng(4).random((1, 2, 32, 32)).astype(np.float32)\n"
        "for engine in ('onnxruntime', 'openvino'):\n"
        "    found = Network(sys.argv[1], engine).run({'image': image})['probabilities']\n"
        "    print(hashlib.sha256(found.tobytes()).hexdigest())"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", code, str(file)],
            env=os.environ | {"OMP_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert printed[0] == printed[1] and len(printed[0].split()) == 2
