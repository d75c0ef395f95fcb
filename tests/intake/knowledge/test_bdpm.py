"""The public database: read in its official layout, refused in a sentence."""

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.medicines.small_bdpm import PRODUCTS, rows, write_bdpm

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.bdpm import BDPM, load
from cognoscope.intake.knowledge.sources import SOURCES

DATASETS = os.environ.get("COGNOSCOPE_DATASETS")


def test_the_three_files_become_three_tables(tmp_path: Path):
    loaded = load(write_bdpm(tmp_path / "2026-04"))
    assert loaded.edition == "2026-04"
    assert rows(loaded.tables["product"], "label") == [each[1] for each in PRODUCTS]
    assert "ÉRYTHRAL 250 mg, poudre orale" in rows(loaded.tables["product"], "label")
    assert rows(loaded.tables["composition"], "substance").count("RAMIPRIL") == 2
    assert rows(loaded.tables["presentation"], "cip13") == ["3400930000015", "3400930000046"]
    assert loaded.tables["left_out"].num_rows == 0
    assert BDPM in SOURCES


def test_a_compressed_file_a_utf8_one_and_no_presentations_will_do(tmp_path: Path):
    folder = write_bdpm(tmp_path / "bdpm")
    products = folder / "CIS_bdpm.txt"
    (folder / "CIS_bdpm.txt.gz").write_bytes(gzip.compress(products.read_bytes()))
    products.unlink()
    composition = folder / "CIS_COMPO_bdpm.txt"
    composition.write_text(composition.read_bytes().decode("cp1252"), encoding="utf-8")
    (folder / "CIS_CIP_bdpm.txt").unlink()
    loaded = load(folder)
    assert loaded.tables["product"].num_rows == len(PRODUCTS)
    assert "KÉTOPROFÈNE" in rows(loaded.tables["composition"], "substance")
    assert loaded.tables["presentation"].num_rows == 0
    assert loaded.edition == "authorisations to 2020-02-01"


def test_the_order_of_the_lines_changes_nothing(tmp_path: Path):
    first, second = write_bdpm(tmp_path / "a" / "2026-04"), write_bdpm(tmp_path / "b" / "2026-04")
    path = second / "CIS_bdpm.txt"
    path.write_bytes(b"\r\n".join(reversed(path.read_bytes().split(b"\r\n"))))
    assert load(first).tables["product"].equals(load(second).tables["product"])


def test_broken_lines_are_left_out_and_counted(tmp_path: Path):
    folder = write_bdpm(tmp_path / "2026-04")
    with (folder / "CIS_bdpm.txt").open("ab") as file:
        file.write(b"not a code\tX\r\n60000099\ttoo few\r\n")
    loaded = load(folder)
    assert loaded.tables["product"].num_rows == len(PRODUCTS)
    assert loaded.tables["left_out"].to_pylist() == [
        {"file": "CIS_bdpm", "line": str(len(PRODUCTS) + 1)},
        {"file": "CIS_bdpm", "line": str(len(PRODUCTS) + 2)},
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("CIS_bdpm.txt", None, "CIS_bdpm.txt is missing"),
        ("CIS_COMPO_bdpm.txt", None, "CIS_COMPO_bdpm.txt is missing"),
        ("CIS_bdpm.txt", b"", "is empty"),
        ("CIS_bdpm.txt", b"a;b;c\r\n" * 30, "30 of 30 lines"),
        ("CIS_bdpm.txt", b"60000001\t\x81\x8d" + b"\tx" * 11, "not Windows-1252"),
        ("CIS_bdpm.txt", ("60000001\tComprimÃ©" + "\tx" * 11).encode(), "accents were spoiled"),
        ("CIS_bdpm.txt.gz", b"\x1f\x8bnot gzip", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(tmp_path: Path, name: str, content: bytes | None, says: str):
    folder = write_bdpm(tmp_path / "2026-04")
    (folder / name.removesuffix(".gz")).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=says):
        load(folder)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_no_content_breaks_the_reader(tmp_path: Path, content: bytes):
    folder = tmp_path / "fuzz"
    folder.mkdir(exist_ok=True)
    for name in ("CIS_bdpm", "CIS_COMPO_bdpm", "CIS_CIP_bdpm"):
        (folder / f"{name}.txt").write_bytes(content)
    try:
        load(folder)
    except InvalidInput as error:
        assert str(folder) in str(error)


@pytest.mark.skipif(DATASETS is None, reason="reference data: set COGNOSCOPE_DATASETS")
@pytest.mark.parametrize(("edition", "products"), [("2017-03", 14442), ("2026-04", 15822)])
def test_the_official_files(edition: str, products: int):
    assert DATASETS is not None
    loaded = load(Path(DATASETS) / "drugs" / "bdpm" / edition)
    assert (loaded.edition, loaded.tables["product"].num_rows) == (edition, products)
    assert loaded.tables["left_out"].num_rows == 0
