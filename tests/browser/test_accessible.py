"""What can be checked of accessibility without a person: landmarks, headings, labels, focus, contrast, narrow screens."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import Hospital, Visit, enter
from tests.web.emergency import waiting_proposal

from cognoscope.core.ledger import Ledger

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STRUCTURE = """() => {
  const problems = [];
  const count = (selector) => document.querySelectorAll(selector).length;
  if (count("main") !== 1) problems.push("not one main");
  if (count("body > header") !== 1) problems.push("not one banner");
  if (count("h1") !== 1) problems.push("not one h1");
  if (!document.documentElement.lang) problems.push("no language");
  let last = 0;
  for (const heading of document.querySelectorAll("main h1, main h2, main h3, main h4")) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1) problems.push(`${heading.tagName} after level ${last}: ${heading.textContent.trim()}`);
    last = level;
  }
  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!field.labels.length && !field.getAttribute("aria-label")) problems.push(`no label: ${field.outerHTML}`);
  }
  for (const control of document.querySelectorAll("a, button:not([aria-hidden=true]), summary")) {
    const name = control.getAttribute("aria-label") || control.textContent.trim();
    if (!name) problems.push(`no name: ${control.outerHTML}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of ids.filter((one, index) => ids.indexOf(one) !== index)) problems.push(`twice: ${id}`);
  for (const one of document.querySelectorAll("[aria-labelledby]")) {
    if (!document.getElementById(one.getAttribute("aria-labelledby"))) problems.push(`labelled by nothing: ${one.outerHTML.slice(0, 80)}`);
  }
  return problems;
}"""

CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = read(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const problems = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest(".visually-hidden, script, svg, .skip, option")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(read(style.color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) problems.add(`${ratio.toFixed(2)} ${element.className} ${walker.currentNode.textContent.trim().slice(0, 30)}`);
  }
  return [...problems];
}"""

FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return document.activeElement === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
}"""

OVERFLOW = """() => [...document.querySelectorAll("main *")].filter((one) => !one.closest(".table-responsive, pre, .visually-hidden"))
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => `${one.tagName}.${one.getAttribute("class")} ${one.getBoundingClientRect().right}`).slice(0, 5)"""


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


def check(page: Page, script: str) -> Any:
    return page.evaluate(script)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_structure_names_and_contrast(visit: Visit, hospital: Hospital, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    enter(page, hospital, "sacha")
    found = {}
    for path in paths(hospital):
        page.goto(hospital.address + path)
        if problems := check(page, STRUCTURE) + check(page, CONTRAST):
            found[path] = problems
    assert found == {}


def test_nothing_sticks_out_at_360_pixels(visit: Visit, hospital: Hospital) -> None:
    page = visit(360, 740)
    enter(page, hospital, "sacha")
    found = {}
    for path in paths(hospital):
        page.goto(hospital.address + path)
        if problems := check(page, OVERFLOW):
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
            if not check(page, FOCUS):
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
