"""What can be checked of accessibility without a person: structure, names, focus, contrast, narrow screens."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import Hospital, Visit, enter
from tests.web.emergency import waiting_proposal

from cognoscope.core.ledger import Ledger

CHECKS = Path(__file__).with_name("accessibility.js").read_text(encoding="utf-8").strip()
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def paths(hospital: Hospital) -> list[str]:
    """Every kind of page that a manager may open."""
    with Ledger.open(hospital.home.ledger_url) as ledger:
        daily, hourly = waiting_proposal(ledger).digest, waiting_proposal(ledger, "arrivals-hourly").digest
        abstained = waiting_proposal(ledger, site="Site-neuf").digest
    return [
        "/",
        f"/proposals/{daily}",
        f"/proposals/{hourly}",
        f"/proposals/{abstained}",
        f"/proposals/{daily}/rows/daily?row=400",
        "/applications",
        "/applications/emergency.arrivals",
        "/subjects/unit:Urgences-adultes",
        "/ledger",
        "/ledger/9",
        "/public",
    ]


def check(page: Page, what: str) -> Any:
    """One check of `accessibility.js`: what is wrong."""
    return page.evaluate(f"{CHECKS}.{what}()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_structure_names_and_contrast(visit: Visit, hospital: Hospital, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    enter(page, hospital, "sacha")
    found = {}
    for path in paths(hospital):
        page.goto(hospital.address + path)
        if problems := check(page, "structure") + check(page, "contrast"):
            found[path] = problems
    assert found == {}


def test_nothing_sticks_out_at_360_pixels(visit: Visit, hospital: Hospital) -> None:
    page = visit(360, 740)
    enter(page, hospital, "sacha")
    found = {}
    for path in paths(hospital):
        page.goto(hospital.address + path)
        if problems := check(page, "overflow"):
            found[path] = problems
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 360:
            found[f"{path} scrolls"] = width
    assert found == {}


def test_focus_is_seen_wherever_it_goes(visit: Visit, hospital: Hospital) -> None:
    page = visit()
    enter(page, hospital)
    for path in paths(hospital)[:2]:
        page.goto(hospital.address + path)
        unseen = []
        for _ in range(45):
            page.keyboard.press("Tab")
            if not check(page, "focus"):
                unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
        assert unseen == []


def test_pages_are_light(visit: Visit, hospital: Hospital) -> None:
    page = visit()
    enter(page, hospital)
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: int(answer.headers.get("content-length", 0))}))
    for path in paths(hospital)[:4]:
        sizes.clear()
        page.goto(hospital.address + path, wait_until="networkidle")
        assert 0 < sum(sizes.values()) < 200_000, (path, sizes)
