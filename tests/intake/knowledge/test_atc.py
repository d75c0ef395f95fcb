"""A list of ATC codes, as a table or as EDS-NLP lays it out."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.atc import ATC, load
from cognoscope.intake.knowledge.sources import SOURCES

DATASETS = os.environ.get("COGNOSCOPE_DATASETS")
NAMES = {"C08CA01": ["TENSILOR", "amlodipine"], "C08": ["inhibiteurs calciques"]}


def test_both_layouts_give_the_same_table(tmp_path: Path):
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(json.dumps(NAMES).encode()))
    lines = [f"{name};{code}" for code, names in NAMES.items() for name in names]
    (tmp_path / "b.csv").write_text("\n".join(["Name;ATC", *lines]), encoding="utf-8-sig")
    first, second = load(tmp_path / "a.json.gz"), load(tmp_path / "b.csv")
    assert first.tables["name"].equals(second.tables["name"])
    assert first.edition == "2 codes of a.json.gz"
    assert ATC in SOURCES


def test_a_folder_and_a_few_misspelt_codes_will_do(tmp_path: Path):
    many = {f"A{at:02}": ["x"] for at in range(100)} | {"JO5AX09": ["y"]}
    (tmp_path / "drugs.json").write_text(json.dumps(many), encoding="utf-8")
    assert load(tmp_path).tables["name"].num_rows == 100


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "columns atc and name"),
        (b"code,name\nC08,x\n", "columns atc and name"),
        (b"atc,name\n", "holds no code"),
        (b"atc,name\n1234,x\n", "'1234' is not an ATC code"),
        (b"{", "is not JSON"),
        (b"[1]", "an object from each ATC code"),
        (b'{"C08": "x"}', "an object from each ATC code"),
        (b"\xff\xfe\xff", "not in UTF-8"),
    ],
)
def test_another_layout_is_refused(tmp_path: Path, content: bytes, says: str):
    (tmp_path / "names").write_bytes(content)
    with pytest.raises(InvalidInput, match=says):
        load(tmp_path / "names")
    with pytest.raises(InvalidInput, match="cannot be read"):
        load(tmp_path / "nothing")


@example(content=b"\r\xc2\x80")
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=120) | st.text(max_size=120).map(str.encode))
def test_no_content_breaks_the_reader(tmp_path: Path, content: bytes):
    (tmp_path / "names").write_bytes(content)
    with pytest.raises(InvalidInput):
        load(tmp_path / "names")


@pytest.mark.skipif(DATASETS is None, reason="reference data: set COGNOSCOPE_DATASETS")
def test_the_open_list():
    assert DATASETS is not None
    assert load(Path(DATASETS) / ATC.reference).tables["name"].num_rows > 4000
