"""`cognoscope models`: drafted, added, listed, removed; every step in the ledger; nothing without a person's word."""

from pathlib import Path

import pytest
from tests.apps.added import tiny
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger

pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")


def said(*words: str) -> str:
    return CliRunner().invoke(app, ["models", *words], catch_exceptions=False).output


@pytest.fixture(autouse=True)
def here(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))


def test_add_list_and_remove(home: Home, tmp_path: Path):
    assert "No model was added" in said("list")
    assert "added.brightness is now an application" in said("add", str(tiny.write(tmp_path / "given")))
    assert "added.brightness" in said("list") and "classification" in said("list")
    assert "Brightness" in CliRunner().invoke(app, ["apps"], catch_exceptions=False).output
    (home.models / "added.brightness" / "model.toml").write_text("name = 1", encoding="utf-8")
    assert "was changed (model.toml)" in said("list")
    assert "was removed" in said("remove", "added.brightness", "--reason", "a test")
    with pytest.raises(InvalidInput, match="No model was added as"):
        said("remove", "added.brightness")
    with Ledger.open(home.ledger_url) as ledger:
        (added,) = ledger.entries(event="ModelAdded")
        (removed,) = ledger.entries(event="ModelRemoved")
    assert added.event.name == removed.event.name == "added.brightness" and removed.event.reason == "a test"
    assert added.event.content != removed.event.content == "0" * 64


def test_terms_need_a_word(home: Home, tmp_path: Path):
    model = tiny.CLASSIFIES.replace("ships = true", "ships = false").replace('"CC0"', '"for research only"')
    folder = tiny.write(tmp_path, model.replace("research_only = false", "research_only = true"))
    with pytest.raises(InvalidInput, match="add --yes"):
        said("add", str(folder))
    assert not home.models.exists()
    assert "nothing: for research only" in said("add", str(folder), "--yes")
    with Ledger.open(home.ledger_url) as ledger:
        (added,) = ledger.entries(event="ModelAdded")
    assert added.event.licence == "nothing: for research only" and "accepted" in added.event.detail


def test_a_draft_is_written_once_and_not_taken_before_it_is_filled_in(tmp_path: Path):
    (tmp_path / "Chest 2.onnx").write_bytes(tiny.network())
    path = str(tmp_path / "Chest 2.onnx")
    said("template", path)
    draft = (tmp_path / "model.toml").read_text(encoding="utf-8")
    assert "size = [8, 8]" in draft and 'output = "probabilities"' in draft and 'task = "segmentation"' in draft
    (tmp_path / "model.onnx").write_bytes(tiny.network())
    with pytest.raises(InvalidInput, match="still say `TO FILL`"):
        said("add", path)
    assert "already" in said("template", path)


def test_a_bundle_is_drafted_from_what_it_says(tmp_path: Path):
    from tests.apps.added.test_adding import bundle

    metadata = {
        "version": "0.3.1",
        "network_data_format": {
            "inputs": {
                "image": {"modality": "CXR", "num_channels": 1, "spatial_shape": [8, 8], "value_range": [0, 255]}
            },
            "outputs": {"pred": {"format": "segmentation", "channel_def": {"0": "background", "1": "Left lung"}}},
        },
    }
    folder = bundle(tmp_path / "lung", metadata)
    (folder / "model.toml").unlink()
    said("template", str(folder))
    draft = (folder / "model.toml").read_text(encoding="utf-8")
    for line in ('name = "left-lung"', "channel = 1", "scale = 255.0", 'modalities = ["DX"]', 'version = "0.3.1"'):
        assert line in draft
    metadata["network_data_format"]["inputs"]["image"]["spatial_shape"] = [96, 96, 96]
    folder = bundle(tmp_path / "volume", metadata)
    (folder / "model.toml").unlink()
    with pytest.raises(InvalidInput, match="reads volumes"):
        said("template", str(folder))
