"""The gate: verdicts on images, sentences, broken folders; a gate taught in the test on images made in the test."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tests import tiny_onnx

import cognoscope
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.gate import REASONS, Gate, read_settings, sentence_of
from cognoscope.methods.images.gate_features import as_colours, measures, reduced

SETTINGS = """
classes = ["own", "not-this-kind", "blurred"]
measures = {count}
least_own = 0.5
most_novel = 2.0
least_side = 32
"""


def image(sides: tuple[int, ...] = (64, 48), seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, sides, dtype=np.uint8)


COUNT = len(measures(image()))


def gate(folder: Path, own: float, other: float, blurred: float, novelty: float) -> Gate:
    """A gate that says the same of every image: probabilities by softmax of these logits."""
    nodes = [
        tiny_onnx.node("MatMul", ["measures", "nothing"], ["zeros"]),
        tiny_onnx.node("Add", ["zeros", "logits"], ["scores"]),
        tiny_onnx.node("Softmax", ["scores"], ["reasons"], tiny_onnx.integer("axis", 1)),
        tiny_onnx.node("MatMul", ["measures", "none"], ["zero"]),
        tiny_onnx.node("Add", ["zero", "far"], ["novelty"]),
    ]
    weights = [
        tiny_onnx.tensor("nothing", np.zeros((COUNT, 3), np.float32)),
        tiny_onnx.tensor("logits", np.log(np.array([own, other, blurred], np.float32))),
        tiny_onnx.tensor("none", np.zeros((COUNT, 1), np.float32)),
        tiny_onnx.tensor("far", np.array([novelty], np.float32)),
    ]
    outputs = [tiny_onnx.shaped("reasons", ["n", 3]), tiny_onnx.shaped("novelty", ["n", 1])]
    content = tiny_onnx.model(nodes, weights, [tiny_onnx.shaped("measures", ["n", COUNT])], outputs)
    (folder / "gate.onnx").write_bytes(content)
    (folder / "gate.toml").write_text(SETTINGS.format(count=COUNT), encoding="utf-8")
    return Gate(folder)


@pytest.mark.parametrize(
    ("chances", "accepted", "reason", "novelty", "quality"),
    [
        ((0.8, 0.1, 0.1, 1.0), True, "", 0.5, 0.8889),
        ((0.1, 0.7, 0.2, 1.0), False, "not-this-kind", 0.5, 0.3333),
        ((0.1, 0.2, 0.7, 1.0), False, "blurred", 0.5, 0.125),
        ((0.8, 0.1, 0.1, 3.0), False, "not-this-kind", 1.5, 0.8889),
    ],
)
def test_verdicts(
    tmp_path: Path, chances: tuple[float, ...], accepted: bool, reason: str, novelty: float, quality: float
):
    pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
    found = gate(tmp_path, *chances).check(image())
    assert (found.accepted, found.reason) == (accepted, reason)
    assert found.novelty == pytest.approx(novelty) and found.quality == pytest.approx(quality, abs=1e-3)


@pytest.mark.parametrize(
    ("given_image", "reason"),
    [
        (image((31, 200)), "too-small"),
        (np.full((64, 64), 200, np.uint8), "flat"),
        (np.zeros((64, 64, 4), np.uint8), "not-an-image"),
        (np.zeros((0, 64), np.uint8), "not-an-image"),
        (np.full((64, 64), np.nan), "not-an-image"),
    ],
)
def test_some_images_need_no_network(tmp_path: Path, given_image: np.ndarray, reason: str):
    found = gate(tmp_path, 0.8, 0.1, 0.1, 1.0).check(given_image)
    assert not found.accepted and found.reason == reason and found.quality == 0


def test_every_reason_has_a_sentence():
    for reason in REASONS:
        sentence = sentence_of(reason)
        assert sentence.fr.startswith("Pas de proposition : ") and sentence.en.startswith("No proposal: ")


def test_a_folder_without_a_gate_is_a_sentence(tmp_path: Path):
    with pytest.raises(InvalidInput, match="needs its gate beside it"):
        Gate(tmp_path).check(image())
    (tmp_path / "gate.toml").write_text("classes = 3", encoding="utf-8")
    with pytest.raises(InvalidInput, match="is no settings of a gate"):
        Gate(tmp_path).check(image())
    (tmp_path / "gate.toml").write_text(SETTINGS.format(count=COUNT).replace("blurred", "ugly"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="reasons that nobody knows"):
        Gate(tmp_path).check(image())
    (tmp_path / "gate.toml").write_text(SETTINGS.format(count=7), encoding="utf-8")
    with pytest.raises(InvalidInput, match="made for other measures"):
        Gate(tmp_path).check(image())


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200))
def test_any_settings_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.getbasetemp() / "gate.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput):
        read_settings(path)


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, min_side=8, max_side=40)))
def test_any_image_is_measured_and_the_same_in_grey_and_in_three_equal_colours(pixels: np.ndarray):
    row = measures(pixels)
    assert row.shape == (COUNT,) and row.dtype == np.float32 and np.isfinite(row).all()
    np.testing.assert_array_equal(row, measures(np.repeat(pixels[..., None], 3, axis=2)))
    np.testing.assert_allclose(row, measures(pixels / 255.0), atol=2e-3)


def test_measures_move_with_blur_and_noise():
    smooth = np.kron(image((12, 12)), np.ones((16, 16), np.uint8))
    noisy = np.clip(smooth + np.random.default_rng(2).normal(0, 30, smooth.shape), 0, 255).astype(np.uint8)
    assert np.abs(measures(smooth) - measures(noisy)).max() > 0.5


def test_reducing_keeps_the_mean_and_a_ramp():
    ramp = np.repeat(np.arange(64, dtype=np.float32)[None], 48, axis=0)
    small = reduced(ramp, 6, 8)
    assert small.shape == (6, 8) and small.mean() == pytest.approx(31.5, abs=0.1)
    np.testing.assert_allclose(np.diff(small[0])[1:-1], 8, atol=0.05)
    np.testing.assert_allclose(reduced(np.ones((5, 9), np.float32), 12, 12), 1, rtol=1e-6)


def test_other_ranges_are_stretched():
    assert as_colours(np.array([[-1000, 0], [500, 1000]], np.int16))[..., 0].tolist() == [[0.0, 0.5], [0.75, 1.0]]


@pytest.mark.parametrize("folder", sorted(Path(cognoscope.__file__).parent.glob("apps/imaging/*/weights/gate.toml")))
def test_gates_that_ship_fit_their_measures_and_refuse_a_page_of_noise(folder: Path):
    pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
    assert read_settings(folder).measures == COUNT
    assert not Gate(folder.parent).check(image((600, 600, 3))).accepted
