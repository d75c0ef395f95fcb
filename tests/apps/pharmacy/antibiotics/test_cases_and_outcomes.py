"""Infections from a file and from the warehouse, isolates through a mapping, and what the laboratory found later."""

import importlib.util
import json
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cognoscope.apps.pharmacy.antibiotics.app import propose
from cognoscope.apps.pharmacy.antibiotics.case_file import read_infections
from cognoscope.apps.pharmacy.antibiotics.case_microbes import open_microbes
from cognoscope.apps.pharmacy.antibiotics.case_warehouse import cases_from_warehouse
from cognoscope.apps.pharmacy.antibiotics.isolates import from_long, from_wide
from cognoscope.apps.pharmacy.antibiotics.outcomes import outcomes
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.demo.pharmacy.isolates import write_isolates
from cognoscope.intake.keys import create
from cognoscope.intake.knowledge.eucast import EUCAST
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.intake.mapping import read_mapping
from cognoscope.intake.tables import ingest_table
from cognoscope.intake.warehouse import open_warehouse


def sample_cases() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cases_for_files", Path(__file__).parent / "cases.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = sample_cases()
TODAY = CASES.AS_OF.date()


def test_a_file_of_infections_with_its_isolates(tmp_path: Path):
    (tmp_path / "isolates.tsv").write_text("date\tpatient\tward\tmo\tAMX\n2026-01-02\tp1\tICU\tB_ESCHR_COLI\tR\n")
    one = {
        "infection": "pyelonephritis",
        "germ": "E. coli",
        "results": [{"agent": "CTX", "method": "MIC", "value": "<=0.25"}],
        "allergies": [{"to": "penicillins", "reaction": "immediate-severe"}],
        "pregnant": False,
    }
    path = tmp_path / "asked.json"
    path.write_text(json.dumps({"isolates": "isolates.tsv", "infections": [one]}), encoding="utf-8")
    (asked,), isolates = read_infections(path)
    assert (asked.pregnant, asked.breastfeeding, asked.drugs) == ("no", "", None)
    assert asked.allergies == (("penicillins", "immediate-severe"),)
    assert isolates is not None and len(isolates) == 1


def test_a_toml_file(tmp_path: Path):
    path = tmp_path / "asked.toml"
    path.write_text('infection = "cystitis"\nsex = "f"\nallergies = []\n', encoding="utf-8")
    (asked,), isolates = read_infections(path)
    assert (asked.sex, asked.allergies, isolates) == ("f", (), None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "neither JSON nor TOML"),
        ("[]", "must hold an infection"),
        ('{"infections": []}', "holds no infection"),
        ('{"infection": "cystitis", "name": "x"}', "name is not as it should be"),
        ('{"infection": "cystitis", "age_years": 400}', "age_years is not as it should be"),
        ('{"infection": "cystitis", "isolates": "../x.tsv"}', "in the same folder"),
        ('{"infection": "cystitis", "isolates": "x.tsv"}', "not a table of isolates"),
        ('{"infection": "cystitis", "allergies": [{"to": "penicillins", "reaction": "rash"}]}', "reaction"),
    ],
)
def test_a_wrong_file_gets_a_sentence(tmp_path: Path, content: str, said: str):
    path = tmp_path / "asked.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=said):
        read_infections(path)


def anything() -> st.SearchStrategy[bytes]:
    """Bytes, and JSON in which known names hold anything."""
    names = st.sampled_from(["infection", "germ", "results", "allergies", "isolates", "x"])
    leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
    nested = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4))
    return st.one_of(st.binary(max_size=80), nested.map(lambda one: json.dumps(one).encode()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(anything())
def test_any_file_is_read_or_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "asked.json"
    path.write_bytes(content)
    try:
        asked, _ = read_infections(path)
    except InvalidInput as refused:
        assert str(refused)
    else:
        assert asked


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=120))
def test_any_table_of_isolates_is_read_or_refused(tmp_path: Path, content: str):
    path = tmp_path / "isolates.tsv"
    path.write_text(content, encoding="utf-8", errors="replace")
    with pytest.raises(InvalidInput, match=r"isolates\.tsv"):
        from_wide(path)


def rows(
    person: int, day: date, germ: str, results: dict[str, str], first: int, **more: str
) -> list[dict[str, object]]:
    held = {"ward": "surgery", "specimen": "blood", "screening": None} | more
    return [
        {
            "isolate_id": first + place,
            "person_id": person,
            "isolate_date": day,
            "germ": germ,
            "agent": agent,
            "category": category,
            **held,
        }
        for place, (agent, category) in enumerate(results.items())
    ]


def commit(home: Home, found: list[dict[str, object]], source: str = "e") -> None:
    table = pa.Table.from_pylist(
        found,
        schema=pa.schema(
            [
                ("isolate_id", pa.int64()),
                ("person_id", pa.int64()),
                ("isolate_date", pa.date32()),
                *((name, pa.string()) for name in ("germ", "agent", "category", "ward", "specimen", "screening")),
            ]
        ),
    )
    open_warehouse(home).commit(source * 64, 0, {"isolate": table})


