"""Which application sees which series, and the reason when none does."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake.dicom.routing import Rule, Rules, SeriesFacts, facts_of, in_words, read_rules, route, route_study

CHEST = SeriesFacts(
    modality="CT", body_part="CHEST", description="Thorax fin", age=69, sex="F", thickness=1.25, images=300
)


def shipped() -> Rules:
    rules, _ = read_rules()
    return rules


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (CHEST, ("imaging.lungs",)),
        (SeriesFacts(modality="CT", description="SANS IV POUMONS 1mm", images=200), ("imaging.lungs",)),
        (SeriesFacts(modality="CT", body_part="HEAD", description="Crane", images=200), ()),
        (SeriesFacts(modality="MR", body_part="CHEST", images=20), ()),
        (SeriesFacts(modality="MG", images=4), ("imaging.mammography",)),
        (SeriesFacts(modality="OP", images=2), ("imaging.retina",)),
        (SeriesFacts(modality="DX", body_part="wrist", images=1), ("imaging.bones",)),
        (SeriesFacts(modality="ES", images=1), ("imaging.polyps",)),
        (SeriesFacts(modality="US", description="Echo foetale T2", sex="F", images=1), ("imaging.fetalhead",)),
        (SeriesFacts(modality="US", description="Echo foetale T2", sex="M", images=1), ()),
        (SeriesFacts(), ()),
    ],
)
def test_shipped_rules(facts: SeriesFacts, expected: tuple[str, ...]):
    assert route(shipped(), facts).applications == expected


def test_every_shipped_rule_says_where_it_comes_from_and_names_an_application_of_this_department():
    for rule in shipped().rule:
        assert rule.source, rule.name
        assert all(name.startswith("imaging.") for name in rule.applications)


def test_a_rule_that_does_not_hold_says_why():
    rule = Rule(
        name="strict",
        applications=("a.b",),
        modality=("CT", "PT"),
        description="thorax",
        sex=("M",),
        age_from=18,
        age_to=60,
        thickness_to=1,
        images_from=400,
        manufacturer="acme",
    )
    against = rule.against(CHEST.__class__(**{**CHEST.__dict__, "modality": "MR"}))
    text = "; ".join(against)
    for said in (
        "the modality is MR",
        "CT or PT",
        "the patient's sex is F",
        "ends at 60",
        "1.25",
        "begins at 400",
        "'acme'",
    ):
        assert said in text
    assert "description" not in text


def test_first_stops_at_the_first_rule_that_holds():
    rules = Rules(
        match="first", rule=(Rule(name="one", applications=("a.b",)), Rule(name="two", applications=("c.d",)))
    )
    assert route(rules, CHEST).applications == ("a.b",)
    assert len(route(rules, CHEST).judged) == 1
    everything = rules.model_copy(update={"match": "all"})
    assert route(everything, CHEST).applications == ("a.b", "c.d")


def test_a_study_goes_where_one_of_its_series_goes():
    scout = SeriesFacts(modality="CT", description="Topogramme", images=1)
    assert route_study(shipped(), [scout, CHEST]) == {"imaging.lungs": ("chest-ct", "chest-ct-by-description")}


def test_a_hospital_has_its_own_rules(home: Home):
    (home.path / "routing.toml").write_text(
        '[[rule]]\nname = "all-of-it"\napplications = ["imaging.own"]\n', encoding="utf-8"
    )
    rules, place = read_rules(home)
    assert place == str(home.path / "routing.toml")
    assert route(rules, SeriesFacts()).applications == ("imaging.own",)


@pytest.mark.parametrize(
    "text",
    [
        "match = ",
        '[[rule]]\nname = "x"\n',
        '[[rule]]\nname = "x"\napplications = ["a.b"]\ndescription = "("\n',
        '[[rule]]\nname = "x"\napplications = ["a.b"]\nmodalty = ["CT"]\n',
        'match = "some"',
    ],
)
def test_rules_that_cannot_be_used_are_a_sentence(home: Home, text: str):
    (home.path / "routing.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"routing rules .*routing\.toml cannot be used"):
        read_rules(home)


def test_bytes_that_are_no_text_are_a_sentence(home: Home):
    (home.path / "routing.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput):
        read_rules(home)


def test_facts_of_a_header():
    pydicom = pytest.importorskip("pydicom", reason="the extra `imaging` is not installed")
    header = pydicom.Dataset()
    header.Modality, header.PatientAge, header.SliceThickness = "CT", "018M", "2.5"
    header.SeriesDescription, header.StudyDescription = "Thorax", "TDM"
    found = facts_of(header, 12)
    assert (found.modality, found.age, found.thickness, found.images) == ("CT", 1.5, 2.5, 12)
    assert found.description == "Thorax TDM"
    assert facts_of(pydicom.Dataset()).age is None


@given(age=st.text(max_size=6), thickness=st.text(max_size=8))
def test_nonsense_in_a_header_is_not_said(age: str, thickness: str):
    found = facts_of({"PatientAge": age, "SliceThickness": thickness})
    assert found.age is None or 0 <= found.age <= 999
    assert found.thickness is None or abs(found.thickness) < 1e9
    assert in_words(found)


def test_the_shipped_file_is_inside_the_package():
    assert Path(read_rules()[1]).name == "routing.toml"
