"""Walks the pages of texts as a coder would: findings by keyboard alone, a document, search, cohorts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Hospital, Visit, enter, keep, served
from tests.browser.test_accessible import check
from tests.web import records
from tests.web.people import START, make_account

from cognoscope.core.actor import Role
from cognoscope.core.actor import person as actor
from cognoscope.core.database import migrate
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.review import Review
from cognoscope.intake.cohorts import AllOf, Cohort, Mentioned, Not
from cognoscope.intake.cohorts_saved import save
from cognoscope.intake.warehouse import open_warehouse
from cognoscope.web.app import create_app
from cognoscope.web.record_search import open_search

pytestmark = [pytest.mark.browser, pytest.mark.slow]
pytest.importorskip("tantivy", reason="searching needs the extra text")


@pytest.fixture(scope="session")
def records_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three stays to code and a warehouse of notes, to be copied."""
    path = tmp_path_factory.mktemp("records") / "home"
    path.mkdir(mode=0o700)
    (path / "settings.toml").write_text('hospital = "CH de Démonstration"\nsynthetic = true\n', encoding="utf-8")
    home = Home(path)
    migrate(home.ledger_url)
    migrate(home.access_url, "access")
    with Ledger.open(home.ledger_url) as ledger:
        records.put_into_service(ledger)
        for stay in ("S1", "S2", "S3"):
            records.propose(ledger, stay)
    records.fill_warehouse(home, crowded=True)
    open_search(home).update(open_warehouse(home))
    app = create_app(home, (records.application(),), lambda: START)
    camille = actor("camille", Role.CODER)
    for name, more in (("diabete", ()), ("diabete-sans-metformine", ("A10BA*",))):
        read = Mentioned(groups=("condition",), labels=("diabetes",))
        without = tuple(Not(of=Mentioned(groups=("drug",), codes=(code,))) for code in more)
        save(app.state.services.ledger, Cohort(name=name, criterion=AllOf(of=(read, *without))), camille, START)
    make_account(app.state.services, "camille", Role.CODER)
    make_account(app.state.services, "noor", Role.DATA_PROTECTION_OFFICER)
    app.state.services.close()
    return path


@pytest.fixture
def hospital(records_home: Path, tmp_path: Path) -> Iterator[Hospital]:
    """A copy of that home, served on a free port of this machine."""
    with served(records_home, tmp_path / "home", (records.application(),)) as opened:
        yield opened


OTHERS = {
    "document": "/documents/11",
    "document-after": "/documents/12?chosen=1&g=measurement",
    "person": f"/subjects/person:{'a' * 32}",
    "search-new": "/search",
    "search": "/search?q=diabete+metformine",
    "search-none": "/search?q=xylophone",
    "cohorts": "/cohorts",
    "cohort": "/cohorts/diabete",
    "cohort-new": "/cohorts/new?condition=diabetes&condition=copd&atc=A10BA*&sex=female&age_from=18",
    "cohort-compare": "/cohorts/compare?a=diabete&b=diabete-sans-metformine",
}
"""The other pages, by the names of their pictures."""


def proposal_of(hospital: Hospital, stay: str) -> str:
    with Ledger.open(hospital.home.ledger_url) as ledger:
        (entry,) = ledger.entries(event="ProposalMade", subject=f"stay:{stay}")
    assert isinstance(entry.event, ProposalMade)
    return entry.event.proposal.digest


def reviews(hospital: Hospital) -> list[Review]:
    with Ledger.open(hospital.home.ledger_url) as ledger:
        entries = ledger.entries(event="ReviewGiven")
    return [entry.event.review for entry in entries if isinstance(entry.event, ReviewGiven)]


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.id")
    return found