@pytest.fixture
def loaded(home: Home, tmp_path: Path) -> Home:
    open_knowledge(home).keep(EUCAST, EUCAST.load(CASES.write_eucast(tmp_path / "eucast")), CASES.AS_OF)
    return home


def test_blood_that_grew_a_germ_lately_is_a_case(loaded: Home):
    yesterday = TODAY - timedelta(days=1)
    commit(
        loaded,
        [
            *rows(11, yesterday, "Escherichia coli", {"AMX": "R", "CTX": "S"}, 1),
            *rows(12, yesterday, "Staphylococcus epidermidis", {"VAN": "S"}, 10),
            *rows(13, yesterday, "Escherichia coli", {"AMX": "S"}, 20, specimen="urine"),
            *rows(14, yesterday, "Escherichia coli", {"AMX": "S"}, 30, screening="yes"),
            *rows(15, TODAY - timedelta(days=40), "Escherichia coli", {"AMX": "S"}, 40),
            *rows(16, yesterday, "not a germ", {"AMX": "S"}, 50),
            *rows(17, yesterday, "E. coli", {"AMX": "S"}, 60),
            *rows(17, yesterday, "S. aureus", {"FOX": "S"}, 70),
        ],
    )
    cases = cases_from_warehouse(open_warehouse(loaded), CASES.AS_OF)
    assert [case.subject for case in cases] == ["person:11"]
    (proposal,) = propose(cases[0])
    assert proposal.headline and proposal.headline.element == "option-bac-e3"


def test_without_eucast_or_isolates_there_is_no_case(home: Home, loaded: Home):
    assert cases_from_warehouse(open_warehouse(loaded), CASES.AS_OF) == []


def test_the_laboratory_says_later_what_was_active(home: Home):
    case = CASES.usable()[0]
    (proposal,) = propose(case)
    at = CASES.happen(home)
    found = {one.element: one.value for one in outcomes(open_warehouse(home), [proposal], at)}
    assert found["option-bac-e3"] is True
    assert not any(element.startswith(("excluded", "missing", "rule")) for element in found)
    assert outcomes(open_warehouse(home), [proposal], CASES.AS_OF) == []


def test_the_mapping_that_ships_fills_the_table_of_isolates():
    mapping = read_mapping("isolates")
    assert mapping.table == "isolate" and mapping.person


@pytest.mark.parametrize("specimen", ["blood", "Hémoculture", "HEMOCULTURE"])
def test_a_laboratory_file_through_the_mapping_becomes_a_case(loaded: Home, tmp_path: Path, specimen: str):
    path, yesterday = tmp_path / "isolats.csv", TODAY - timedelta(days=1)
    heading = "patient,date,ward,specimen,screening,germ,agent,method,value,category"
    line = f"P1,{yesterday},,{specimen},non,Escherichia coli"
    path.write_text(f"{heading}\n{line},AMX,,,R\n{line},CTX,,,S\n", encoding="utf-8")
    create(loaded)
    warehouse = open_warehouse(loaded)
    ingest_table(path, read_mapping("isolates"), warehouse, CASES.AS_OF)
    (case,) = cases_from_warehouse(warehouse, CASES.AS_OF)
    (proposal,) = propose(case)
    assert proposal.headline and proposal.headline.element == "option-bac-e3"


def test_the_demonstration_has_infections_to_treat_this_morning(loaded: Home, tmp_path: Path):
    path = tmp_path / "isolats.csv"
    write_isolates(path, 60, TODAY, 1)
    create(loaded)
    warehouse = open_warehouse(loaded)
    ingest_table(path, read_mapping("isolates"), warehouse, CASES.AS_OF)
    found = [proposal for case in cases_from_warehouse(warehouse, CASES.AS_OF) for proposal in propose(case)]
    assert any(proposal.value is not None for proposal in found)


def test_columns_that_are_empty_or_mixed_are_read_without_a_word_of_pandas(loaded: Home):
    microbes = open_microbes(open_knowledge(loaded))
    day = TODAY - timedelta(days=9)
    held = [*rows(1, day, "Escherichia coli", {"AMX": "R"}, 1), *rows(2, day, "S. aureus", {"FOX": "S"}, 5)]
    frame = pd.DataFrame(held).assign(ward=None, specimen=[None, "blood"], isolate_key=["a", "b"])
    isolates = from_long(frame.assign(method=None, value=None), microbes.eucast, microbes.find)
    assert isolates.ward.tolist() == ["", ""] and isolates.specimen.tolist() == ["", "blood"]
    assert isolates.categories["AMX"].tolist() == ["R", ""] and isolates.categories["FOX"].tolist() == ["", "S"]
