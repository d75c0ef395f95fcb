"""The thesaurus between two medicines."""

from itertools import product
from pathlib import Path

import pytest
from tests.intake.medicines.small_ansm import INDEX, MACROLIDES, small_thesaurus, write_ansm

from cognoscope.intake.knowledge.ansm import LEVELS
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.intake.medicines import Medicine
from cognoscope.intake.medicines.groups import listed
from cognoscope.intake.medicines.thesaurus import Thesaurus, open_thesaurus


@pytest.fixture(scope="module")
def thesaurus(tmp_path_factory: pytest.TempPathFactory) -> Thesaurus:
    return small_thesaurus(tmp_path_factory.mktemp("ansm") / "2020_01")


def alone(substance: str, *declared: str, routes: tuple[str, ...] = (), homeopathic: bool = False) -> Medicine:
    held = (declared,) if declared else ()
    return Medicine(substance, substance, (substance,), routes=routes, declared=held, homeopathic=homeopathic)


def test_a_class_means_its_members_and_not_what_it_leaves_out(thesaurus: Thesaurus):
    (found,) = thesaurus.between(alone("azithromycine"), alone("colchicine"))
    assert (found.level, found.class_a, found.class_b) == ("contraindicated", "macrolides (sauf spiramycine)", "")
    assert {found.main, found.plus} == {MACROLIDES, "COLCHICINE"}
    assert thesaurus.between(alone("spiramycine"), alone("colchicine")) == []


def test_both_ways_round_say_the_same(thesaurus: Thesaurus):
    names = [each["substance"] for each in INDEX]
    for first, second in product(names, names):
        there = thesaurus.between(alone(first), alone(second))
        back = thesaurus.between(alone(second), alone(first))
        assert [(each.number, each.level) for each in there] == [(each.number, each.level) for each in back]
        assert [{each.class_a, each.class_b} for each in there] == [{each.class_a, each.class_b} for each in back]


def test_every_level_comes_the_strongest_first(thesaurus: Thesaurus):
    found = thesaurus.between(alone("ramipril"), alone("amlodipine"))
    assert [(each.level, each.condition) for each in found] == [
        ("discouraged", "si choc."),
        ("precaution", "Surveiller."),
    ]
    assert [LEVELS.index(each.level) for each in found] == sorted(LEVELS.index(each.level) for each in found)


def test_two_of_a_class_and_its_others(thesaurus: Thesaurus):
    (found,) = thesaurus.between(alone("dormirine"), alone("zopinol (sel de)"))
    assert found.level == "take-into-account"
    assert thesaurus.between(alone("dormirine"), alone("Dormirine")) == []


def test_a_salt_is_meant_by_its_substance(thesaurus: Thesaurus):
    assert thesaurus.between(alone("azithromycine dihydratée"), alone("colchicine"))
    assert thesaurus.between(alone("x", "azithromycine"), alone("colchicine"))


def test_combinations_count_by_each_substance_but_never_against_themselves(thesaurus: Thesaurus):
    both = Medicine("b", "b", ("ramipril", "amlodipine"))
    assert {each.substance_a for each in thesaurus.between(both, alone("amlodipine"))} == {"ramipril"}
    assert len(thesaurus.between(both, both)) == 4


def test_a_route_is_meant_only_where_it_is_known(thesaurus: Thesaurus):
    resin = alone("colestilin", routes=("orale",))
    assert [each.plus for each in thesaurus.between(resin, alone("ramipril", routes=("orale",)))] == [
        "MÉDICAMENTS ADMINISTRÉS PAR VOIE ORALE"
    ]
    assert thesaurus.between(resin, alone("ramipril", routes=("cutanée",))) == []
    assert thesaurus.between(resin, alone("ramipril")) == []


def test_a_homeopathic_medicine_has_no_interaction(thesaurus: Thesaurus):
    assert thesaurus.between(alone("azithromycine"), alone("colchicine", homeopathic=True)) == []


def test_members_are_also_taken_from_the_list_under_a_heading(thesaurus: Thesaurus):
    assert "medicamentssedatifs" in dict(thesaurus.meant(alone("ramipril")))["ramipril"]


@pytest.mark.parametrize(
    ("between", "names"),
    [
        ("(a, b)", ("a", "b")),
        ("Texte (x, y) puis\n(a (sel de), c(d) e, b)", ("a (sel de)", "c(d) e", "b")),
        ("Voir aussi : a - b (c)", ()),
        ("(adrenaline", ()),
        ("adrenaline)", ()),
        ("", ()),
        ('(voir aussi "b")', ()),
    ],
)
def test_the_list_that_ends_a_heading(between: str, names: tuple[str, ...]):
    known = {"a", "b", "a (sel de)"}
    assert listed(between, known.__contains__) == names


def test_editions_are_opened_once(tmp_path: Path):
    write_ansm(tmp_path / "drugs" / "thesaurus-ansm" / "2020_01")
    knowledge = Knowledge(tmp_path / "home", tmp_path)
    assert open_thesaurus(knowledge) is open_thesaurus(knowledge)
    assert open_thesaurus(knowledge).edition == "2020_01"
