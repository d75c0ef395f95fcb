"""Reads images as a radiologist would: the viewer by mouse, keys and fingers; decisions, marks, a volume."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import Hospital, Visit, enter, keep, served
from tests.browser.test_accessible import check
from tests.web import imaging
from tests.web.imaging_past import programs, read_for_months
from tests.web.people import START, make_account

from cognoscope.core.actor import Role
from cognoscope.core.database import migrate
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.image_value import ImageMark, Overlay
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


def drag(page: Page, pane: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """The mouse from one place of the image to another, in shares of it; the page may have moved it since it opened."""
    page.wait_for_selector(".cg-pane[data-drawn]")
    pane.scroll_into_view_if_needed()
    box = pane.bounding_box()
    assert box is not None
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


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
    expect(page.locator("[data-status]")).to_contain_text("C -600")
    page.keyboard.press("3")
    expect(page.locator("[data-status]")).to_contain_text("C 40")
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
    page = visit(700, 600)
    open_ct(page, hospital)
    page.locator(".cg-viewer-bar a", has_text="3-D").click()
    page.wait_for_selector("#volume[data-drawn]", timeout=30_000)  # WebGL in software
    page.get_by_role("button", name="Coronal").click()
    expect(page.get_by_role("button", name="Coronal")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#volume-status")).to_have_text("Volume affiché.")
    keep(page, "volume-700")


def test_a_mark_is_moved_an_overlay_painted_and_a_place_added(hospital: Hospital, visit: Visit) -> None:
    page = visit()
    open_ct(page, hospital)
    pane = page.locator(".cg-pane")
    page.locator("#element-patch").focus()
    page.keyboard.press("c")
    points = page.locator("[id='points-patch']")
    before = points.input_value()
    pane.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowRight")
    assert points.input_value() != before
    keep(page, "image-mark-edited")
    page.locator("#element-patch .cg-menu[open] button", has_text="Enregistrer").click()
    expect(page.locator("#element-patch .cg-verdict-amend")).to_be_visible()
    moved = ImageMark.from_json(str(reviews(hospital)[-1].amended))
    assert moved.points == ((76.0, 27.0), (94.0, 45.0))

    page.locator("#element-regions").focus()
    page.keyboard.press("c")
    page.locator("#element-regions [data-brush] button", has_text="lésion").click()
    drag(page, pane, (0.5, 0.5), (0.55, 0.52))
    page.locator("#element-regions .cg-menu[open] button", has_text="Enregistrer").click()
    expect(page.locator("#element-regions .cg-verdict-amend")).to_be_visible()
    painted = Overlay.from_json(str(reviews(hospital)[-1].amended))
    assert (hospital.home.pixels / painted.raster.content[:2] / f"{painted.raster.content}.zst").is_file()

    page.keyboard.press("Escape")
    page.locator("[data-tool=mark]").click()
    drag(page, pane, (0.6, 0.35), (0.66, 0.45))
    page.fill("#added-label", "Nodule")
    page.locator("#adding button", has_text="Ajouter").click()
    expect(page.locator("[id='element-mine.1']")).to_contain_text("Nodule")
    keep(page, "image-decided-1440")
    page.locator("[id='element-mine.1'] button", has_text="Retirer").click()
    expect(page.locator("[id='element-mine.1']")).to_have_count(0)


def test_a_mammogram_is_read_before_the_program_is_seen(hospital: Hospital, visit: Visit) -> None:
    page = visit()
    enter(page, hospital, "rita")
    page.goto(f"{hospital.address}/proposals/{proposal_of(hospital, 'imaging.breasts')}")
    page.wait_for_selector(".cg-pane[data-drawn]")
    assert page.locator(".cg-pane").count() == 4
    assert "9 sur 10" not in page.content()
    keep(page, "blind-1440")
    page.get_by_label("Quelque chose d'anormal").check()
    page.fill("[id='mine-score']", "7")
    page.locator("[data-tool=mark]").click()
    box = page.locator(".cg-pane").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=3)
    page.mouse.up()
    expect(page.locator("#mine-list li")).to_have_count(1)
    page.get_by_role("button", name="Enregistrer et voir la proposition").click()
    expect(page.locator(".cg-headline")).to_contain_text("Score 9 sur 10")
    expect(page.locator("#element-score")).to_contain_text("Votre lecture d'abord : 7")
    page.wait_for_selector(".cg-pane[data-drawn]")
    keep(page, "after-blind-1440")
    assert {one.element for one in reviews(hospital)} == {"mine.verdict", "score", "mine.1"}
    assert all(one.blind for one in reviews(hospital))
    page.locator("#element-score").focus()
    page.keyboard.press("c")
    page.locator("#element-score button", has_text="Garder ma lecture").click()
    expect(page.locator("#element-score .cg-verdict-amend")).to_contain_text("7")