def test_a_stay_of_fifteen_codes_is_decided_by_keyboard_alone(visit: Visit, hospital: Hospital) -> None:
    page = visit()
    enter(page, hospital, "camille")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/proposals/*")
    here = page.url
    page.keyboard.press("j")
    expect(page.locator("[id='element-J18.9']")).to_be_focused()
    expect(page.locator("mark.cg-active").first).to_have_text("pneumopathie")
    page.keyboard.press("a")
    expect(page.locator("[id='element-E11.2']")).to_be_focused()
    page.keyboard.press("c")
    page.keyboard.type("E11.6 Diabète de type 2, autres complications")
    page.keyboard.press("Enter")
    expect(page.locator("[id='element-E11.2']")).to_contain_text("E11.6")
    expect(page.locator("[id='element-N18.9']")).to_be_focused()
    page.keyboard.press("e")
    page.keyboard.press("2")
    expect(page.locator("[id='element-N18.9']")).to_contain_text("Écartée")
    expect(page.locator("[id='element-R00']")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("[id='element-R00']")).to_contain_text("À revoir plus tard")
    for done in range(3, 14):
        expect(page.locator("#findings-title + p")).to_contain_text(f"Décidés : {done} sur 15")
        expect(page.locator(".cg-finding:focus")).to_have_count(1)
        page.keyboard.press("a")
    expect(page.locator("#finish a")).to_be_focused()
    expect(page.locator("#finish")).to_contain_text("Reste 1 élément à revoir plus tard.")
    page.locator("[id='element-R00']").focus()
    page.keyboard.press("a")
    expect(page.locator("#finish button")).to_be_focused()
    keep(page, "text-decided-1440")
    page.keyboard.press("Enter")
    expect(page.locator("#finish a")).to_be_focused()
    page.keyboard.press("n")
    page.wait_for_url(lambda url: "/proposals/" in url and url != here)
    given = reviews(hospital)
    assert len(given) == 17
    assert [(one.element, one.verdict) for one in given[:4]] == [
        ("J18.9", "accept"),
        ("E11.2", "amend"),
        ("N18.9", "overrule"),
        ("R00", "defer"),
    ]
    assert given[1].amended == "E11.6 Diabète de type 2, autres complications"
    assert (given[-1].element, given[-1].verdict) == (None, "accept")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_proposal_and_its_texts_keep_their_pictures(visit: Visit, hospital: Hospital, width: int) -> None:
    page = visit(width, color_scheme="dark" if width == 390 else "light")
    enter(page, hospital, "camille")
    keep(page, f"inbox-stays-{width}")
    address = f"{hospital.address}/proposals/{proposal_of(hospital, 'S1')}"
    page.goto(address)
    keep(page, f"text-{width}")
    page.get_by_role("link", name="Montrer tout le texte").click()
    expect(page.locator("#text-1")).to_contain_text("Cher confrère")
    expect(page.locator("#text-1 .cg-skipped")).to_have_count(0)
    page.locator("[id='element-N18.9'] .cg-quotes a").first.click()
    expect(page.locator("[id='span-N18.9-0']")).to_be_in_viewport()
    page.locator("[id='span-N18.9-0'] a").click()
    expect(page.locator("[id='element-N18.9']")).to_be_focused()
    page.goto(f"{address}/texts/1")
    keep(page, f"text-whole-{width}")


@pytest.mark.parametrize("width", [1440, 390])
def test_every_other_page_keeps_its_picture(visit: Visit, hospital: Hospital, width: int) -> None:
    page = visit(width, color_scheme="light" if width == 390 else "dark")
    enter(page, hospital, "camille")
    for name, path in OTHERS.items():
        answer = page.goto(hospital.address + path)
        assert answer is not None
        assert answer.status == 200, path
        keep(page, f"{name}-{width}")


def test_from_a_search_to_a_document_and_to_a_cohort(visit: Visit, hospital: Hospital) -> None:
    page = visit()
    enter(page, hospital, "camille")
    page.goto(f"{hospital.address}/cohorts")
    page.goto(f"{hospital.address}/search")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("pneumopathie droite")
    page.keyboard.press("Enter")
    expect(page.locator("#found-title")).to_have_text("1 document")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("mark", has_text="metformine")).to_be_visible()
    page.get_by_label("Médicaments").uncheck()
    page.wait_for_url("**chosen=1**")
    expect(page.locator(".cg-text mark", has_text="metformine")).to_have_count(0)
    page.go_back()
    page.go_back()
    page.get_by_role("link", name="En faire une cohorte").click()
    expect(page.locator("#text")).to_have_value("pneumopathie droite")
    page.locator("#name").fill("Pneumopathies à droite")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("pneumopathies-a-droite")
    expect(page.locator(".cg-definition")).to_contain_text("pneumopathie droite")
    expect(page.locator(".cg-headline")).to_contain_text("<10 personnes")


def paths(hospital: Hospital) -> list[str]:
    """Every page of texts that a coder may open."""
    return [
        "/",
        f"/proposals/{proposal_of(hospital, 'S1')}",
        f"/proposals/{proposal_of(hospital, 'S1')}/texts/1",
        *OTHERS.values(),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_structure_names_and_contrast(visit: Visit, hospital: Hospital, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    enter(page, hospital, "camille")
    found = {}
    for path in paths(hospital):
        page.goto(hospital.address + path)
        if problems := check(page, "structure") + check(page, "contrast"):
            found[path] = problems
    assert found == {}


def test_nothing_sticks_out_at_360_pixels(visit: Visit, hospital: Hospital) -> None:
    page = visit(360, 740)
    enter(page, hospital, "camille")
    found = {}
    for path in paths(hospital):
        page.goto(hospital.address + path)
        if problems := check(page, "overflow"):
            found[path] = problems
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 360:
            found[f"{path} scrolls"] = width
    assert found == {}


def test_without_javascript(visit: Visit, hospital: Hospital) -> None:
    page = visit(java_script_enabled=False)
    enter(page, hospital, "camille")
    page.goto(f"{hospital.address}/proposals/{proposal_of(hospital, 'S1')}")
    page.locator("[id='element-J18.9']").get_by_role("button", name="Accepter").click()
    expect(page.locator("#notice")).to_contain_text("Acceptée : J18.9 Pneumopathie")
    page.get_by_role("link", name="Montrer tout le texte").click()
    expect(page.locator(".cg-text")).to_contain_text("Cher confrère")


def test_pages_are_light(visit: Visit, hospital: Hospital) -> None:
    page = visit()
    enter(page, hospital, "camille")
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: int(answer.headers.get("content-length", 0))}))
    for path in paths(hospital):
        sizes.clear()
        page.goto(hospital.address + path, wait_until="networkidle")
        assert 0 < sum(sizes.values()) < 200_000, (path, sizes)
