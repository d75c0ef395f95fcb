"""The questionnaires beside their publications: the tables of the French method, and Naranjo's points and classes."""

from itertools import product

import pytest

from cognoscope.apps.pharmacy.reactions import begaud, naranjo


@pytest.mark.parametrize(
    ("answers", "chronology", "semiology", "intrinsic"),
    [
        (
            {
                "delay": "suggestive",
                "evolution": "suggestive",
                "rechallenge": "positive",
                "semiology": "yes",
                "other-cause": "absent",
                "test": "positive",
            },
            3,
            3,
            6,
        ),
        (
            {
                "delay": "compatible",
                "evolution": "suggestive",
                "rechallenge": "none",
                "semiology": "yes",
                "other-cause": "possible",
                "test": "none",
            },
            2,
            2,
            3,
        ),
        (
            {
                "delay": "compatible",
                "evolution": "inconclusive",
                "rechallenge": "none",
                "semiology": "no",
                "other-cause": "possible",
                "test": "none",
            },
            1,
            1,
            1,
        ),
        (
            {
                "delay": "incompatible",
                "evolution": "suggestive",
                "rechallenge": "positive",
                "semiology": "yes",
                "other-cause": "absent",
                "test": "positive",
            },
            0,
            3,
            0,
        ),
        (
            {
                "delay": "suggestive",
                "evolution": "suggestive",
                "rechallenge": "negative",
                "semiology": "yes",
                "other-cause": "absent",
                "test": "none",
            },
            1,
            3,
            4,
        ),
    ],
)
def test_french_method(answers: dict[str, str], chronology: int, semiology: int, intrinsic: int) -> None:
    scored = begaud.score(answers)
    assert (scored.chronology, scored.semiology, scored.intrinsic) == (chronology, semiology, intrinsic)
    assert scored.lowest == scored.highest == intrinsic


def test_the_range_holds_every_completion() -> None:
    given = {"delay": "compatible", "evolution": "suggestive"}
    scored = begaud.score(given)
    rest = [name for name in begaud.LEVELS if name not in given]
    every = [
        begaud.score(given | dict(zip(rest, levels, strict=True))).intrinsic
        for levels in product(*(begaud.LEVELS[name] for name in rest))
    ]
    assert (scored.lowest, scored.highest) == (min(every), max(every))
    assert begaud.score({}).lowest == 0 and begaud.score({}).highest == 6


def test_naranjo_adds_up_and_ranges() -> None:
    every_yes = naranjo.total(dict.fromkeys(range(1, 11), "yes"))
    assert every_yes.total == every_yes.lowest == every_yes.highest == 8
    best = naranjo.total(
        {1: "yes", 2: "yes", 3: "yes", 4: "yes", 5: "no", 6: "no", 7: "yes", 8: "yes", 9: "yes", 10: "yes"}
    )
    assert (best.total, best.category) == (13, "definite")
    nothing = naranjo.total({})
    assert (nothing.total, nothing.lowest, nothing.highest, nothing.category) == (0, -4, 13, "doubtful")


@pytest.mark.parametrize(
    ("points", "name"),
    [
        (9, "definite"),
        (8, "probable"),
        (5, "probable"),
        (4, "possible"),
        (1, "possible"),
        (0, "doubtful"),
        (-3, "doubtful"),
    ],
)
def test_naranjo_classes(points: int, name: str) -> None:
    assert naranjo.category(points) == name
