"""What `model.toml` may say, and what is refused with a sentence."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.apps.imaging.tiny_models import bright_region, by_brightness

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.classifier import Classifier
from cognoscope.methods.images.model_folder import ModelFolder, digest_with, read_description
from cognoscope.methods.images.segmenter import Segmenter
from cognoscope.methods.images.watchman import Watchman

HEADS = """[[heads]]
name = "a"
kind = "binary"
outputs = [0]
classes = ["no", "yes"]
"""
BINARY = 'kind = "binary"\noutputs = [0]\nclasses = ["a", "b"]\n'
MINIMAL = (bright_region("minimal", "thing", 1, (16, 16)) / "model.toml").read_text(encoding="utf-8")


def described(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "model.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_a_minimal_folder_says():
    about = ModelFolder(bright_region("minimal", "thing", 1, (16, 16))).about
    assert about.regions[0].threshold == 0.5 and about.input.fit == "stretch" and about.input.views == ("identity",)
    assert about.head("nothing") is None


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (("channel = 1", "chanel = 1"), r"regions\.0\.channel"),
        (("channel = 1", "channel = -1"), "channel"),
        (("size = [16, 16]", "size = [1, 16]"), "size"),
        (('task = "segmentation"', 'task = "classification"'), r"needs \[\[heads\]\]"),
        (("ships = true", "ships = false"), "for research"),
        (("version", "verzion"), "verzion|version"),
        (('split = "nothing was learnt"', "split ="), "no TOML"),
    ],
)
def test_a_mistake_is_a_sentence_that_says_where(tmp_path, change, match):
    path = described(tmp_path, MINIMAL.replace(*change, 1))
    with pytest.raises(InvalidInput, match=match):
        read_description(path)


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ('kind = "categorical"\noutputs = [0, 1]\nclasses = ["a"]', "classes"),
        ('kind = "ordinal"\noutputs = [0, 1]\nclasses = ["a", "b"]', "3 classes"),
        (
            f"{BINARY}[heads.conformal]\nlevel = 0.9\nquantiles = [1, 1, 1]",
            "quantile",
        ),
        (
            'kind = "binary"\noutputs = [0]\nclasses = ["a", "b"]\n[heads.calibration]\nkind = "isotonic"\nx = [1]',
            "isotonic",
        ),
    ],
)
def test_a_head_that_does_not_add_up_is_refused(tmp_path, more, match):
    text = MINIMAL.replace('task = "segmentation"', 'task = "classification"').split("[[regions]]")[0]
    with pytest.raises(InvalidInput, match=match):
        read_description(described(tmp_path, f'{text}[[heads]]\nname = "a"\n{more}\n'))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(MINIMAL)), change=st.binary(max_size=12))
def test_a_broken_description_is_read_or_a_sentence(tmp_path, cut, change):
    whole = MINIMAL.encode()
    (tmp_path / "model.toml").write_bytes(whole[:cut] + change + whole[cut + len(change) :])
    try:
        read_description(tmp_path / "model.toml")
    except InvalidInput as error:
        assert "model.toml" in str(error)


def test_a_folder_without_its_files_is_a_sentence(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        _ = ModelFolder(tmp_path).about
    with pytest.raises(InvalidInput, match=r"lacks model\.onnx"):
        _ = ModelFolder(tmp_path).digest
    with pytest.raises(InvalidInput, match="has no gate"):
        folder = bright_region("gated", "thing", 1, (16, 16))
        text = (folder / "model.toml").read_text(encoding="utf-8").replace('gate = "none"', 'gate = "own"')
        Watchman(described(tmp_path, text).parent, tmp_path).check(np.zeros((8, 8), np.uint8))


def test_other_weights_and_other_thresholds_are_other_methods(tmp_path):
    folder = bright_region("digests", "thing", 1, (16, 16))
    before = digest_with("0" * 64, folder)
    text = (folder / "model.toml").read_text(encoding="utf-8")
    (tmp_path / "model.onnx").write_bytes((folder / "model.onnx").read_bytes())
    assert digest_with("0" * 64, described(tmp_path, text).parent) == before
    assert digest_with("0" * 64, described(tmp_path, text.replace("channel = 1", "channel = 0")).parent) != before
    assert digest_with("0" * 64, None) == "0" * 64


def test_seen_images_are_known_by_their_bytes(tmp_path):
    import hashlib

    for name in ("a", "b"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "seen.csv").write_text(f"sha256\n{hashlib.sha256(b'a').hexdigest()[:16]}\n", encoding="utf-8")
    assert ModelFolder(tmp_path).unseen([tmp_path / "a", tmp_path / "b"]) == [False, True]
    assert ModelFolder(tmp_path / "nowhere").seen == frozenset()


def test_views_are_averaged_and_come_back():
    pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
    image = np.random.default_rng(1).integers(0, 256, (48, 64), dtype=np.uint8)
    plain = bright_region("plain", "thing", 1, (48, 64))
    both = bright_region("both", "thing", 1, (48, 64))
    text = (both / "model.toml").read_text(encoding="utf-8")
    views = 'views = ["identity", "flip-rows", "flip-columns", "rotate-180"]\n[[trained_on]]'
    (both / "model.toml").write_text(text.replace("[[trained_on]]", views), encoding="utf-8")
    one, four = (Segmenter(ModelFolder(folder)).read(image)["thing"] for folder in (plain, both))
    assert one.shape == image.shape and np.allclose(one, four, atol=1e-5)


def test_a_head_beyond_the_network_is_a_sentence():
    pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
    beyond = by_brightness("beyond", np.ones((1, 1)), np.zeros(1), (16, 16), HEADS.replace("[0]", "[4]"))
    with pytest.raises(InvalidInput, match="answers 1 columns"):
        Classifier(ModelFolder(beyond)).read(np.zeros((20, 20), np.uint8))


def test_where_it_looked_lies_over_the_image():
    pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
    folder = by_brightness("looks", np.ones((1, 1)), np.array([-0.5]), (64, 64), HEADS)
    image = np.zeros((128, 96), np.uint8)
    image[:64] = 255
    heat = Classifier(ModelFolder(folder)).read(image).heat("a")
    assert heat.shape == image.shape and heat[:50].min() > 200 and heat[80:].max() < 20
