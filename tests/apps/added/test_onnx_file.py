"""Looking into ONNX files: what is refused, and that nothing breaks the process that looks."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests import tiny_onnx
from tests.apps.added import tiny

from cognoscope.apps.added.onnx_file import look_into, read_onnx
from cognoscope.apps.added.protobuf import fields
from cognoscope.apps.added.trial import shapes
from cognoscope.core.errors import InvalidInput

WHOLE = tiny.network()
WEIGHT = tiny_onnx.tensor("w", np.ones((1,), np.float32))


def changed(operator: bytes = b"", weight: bytes = WEIGHT) -> bytes:
    nodes = [tiny_onnx.node("Mul", ["image", "w"], ["out"]) + operator]
    image = [tiny_onnx.shaped("image", [1, 1, 8, 8])]
    return tiny_onnx.model(nodes, [weight], image, [tiny_onnx.shaped("out", [1, 1, 8, 8])])


def test_what_a_file_says():
    found = read_onnx(WHOLE, "tiny.onnx")
    assert found.opset == 17 and found.operations == ("Conv", "Flatten", "GlobalAveragePool", "Softmax")
    assert [(port.name, port.sides) for port in found.inputs] == [("image", (None, 1, 8, 8))]
    assert [port.name for port in found.outputs] == ["probabilities", "features"]


def test_operations_of_ones_own_are_refused():
    with pytest.raises(InvalidInput, match=r"the operation Mul of org\.evil"):
        read_onnx(changed(operator=tiny_onnx._field(7, b"org.evil")), "tiny.onnx")


@pytest.mark.parametrize(
    "where",
    [
        tiny_onnx._number(14, 1),
        tiny_onnx._field(13, tiny_onnx._field(1, b"location") + tiny_onnx._field(2, b"../../../etc/passwd")),
    ],
)
def test_weights_in_other_files_are_refused(where: bytes):
    with pytest.raises(InvalidInput, match="keeps weights in another file"):
        read_onnx(changed(weight=WEIGHT + where), "tiny.onnx")
    inside = tiny_onnx._field(5, tiny_onnx._field(1, b"value") + tiny_onnx._field(5, WEIGHT + where))
    with pytest.raises(InvalidInput, match="keeps weights in another file"):
        read_onnx(changed(operator=inside), "tiny.onnx")


def test_graphs_without_end_are_refused():
    node = tiny_onnx.node("Relu", ["a"], ["b"])
    for _ in range(40):
        node = tiny_onnx.node("If", ["c"], ["b"], tiny_onnx._field(6, tiny_onnx._field(1, node)))
    content = tiny_onnx.model([node], [], [tiny_onnx.shaped("image", [1])], [tiny_onnx.shaped("out", [1])])
    with pytest.raises(InvalidInput, match="is no ONNX file"):
        read_onnx(content, "deep.onnx")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
@example(b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
def test_any_bytes_are_fields_or_a_value_error(content: bytes):
    try:
        total = sum(len(value) if isinstance(value, memoryview) else 1 for _, value in fields(memoryview(content)))
    except ValueError:
        return
    assert total <= len(content)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_change_of_a_file_is_read_or_refused(data: st.DataObject):
    at = data.draw(st.integers(0, len(WHOLE) - 1))
    change = data.draw(st.binary(max_size=8))
    skip = data.draw(st.integers(0, 8))
    try:
        found = read_onnx(WHOLE[:at] + change + WHOLE[at + skip :], "tiny.onnx")
    except InvalidInput as error:
        assert "tiny.onnx" in str(error)
    else:
        assert found.inputs and found.outputs


def test_a_missing_and_a_large_file_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(InvalidInput, match="cannot be read"):
        look_into(tmp_path / "none.onnx")
    path = tmp_path / "some.onnx"
    path.write_bytes(WHOLE)
    monkeypatch.setattr("cognoscope.apps.added.onnx_file.LARGEST", 10)
    with pytest.raises(InvalidInput, match="export a smaller network"):
        look_into(path)


def test_a_trial_gives_the_shapes(tmp_path: Path):
    pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
    path = tmp_path / "model.onnx"
    path.write_bytes(WHOLE)
    assert shapes(path, "image", (1, 1, 8, 8)) == {"probabilities": (1, 2, 8, 8), "features": (1, 2)}
    with pytest.raises(InvalidInput, match="cannot be run on an image of 1 x 3 x 8 x 8"):
        shapes(path, "image", (1, 3, 8, 8))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(20, len(WHOLE) - 60), change=st.binary(min_size=1, max_size=6))
def test_a_broken_file_in_a_trial_is_a_sentence_or_runs(tmp_path: Path, at: int, change: bytes):
    pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
    path = tmp_path / "model.onnx"
    path.write_bytes(WHOLE[:at] + change + WHOLE[at + len(change) :])
    try:
        found = shapes(path, "image", (1, 1, 8, 8))
    except InvalidInput as error:
        assert "cannot be run" in str(error)
    else:
        assert found


def test_a_process_that_dies_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    dying = tmp_path / "dying.py"
    dying.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", encoding="utf-8")
    monkeypatch.setattr("cognoscope.apps.added.trial.sys.executable", "/bin/false")
    with pytest.raises(InvalidInput, match="cannot be run"):
        shapes(dying, "image", (1, 1, 8, 8))
