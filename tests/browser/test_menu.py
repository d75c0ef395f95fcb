"""The group of pharmacy pages in the header, on a desk and on a phone: opens within the screen, closes as menus do."""

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Hospital, Visit, enter, keep
from tests.browser.test_accessible import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("width", [1440, 390])
def test_the_group_opens_within_the_screen_and_closes(hospital: Hospital, visit: Visit, width: int) -> None:
    page = visit(width)
    enter(page, hospital, "phil")
    group = page.locator(".places details.menu")
    button, first = group.locator("summary"), group.get_by_role("link", name="Ordonnance")
    expect(first).to_be_hidden()
    button.click()
    expect(first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for link in group.get_by_role("link").all():
        box = link.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] >= 44
    keep(page, f"menu-pharmacy-{width}")
    assert check(page, "structure") + check(page, "contrast") == []
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    page.locator("h1").first.click()
    expect(first).to_be_hidden()
    button.click()
    page.locator(".shell-tools details.menu summary").click()
    expect(first).to_be_hidden()


def test_the_group_shows_that_its_page_is_open(hospital: Hospital, visit: Visit) -> None:
    page = visit()
    enter(page, hospital, "phil")
    page.locator(".places details.menu summary").click()
    page.get_by_role("link", name="Ordonnance").click()
    page.wait_for_url("**/prescription")
    assert page.locator(".places summary[data-here]").count() == 1
    assert page.locator(".places a[aria-current=page]").count() == 1
