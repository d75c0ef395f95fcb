"""The digest of a method follows what decides its answers, and nothing else."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

import cognoscope.core.method_digest as module
from cognoscope.core.method_digest import method_digest

PACKAGE = "cognoscope.apps.emergency.arrivals"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sources copied to where they may be changed."""
    root = Path(str(files("cognoscope")))
    for name in ("apps", "methods"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))

    def located(package: str) -> Path:
        return tmp_path.joinpath(*package.split(".")[1:])

    monkeypatch.setattr(module, "files", located)
    return tmp_path


def change(path: Path) -> str:
    before = method_digest(PACKAGE, "1.0.0")
    assert path.is_file()
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    return "same" if method_digest(PACKAGE, "1.0.0") == before else "other"


@pytest.mark.parametrize(
    "path",
    ["apps/emergency/arrivals/model.py", "apps/emergency/arrivals/priors.toml", "methods/additive.py"],
)
def test_what_decides_the_answer_changes_it(copy: Path, path: str):
    assert change(copy / path) == "other"


@pytest.mark.parametrize(
    "path",
    ["apps/emergency/arrivals/card.toml", "apps/emergency/arrivals/evaluate.py", "apps/__init__.py"],
)
def test_what_only_describes_or_measures_does_not(copy: Path, path: str):
    assert change(copy / path) == "same"


def test_where_the_code_lies_does_not_matter(copy: Path, monkeypatch: pytest.MonkeyPatch):
    there = method_digest(PACKAGE, "1.0.0")
    monkeypatch.undo()
    assert method_digest(PACKAGE, "1.0.0") == there
    assert method_digest(PACKAGE, "1.0.1") != there
