"""A wrong mapping gets one sentence that names the key at fault and what there is instead."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.intake import keys
from cognoscope.intake.documents.layout import read_documents_mapping
from cognoscope.intake.mapping import TableMapping, read_mapping
from cognoscope.intake.tables import ingest_table
from cognoscope.intake.warehouse import open_warehouse

GOOD = """
table = "site_count"
[columns]
site = { constant = "adultes" }
step = { constant = "day" }
timestamp = { column = "Jour", format = ["%d/%m/%Y", "%d.%m.%Y"] }
arrivals = "Passages"
"""


def read(tmp_path, text):
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(str(path))


def test_a_good_mapping_reads_and_its_digest_depends_on_its_content(tmp_path):
    mapping = read(tmp_path, GOOD)
    assert mapping.columns["arrivals"].column == "Passages"
    assert mapping.columns["timestamp"].format == ("%d/%m/%Y", "%d.%m.%Y")
    assert TableMapping.from_json(mapping.canonical()).digest == mapping.digest
    assert read(tmp_path, GOOD.replace("Passages", "Entrées")).digest != mapping.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("table = ", "is not TOML"),
        ("tabel = 'site_count'\n[columns]\nsite = 'a'\n", "`table`: field required"),
        (GOOD.replace('"site_count"', '"site_counts"'), "'site_counts', which is not one of site_count"),
        (GOOD.replace('"site_count"', '"quarantine"'), "'quarantine', which is not one of"),
        (GOOD.replace("arrivals =", "arrival ="), "`columns.arrival`, but site_count has only: site, site_name"),
        (GOOD.replace("format", "fromat"), "unknown key `columns.timestamp.fromat`"),
        (GOOD.replace('{ constant = "day" }', "{ }"), "`columns.step`: give either `column` or `constant`"),
        (GOOD.replace("step = ", "admissions = "), "lacks `columns.step`"),
        (GOOD.replace("[columns]", 'person = "IPP"\n[columns]'), "cannot have `person`"),
        (GOOD.replace("[columns]", 'separator = ";;"\n[columns]'), "`separator`"),
        (GOOD.replace("[columns]", 'decimal = "x"\n[columns]'), "`decimal`"),
        ("table = 'person'\n[columns]\nyear_of_birth = 'an'\n", "needs `person`"),
        ("table = 'person'\nperson = 'IPP'\n[columns]\nperson_source_value = 'NOM'\n", "identities do not belong"),
        ("table = 'location'\n[columns]\naddress_1 = 'rue'\n", "identities do not belong"),
        ("table = 'note'\nperson = 'IPP'\n[columns]\nnote_text = 'cr'\n", "text_is_pseudonymised"),
        ("table = 'measurement'\nperson = 'IPP'\n[columns]\nvalue_as_number = 'v'\n", "`columns.measurement_date`"),
    ],
)
def test_a_wrong_mapping_gets_one_sentence(tmp_path, text, said):
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
    assert str(caught.value).startswith("The mapping ")


@pytest.mark.parametrize("name", ["sentinel", "missing.toml", "../../cdm", ""])
def test_a_mapping_that_is_not_there_names_those_that_ship(name):
    with pytest.raises(InvalidInput, match=r"ships: .*sentinelles"):
        read_mapping(name)


def test_a_mapping_that_is_not_text_gets_a_sentence(tmp_path):
    (tmp_path / "m.toml").write_bytes(b"table = '\xff'")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read_mapping(str(tmp_path / "m.toml"))


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        (
            "Jour,Entrees",
            "`columns.arrivals` from a column 'Passages', which x.csv does not have; it has: Jour, Entrees",
        ),
        ("Jour,Passages,Passages", "has 2 columns 'Passages'"),
        ("DUPONT,12", "its first line holds values"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_names_the_columns_that_exist(home, tmp_path, heading, said):
    keys.create(home)
    (tmp_path / "x.csv").write_text(f"{heading}\n01/02/2025{',3' * heading.count(',')}\n")
    with pytest.raises(InvalidInput) as caught:
        ingest_table(tmp_path / "x.csv", read(tmp_path, GOOD), open_warehouse(home), datetime(2026, 1, 1, tzinfo=UTC))
    assert said in str(caught.value)
    assert "DUPONT" not in str(caught.value)


@given(
    st.text(max_size=300)
    | st.sampled_from([GOOD]).flatmap(lambda text: st.integers(0, len(text)).map(lambda n: text[:n]))
)
def test_whatever_the_mapping_file_holds_it_reads_or_gets_a_sentence(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("fuzz") / "m.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        assert read_mapping(str(path)).columns
    except InvalidInput as error:
        assert str(path) in str(error)


def test_the_mappings_of_the_documentation_are_good(tmp_path):
    page = Path(__file__).parents[2] / "docs" / "ingest.md"
    examples = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    assert examples
    for example in examples:
        if "table" in tomllib.loads(example):
            assert read(tmp_path, example).columns
            continue
        path = tmp_path / "documents.toml"
        path.write_text(example, encoding="utf-8")
        assert read_documents_mapping(path).columns
