"""The registry says of every set where it comes from and whether it may be fetched."""

import os
from pathlib import Path

import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.checksums import check
from cognoscope.datasets.registry import dataset, datasets, datasets_folder


def test_every_set_is_fetchable_or_says_why_not():
    for entry in datasets():
        assert entry.files, entry.name
        assert entry.address.startswith("https://"), entry.name
        if entry.not_fetchable:
            assert all(file.url is None for file in entry.files), entry.name
        else:
            assert all(file.url and file.url.startswith("https://") for file in entry.files), entry.name


def test_names_and_folders_are_unique():
    assert len({entry.name for entry in datasets()}) == len(datasets())
    assert len({entry.folder for entry in datasets()}) == len(datasets())


def test_a_set_without_a_licence_neither_ships_nor_is_fetched():
    for entry in datasets():
        if "none stated" in entry.licence or "not stated" in entry.licence:
            assert entry.not_fetchable and not entry.may_ship, entry.name


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(InvalidInput, match="ed_uihc_hourly"):
        dataset("nowhere")


def test_the_folder_is_the_variable_or_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("COGNOSCOPE_HOME", str(tmp_path))
    monkeypatch.delenv("COGNOSCOPE_DATASETS", raising=False)
    assert datasets_folder() == tmp_path / "datasets"
    monkeypatch.setenv("COGNOSCOPE_DATASETS", "/srv/reference")
    assert datasets_folder() == Path("/srv/reference")


@pytest.mark.skipif("COGNOSCOPE_DATASETS" not in os.environ, reason="COGNOSCOPE_DATASETS names no reference data")
def test_the_reference_data_here_are_the_registered_ones():
    root = datasets_folder()
    for entry in datasets():
        for found in check(entry, root):
            assert found.standing in ("as registered", "newer, as fetched", "absent"), found.path
