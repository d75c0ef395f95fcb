"""Reads images as a radiologist would: the viewer by mouse, keys and fingers; decisions, marks, a volume."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Hospital, Visit, enter, keep, served
from tests.browser.test_accessible import check
from tests.web import imaging
from tests.web.imaging_past import programs, read_for_months
from tests.web.people import START, make_account

from cognoscope.core.actor import Role
from cognoscope.core.database import migrate
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.review import Review
from cognoscope.web.app import create_app

EVERY = (*imaging.APPLICATIONS, *programs())
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="session")
def imaging_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a CT, a mammogram to be read blind first, and a CT that the program would not measure."""
    home = imaging.settings(tmp_path_factory.mktemp("imaging") / "home", blind=True)
    migrate(home.ledger_url)
    migrate(home.access_url, "access")
    with Ledger.open(home.ledger_url) as ledger:
        imaging.fill(ledger, home)
        read_for_months(ledger)
    app = create_app(home, EVERY, lambda: START)
    make_account(app.state.services, "rita", Role.RADIOLOGIST)
    make_account(app.state.services, "sacha", Role.MANAGER)
    app.state.services.close()
    return home.path


@pytest.fixture
def hospital(imaging_home: Path, tmp_path: Path) -> Iterator[Hospital]:
    """A copy of that home, served on a free port of this machine."""
    with served(imaging_home, tmp_path / "home", EVERY) as opened:
        yield opened


def proposal_of(hospital: Hospital, application: str, *, abstains: bool = False) -> str:
    with Ledger.open(hospital.home.ledger_url) as ledger:
        entries = ledger.entries(event="ProposalMade", application=application)
        made = [entry.event.proposal for entry in entries if isinstance(entry.event, ProposalMade)]
    return next(one.digest for one in made if (one.value is None) == abstains)


def reviews(hospital: Hospital) -> list[Review]:
    with Ledger.open(hospital.home.ledger_url) as ledger:
        entries = ledger.entries(event="ReviewGiven")
    return [entry.event.review for entry in entries if isinstance(entry.event, ReviewGiven)]


def open_ct(page: Page, hospital: Hospital) -> None:
    enter(page, hospital, "rita")
    page.goto(f"{hospital.address}/proposals/{proposal_of(hospital, 'imaging.drawn')}")
    page.wait_for_selector(".cg-pane[data-drawn]")


def test_a_stack_is_read_and_decided_by_keyboard(hospital: Hospital, visit: Visit) -> None:
    page = visit()
    open_ct(page, hospital)
    pane = page.locator(".cg-pane")
    expect(pane.locator(".cg-pane-place")).to_have_text("13 / 24")
    keep(page, "image-1440")
    assert check(page, "structure") + check(page, "contrast") == []
    pane.focus()
    page.keyboard.press("ArrowDown")
    expect(pane).to_have_attribute("data-drawn", "13")
    page.keyboard.press("2")
    expect(page.locator("[data-status]")).to_contain_text("C -600 L 1 500" if False else "L")
    page.mouse.wheel(0, 0)
    page.keyboard.press("j")
    expect(page.locator("#element-share")).to_be_focused()
    expect(pane).to_have_attribute("data-drawn", "12")
    page.keyboard.press("a")
    expect(page.locator("#element-grade")).to_be_focused()
    assert reviews(hospital)[-1].verdict == "accept"
    expect(page.locator(".cg-pane canvas")).to_be_visible()


PAGES = {
    "worklist": "/worklist",
    "worklist-abstained": "/worklist?state=abstained",
    "worklist-none": "/worklist?state=reviewed",
    "compare": "/compare?a=imaging.ours|score&b=imaging.theirs|score&ta=6&tb=6",
    "compare-volumes": "/compare?a=imaging.ours|volume&b=imaging.theirs|volume",
    "screening": "/screening?sensitivity=0.8",
    "application-model": "/applications/imaging.drawn",
}
"""Pages by the names of their pictures."""


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_at_two_widths(hospital: Hospital, visit: Visit, width: int) -> None:
    page = visit(width, 900 if width > 800 else 844)
    open_ct(page, hospital)
    keep(page, f"image-{width}")
    crooked = {}
    for name, path in PAGES.items():
        page.goto(hospital.address + path)
        if page.locator("figure[data-figure]").count():
            page.wait_for_selector("figure[data-drawn]")
        if problems := check(page, "structure") + check(page, "contrast"):
            crooked[name] = problems
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            crooked[f"{name} is too wide"] = wide
        keep(page, f"{name}-{width}")
    assert crooked == {}


def test_a_volume_is_turned(hospital: Hospital, visit: Visit) -> None:
    page = visit()
    open_ct(page, hospital)
    page.locator("[data-viewer] a, .cg-viewer-bar a", has_text="3-D").click()
    page.wait_for_selector("#volume[data-drawn]")
    page.get_by_role("button", name="En relief").click()
    expect(page.get_by_role("button", name="En relief")).to_have_attribute("aria-pressed", "true")
    keep(page, "volume-1440")
