"""Walks the pages as their users would: with a mouse, on a phone, by keyboard alone, without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Hospital, Visit, enter, keep
from tests.web.emergency import waiting_proposal

from cognoscope.core.events import ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.review import Review

pytestmark = [pytest.mark.browser, pytest.mark.slow]
THURSDAY = "2026-11-26"
DAILY = "Passages aux urgences, 7 jours - Urgences adultes"


def reviews_by(hospital: Hospital, account: str) -> list[Review]:
    with Ledger.open(hospital.home.ledger_url) as ledger:
        entries = ledger.entries(event="ReviewGiven", actor=account)
    return [entry.event.review for entry in entries if isinstance(entry.event, ReviewGiven)]


def open_daily(page: Page) -> None:
    page.get_by_role("link", name=DAILY).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(DAILY)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_way_of_the_issue(visit: Visit, hospital: Hospital, width: int) -> None:
    page = visit(width)
    page.goto(f"{hospital.address}/sign-in")
    keep(page, f"sign-in-{width}")
    enter(page, hospital)
    expect(page.get_by_role("heading", level=1)).to_have_text("À décider")
    keep(page, f"inbox-{width}")
    open_daily(page)
    expect(page.locator("figure[data-drawn]")).to_be_visible()
    keep(page, f"proposal-{width}")

    page.locator(f"#element-{THURSDAY}").get_by_role("button", name="Écarter jeudi 26 novembre").click()
    expect(page.locator(f"#element-{THURSDAY}")).to_contain_text("Écartée")
    expect(page.locator("#said")).to_contain_text("jeudi 26 novembre")
    keep(page, f"overruled-{width}")
    (review,) = reviews_by(hospital, "lea")
    assert (review.element, review.verdict) == (THURSDAY, "overrule")

    page.goto(f"{hospital.address}/ledger?event=ReviewGiven&actor=lea")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Écartée · jeudi 26 novembre")
    keep(page, f"ledger-{width}")
    page.goto(f"{hospital.address}/public")
    expect(page.get_by_text("Que faire ?")).to_be_visible()
    keep(page, f"public-{width}")


@pytest.mark.parametrize("width", [1440, 390])
def test_every_other_page_keeps_its_picture(visit: Visit, hospital: Hospital, width: int) -> None:
    page = visit(width, color_scheme="dark")
    enter(page, hospital, "sacha")
    with Ledger.open(hospital.home.ledger_url) as ledger:
        hourly = waiting_proposal(ledger, "arrivals-hourly").digest
        abstained = waiting_proposal(ledger, site="Site-neuf").digest
        old = next(iter(ledger.entries(event="ReviewGiven"))).event
    assert isinstance(old, ReviewGiven)
    paths = {
        "hourly": f"/proposals/{hourly}",
        "abstained": f"/proposals/{abstained}",
        "superseded": f"/proposals/{old.review.proposal}",
        "rows": f"/proposals/{hourly}/rows/hourly?row=9000#row-9000",
        "applications": "/applications",
        "application": "/applications/emergency.arrivals",
        "unit": "/subjects/unit:Urgences-adultes",
        "entry": "/ledger/9",
    }
    for name, path in paths.items():
        answer = page.goto(hospital.address + path)
        assert answer is not None
        assert answer.status == 200, path
        keep(page, f"{name}-{width}")
    page.goto(hospital.address + "/ledger")
    page.get_by_role("button", name="Vérifier la chaîne").click()
    expect(page.locator("#verified")).to_contain_text("La chaîne tient")
    keep(page, f"verified-{width}")


def walk_down(page: Page, there: Callable[[], bool]) -> None:
    for _ in range(30):
        page.keyboard.press("j")
        if there():
            return
    raise AssertionError("the key j does not lead there")


def test_by_keyboard_alone(visit: Visit, hospital: Hospital) -> None:
    page = visit()
    page.goto(f"{hospital.address}/sign-in")
    expect(page.locator("#account")).to_be_focused()
    page.keyboard.type("lea")
    page.keyboard.press("Tab")
    page.keyboard.type("un cheval de course bleu")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{hospital.address}/")
    walk_down(page, lambda: DAILY in page.evaluate("document.activeElement.textContent"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/proposals/*")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    walk_down(page, lambda: page.evaluate("document.activeElement.id") == f"element-{THURSDAY}")
    page.keyboard.press("e")
    page.keyboard.press("2")
    expect(page.locator(f"#element-{THURSDAY}")).to_contain_text("Écartée")
    expect(page.locator(f"#element-{THURSDAY}")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("c")
    page.keyboard.type("205")
    page.keyboard.press("Enter")
    expect(page.locator("#element-2026-11-25")).to_contain_text("205")
    expect(page.locator("#element-2026-11-25")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#element-2026-11-27")).to_contain_text("Acceptée")
    given = [(one.element, one.verdict, one.reason, one.amended) for one in reviews_by(hospital, "lea")]
    assert given == [
        (THURSDAY, "overrule", "local-event", None),
        ("2026-11-25", "amend", None, 205.0),
        ("2026-11-27", "accept", None, None),
    ]


def test_without_javascript(visit: Visit, hospital: Hospital) -> None:
    page = visit(java_script_enabled=False)
    enter(page, hospital)
    open_daily(page)
    page.locator("#element-2026-11-24 summary", has_text="Corriger").click()
    page.fill("[id='amended-2026-11-24']", "207")
    page.locator("#element-2026-11-24").get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#notice")).to_contain_text("Corrigée : mardi 24 novembre")
    page.locator(f"#element-{THURSDAY}").get_by_role("button", name="Écarter jeudi 26 novembre").click()
    expect(page.locator("#notice")).to_contain_text("Écartée : jeudi 26 novembre")
    page.get_by_role("button", name="À revoir plus tard").click()
    verdicts = [(one.element, one.verdict) for one in reviews_by(hospital, "lea")]
    assert verdicts == [("2026-11-24", "amend"), (THURSDAY, "overrule"), (None, "defer")]


def test_public_page_fits_one_printed_page(visit: Visit, hospital: Hospital) -> None:
    page = visit()
    page.goto(f"{hospital.address}/public")
    printed = page.pdf(format="A4")
    assert printed.count(b"/Type /Page\n") == 1
