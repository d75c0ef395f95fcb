"""From a folder that a person gives to an application that proposes: taken whole, or refused with a sentence."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.apps.added import tiny

from cognoscope.apps.added import added_application
from cognoscope.apps.added.adding import candidate, kept, names, removed, staged
from cognoscope.apps.added.contents import checked_digest
from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import ImageValue
from cognoscope.core.proposal import Proposal

pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")

AT = datetime(2026, 11, 22, tzinfo=UTC)


def added(tmp_path: Path, model: str = tiny.CLASSIFIES) -> Path:
    folder = tmp_path / "staged"
    folder.mkdir()
    kept(candidate(staged(tiny.write(tmp_path / "given", model), folder), ()), tmp_path / "models")
    return tmp_path / "models" / "added.brightness"


def case(array: np.ndarray, modality: str = "DX", spacing: tuple[float, float, float] | None = None) -> Case:
    image = CaseImage(name="image", raster=pixels.keep(array), modality=modality, spacing=spacing)
    return Case(kind="added-added.brightness", subject="person:a", as_of=AT, images=(image,))


def half() -> np.ndarray:
    array = np.full((16, 16), 10, np.uint8)
    array[:, 8:] = 245
    return array


def test_a_classification_proposes_and_shows_where_it_looked(tmp_path: Path):
    application = added_application(added(tmp_path))
    mostly = half()
    mostly[:, 4:] = 245
    (proposal,) = application.propose(case(mostly))
    assert isinstance(proposal.value, ImageValue) and proposal.headline is not None
    (bright,) = proposal.value.measurements
    assert bright.unit == "%" and bright.amount > 90 and bright.words is not None and bright.words.en == "bright"
    (overlay,) = proposal.value.overlays
    heat = overlay.raster.array()[0]
    assert heat.shape == (16, 16) and heat[:, 6:].min() > 128 > heat[:, :3].max()
    assert proposal.headline.text.en == "Bright image: bright, 98%." and proposal.headline.urgency > 0.9
    assert Proposal.from_json(proposal.canonical()) == proposal
    assert application.propose(case(mostly))[0].canonical() == proposal.canonical()


def test_a_segmentation_measures_an_area_where_pixels_have_a_size(tmp_path: Path):
    application = added_application(added(tmp_path, tiny.OUTLINES))
    (proposal,) = application.propose(case(half(), spacing=(0.0, 0.5, 2.0)))
    (region,) = proposal.value.measurements
    assert (region.amount, region.unit) == (128.0, "mm2")
    (overlay,) = proposal.value.overlays
    np.testing.assert_array_equal(overlay.raster.array()[0], (half() > 128).astype(np.uint8))
    (proposal,) = application.propose(case(half()))
    assert (proposal.value.measurements[0].amount, proposal.value.measurements[0].unit) == (50.0, "%")


@pytest.mark.parametrize(
    "bad",
    [
        Case(kind="added-added.brightness", subject="person:a", as_of=AT),
        case(half(), modality="CT"),
        case(half()[:4, :4].copy()),
        case(np.full((16, 16), 7, np.uint8)),
    ],
)
def test_it_abstains_with_a_sentence(tmp_path: Path, bad: Case):
    (proposal,) = added_application(added(tmp_path)).propose(bad)
    assert proposal.abstention is not None and proposal.abstention.sentence.en.startswith("No proposal")


def test_a_file_that_was_changed_no_longer_runs(tmp_path: Path):
    folder = added(tmp_path)
    text = (folder / "model.toml").read_text(encoding="utf-8")
    (folder / "model.toml").write_text(text.replace("outputs = [1]", "outputs = [0]"), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"was changed \(model\.toml\)"):
        added_application(folder)
    (folder / "contents.json").unlink()
    with pytest.raises(InvalidInput, match="add it again"):
        checked_digest(folder)


def test_adding_again_replaces_and_removing_removes(tmp_path: Path):
    folder = added(tmp_path)
    before = checked_digest(folder)
    (tmp_path / "staged" / "model.toml").write_text(tiny.OUTLINES, encoding="utf-8")
    after = kept(candidate(tmp_path / "staged", ()), tmp_path / "models")
    assert after != before and names(tmp_path / "models") == ["added.brightness"]
    assert removed("added.brightness", tmp_path / "models") == after
    assert names(tmp_path / "models") == [] and not any((tmp_path / "models").iterdir())
    with pytest.raises(InvalidInput, match="No model was added as"):
        removed("added.brightness", tmp_path / "models")
    with pytest.raises(InvalidInput, match="No model was added as"):
        removed("../models", tmp_path / "models")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("outputs = [1]", "outputs = [7]"), "which is not what the classification"),
        (('output = "features"', 'output = "nothing"'), "The network gives features, probabilities"),
        (("size = [8, 8]", "size = [16, 16]"), "cannot be run on an image of 1 x 1 x 16 x 16"),
        (("[more.onnx]", '[more.onnx]\ninput = "x"'), "The network takes image"),
        (('source = "tests"', 'source = "TO FILL"'), "1 lines still say"),
        (('modalities = ["OT", "DX"]', "modalities = []"), r"application\.modalities"),
        (("gives = ", "gvies = "), r"onnx\.gvies"),
        (('task = "classification"', 'task = "segmentation"'), r"needs \[\[heads\]\], a segmentation \[\[regions\]\]"),
    ],
)
def test_what_does_not_fit_is_a_sentence(tmp_path: Path, change: tuple[str, str], sentence: str):
    assert change[0] in tiny.CLASSIFIES
    with pytest.raises(InvalidInput, match=sentence):
        candidate(tiny.write(tmp_path, tiny.CLASSIFIES.replace(*change)), ())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('name = "added.brightness"', 'name = "imaging.skin"'), "a name of an added one"),
        (('kinds = ["image"]', 'kinds = ["table"]'), "no images are read"),
        (('source = "tests"', ""), "is not complete"),
        (("[[risks]]", "[[[risks]]"), "is no TOML file"),
    ],
)
def test_a_card_that_cannot_be_is_a_sentence(tmp_path: Path, change: tuple[str, str], sentence: str):
    assert change[0] in tiny.CARD
    with pytest.raises(InvalidInput, match=sentence):
        candidate(tiny.write(tmp_path, card=tiny.CARD.replace(*change)), ())


def test_weights_for_an_application_that_ships_need_no_card(tmp_path: Path):
    model = tiny.CLASSIFIES.replace('name = "added.brightness"', 'name = "retina"')
    model = model.replace("ships = true", "ships = false").replace("research_only = false", "research_only = true")
    folder = tiny.write(tmp_path / "weights", model)
    (folder / "card.toml").unlink()
    found = candidate(folder, ("imaging.skin", "imaging.retina"))
    assert found.binds and found.name == "imaging.retina" and found.licences == ("nothing: CC0",)
    with pytest.raises(InvalidInput, match=r"no card\.toml"):
        candidate(folder, ())


def bundle(folder: Path, metadata: object, network: str = "models/model.onnx") -> Path:
    for name, content in {
        "configs/metadata.json": json.dumps(metadata).encode(),
        network: tiny.network(),
        "card.toml": tiny.CARD.encode(),
        "model.toml": tiny.OUTLINES.encode(),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_a_bundle_in_a_folder_and_in_a_zip_file(tmp_path: Path):
    folder = bundle(tmp_path / "given" / "spleen", {})
    archive = tmp_path / "spleen.zip"
    with zipfile.ZipFile(archive, "w") as written:
        for path in folder.rglob("*"):
            written.write(path, path.relative_to(folder.parent))
    found = []
    for number, path in enumerate((folder, archive)):
        into = tmp_path / str(number)
        into.mkdir()
        found.append(kept(candidate(staged(path, into), ()), tmp_path / f"models{number}"))
    assert found[0] == found[1]


def test_a_bundle_in_torchscript_says_how_to_export(tmp_path: Path):
    with pytest.raises(InvalidInput, match="onnx_export"):
        staged(bundle(tmp_path / "b", {}, network="models/model.ts"), tmp_path)


def test_a_bundle_that_reaches_outside_of_itself_is_not_taken(tmp_path: Path):
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("b/configs/metadata.json", "{}")
        written.writestr("b/../../models/model.onnx", tiny.network())
    with pytest.raises(InvalidInput, match="outside of itself"):
        staged(archive, tmp_path)
    folder = bundle(tmp_path / "links", {})
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "models" / "model.onnx").unlink()
    (folder / "models" / "model.onnx").symlink_to(tmp_path / "secret")
    with pytest.raises(InvalidInput, match="outside of it"):
        staged(folder, tmp_path)
