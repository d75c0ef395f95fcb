"""The core installs alone: all imports without the extras; what needs one says which command brings it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.intake.reading.notes import warehouse_with

EXTRA = (
    "PIL", "ahocorasick", "charset_normalizer", "dicomanonymizer", "dicomweb_client", "docx", "edsnlp", "gdcm",
    "highdicom", "nibabel", "onnxruntime", "openvino", "pydicom", "pynetdicom", "pypdfium2", "selectolax", "skimage",
    "sklearn", "spacy", "striprtf", "tantivy",
)  # fmt: skip
BLOCKED = f"""
import sys
for name in {EXTRA!r}:
    sys.modules[name] = None
"""


def without_extra(code: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "COGNOSCOPE_DATASETS"}
    return subprocess.run(
        [sys.executable, "-c", BLOCKED + code, *arguments],
        env=environment | {"COGNOSCOPE_HOME": str(home), "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def cognoscope(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return without_extra("from cognoscope.cli.main import main\nmain()", home, *arguments)


def test_every_application_and_page_imports(home):
    code = (
        "from cognoscope.apps import APPLICATIONS\nfrom cognoscope.core.home import default_home\n"
        "from cognoscope.web.app import create_app\ncreate_app(default_home())\nprint(len(APPLICATIONS))"
    )
    done = without_extra(code, home.path)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture
def installed(home) -> Path:
    """An installation with a report in it."""
    done = cognoscope(home.path, "init")
    assert done.returncode == 0, done.stderr
    warehouse_with(home, ["Diabète connu."])
    return home.path


@pytest.mark.parametrize(
    "verb",
    [("read",), ("index",), ("search", "diabète"), ("ingest", "documents", "reports.jsonl")],
    ids=lambda verb: verb[0],
)
def test_what_needs_the_extra_says_which_command_brings_it(installed, verb, tmp_path):
    file = tmp_path / "reports.jsonl"
    file.write_text('{"person": "1", "date": "2026-01-02", "text": "Diabète connu."}\n', encoding="utf-8")
    done = cognoscope(installed, *(str(file) if word == file.name else word for word in verb))
    assert done.returncode == 1
    assert "make text" in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_applications_are_listed(installed):
    done = cognoscope(installed, "apps")
    assert done.returncode == 0 and "records.comorbidities" in done.stdout
