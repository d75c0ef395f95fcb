"""The header: places of a role, grouped, and which of them a page belongs to."""

import pytest

from cognoscope.core.actor import Role
from cognoscope.web.navigation import PHARMACY, PLACES, menu_for, places_for


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_holds_every_place_of_a_role_once_and_in_order(role: Role) -> None:
    menu = menu_for(role)
    assert [place for _, places in menu for place in places] == places_for(role)
    assert all(len(places) > 1 if group else len(places) == 1 for group, places in menu)


def test_the_pharmacy_stands_together() -> None:
    groups = dict(menu_for(Role.PHARMACIST))
    assert [place.path for place in groups[PHARMACY]] == [
        "/prescription",
        "/antibiotics",
        "/declare",
        "/signals",
        "/policy",
    ]
    assert "/signals" not in [place.path for place in dict(menu_for(Role.CLINICIAN))[PHARMACY]]


def test_a_group_of_one_is_a_place_like_another() -> None:
    assert [(group, [place.path for place in places]) for group, places in menu_for(Role.PATIENT)] == [
        ("", ["/declare"])
    ]


@pytest.mark.parametrize(
    ("path", "here"),
    [("/", "/"), ("/signals", "/signals"), ("/signals/a--b", "/signals"), ("/signalsx", None), ("/profile", None)],
)
def test_a_page_belongs_to_one_place_at_most(path: str, here: str | None) -> None:
    assert [place.path for place in PLACES if place.holds(path)] == ([here] if here else [])
