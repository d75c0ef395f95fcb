"""The CTCAE table: read whole, refused in a sentence."""

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.ctcae import load

HEADER = "MedDRA.Code,MedDRA.SOC,CTCAE.Term,Grade.1,Grade.2,Grade.3,Grade.4,Grade.5,Definition\n"
ROWS = (
    '90000002,Invented disorders,Second,"Mild, brief",Moderate, -, -, -,Something.\n'
    "90000001,Invented disorders,First,Mild,Moderate,Severe,Urgent,Death, -\n"
)


def table(folder: Path, text: str) -> Path:
    path = folder / "ctcae.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_terms_are_in_the_order_of_their_codes_and_absent_grades_are_null(tmp_path: Path):
    first, second = load(table(tmp_path, HEADER + ROWS)).tables["term"].to_pylist()
    assert (first["code"], first["name"], first["grade_5"], first["definition"]) == ("90000001", "First", "Death", None)
    assert (second["grade_1"], second["grade_3"]) == ("Mild, brief", None)


def test_a_folder_and_a_compressed_file_will_do(tmp_path: Path):
    (tmp_path / "ctcae.csv.gz").write_bytes(gzip.compress((HEADER + ROWS).encode()))
    assert load(tmp_path).tables["term"].num_rows == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no column"),
        ("a,b\n1,2\n", "has no column MedDRA.Code"),
        (HEADER, "holds no term"),
        (HEADER + ROWS + ROWS, "one code twice"),
        (HEADER + "123,Soc,Term,,,,,,\n", "record 2"),
        (HEADER + "90000001,Soc,Term\n", "too few or many"),
    ],
)
def test_what_is_no_ctcae_table_is_refused(tmp_path: Path, text: str, says: str):
    with pytest.raises(InvalidInput, match=says):
        load(table(tmp_path, text))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(content=st.binary(max_size=60), compressed=st.booleans(), cut=st.integers(0, 200))
def test_damage_ends_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, compressed: bool, cut: int
):
    path = tmp_path_factory.mktemp("ctcae") / ("t.csv.gz" if compressed else "t.csv")
    whole = (HEADER + ROWS).encode()
    path.write_bytes((gzip.compress(whole) if compressed else whole)[:cut] + content)
    try:
        load(path)
    except InvalidInput as error:
        assert str(error).endswith(".")


def test_the_published_table_has_837_terms_of_26_classes():
    folder = Path(os.environ.get("COGNOSCOPE_DATASETS", "")) / "drugs" / "ctcae-v5"
    if not folder.is_dir():
        pytest.skip("COGNOSCOPE_DATASETS does not name a folder with drugs/ctcae-v5")
    terms = load(folder).tables["term"].to_pylist()
    assert (len(terms), len({term["soc"] for term in terms})) == (837, 26)
    assert sum(term["grade_5"] is not None for term in terms) == 494
