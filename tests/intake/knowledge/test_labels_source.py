"""A hospital's own table of frequencies: read, or refused in a sentence whatever it holds."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.labels import load

GOOD = "substance,term,frequency\namoxicilline,Rash,common\n"


def test_a_row_is_read(tmp_path: Path):
    file = tmp_path / "frequencies.csv"
    file.write_text(GOOD, encoding="utf-8")
    (row,) = load(file).tables["frequency"].to_pylist()
    assert (row["substance"], row["term"], row["words"]) == ("amoxicilline", "Rash", "common")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(start=0, junk=b"\r\xc2\x80")
@given(start=st.integers(0, len(GOOD)), junk=st.binary(max_size=40))
def test_damage_ends_in_a_sentence(tmp_path: Path, start: int, junk: bytes):
    file = tmp_path / "frequencies.csv"
    file.write_bytes(GOOD.encode()[:start] + junk)
    try:
        load(file)
    except InvalidInput as error:
        assert str(error).endswith(".")


def test_a_missing_file_is_a_sentence(tmp_path: Path):
    with pytest.raises(InvalidInput):
        load(tmp_path / "nowhere.csv")
