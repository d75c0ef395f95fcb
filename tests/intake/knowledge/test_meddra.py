"""The ASCII distribution in its published layout: whole, in either encoding, and refused in a sentence when broken."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.knowledge.small_meddra import FILES, write_meddra

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.meddra import FILES as NEEDED
from cognoscope.intake.knowledge.meddra import load


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_every_level_is_read_in_either_encoding(tmp_path: Path, encoding: str):
    loaded = load(write_meddra(tmp_path / "MedAscii", encoding))
    rows = {(row["level"], row["code"]): row for row in loaded.tables["term"].to_pylist()}
    assert loaded.edition == "99.1 Invented"
    assert rows["LLT", "99500001"]["pt"] == "99400001"
    assert rows["PT", "99400001"]["name"] == "Rougeur inventée"
    assert not rows["LLT", "99500002"]["current"]
    assert {level for level, _ in rows} == {"SOC", "HLGT", "HLT", "PT", "LLT"}


def test_the_primary_path_comes_first(tmp_path: Path):
    paths = load(write_meddra(tmp_path / "MedAscii")).tables["path"].to_pylist()
    assert [(row["soc"], row["primary"]) for row in paths if row["pt"] == "99400001"] == [
        ("99100001", True),
        ("99100002", False),
    ]


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_file_is_named(tmp_path: Path, name: str):
    folder = write_meddra(tmp_path / "MedAscii")
    (folder / f"{name}.asc").unlink()
    with pytest.raises(InvalidInput, match=rf"{name}\.asc missing"):
        load(folder)


def test_a_file_instead_of_the_folder_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="is no folder"):
        load(write_meddra(tmp_path / "MedAscii") / "llt.asc")


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("llt.asc", "99500009$Sans terme$99499999$$$$$$$Y$$\n", "LLT 99500009 points at PT 99499999"),
        ("pt.asc", "99400009$Sans chemin$$99100001$$$$$$$\n", "have no path"),
        ("mdhier.asc", "99400002$1$99200002$99100002$a$b$c$d$e$$99100002$N$\n", "names HLT 1"),
        ("llt.asc", "code$Nom$99400001$$$$$$$Y$$\n", "llt.asc, line 5"),
        ("hlt.asc", "99300009\n", "hlt.asc, line 3"),
    ],
)
def test_a_broken_line_is_told_with_its_place(tmp_path: Path, name: str, line: str, says: str):
    folder = write_meddra(tmp_path / "MedAscii")
    with (folder / name).open("a", encoding="utf-8", newline="") as stream:
        stream.write(line)
    with pytest.raises(InvalidInput, match=says):
        load(folder)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(name=st.sampled_from([f"{name}.asc" for name in NEEDED]), cut=st.integers(0, 300), junk=st.binary(max_size=20))
def test_damage_never_ends_in_anything_but_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, name: str, cut: int, junk: bytes
):
    folder = write_meddra(tmp_path_factory.mktemp("meddra") / "MedAscii")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:cut] + junk + content[cut + len(junk) :])
    try:
        loaded = load(folder)
    except InvalidInput as error:
        assert str(error).endswith(".")
    else:
        assert loaded.tables["term"].num_rows <= sum(text.count("\n") for text in FILES.values()) + len(junk)
