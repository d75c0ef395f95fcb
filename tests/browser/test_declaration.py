"""Declares a reaction as a patient would, on a phone and on a desk, and opens it as the pharmacist does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.apps.pharmacy.reactions.cases import write_knowledge
from tests.browser.conftest import Hospital, Visit, enter, keep, served
from tests.browser.test_accessible import check
from tests.web.people import START, make_account

from cognoscope.apps.pharmacy.reactions import APPLICATION
from cognoscope.core.actor import Role
from cognoscope.core.actor import person as actor
from cognoscope.core.database import migrate
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.intake import keys
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.ctcae import CTCAE
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]
pytest.importorskip("onnxruntime", reason="taking identities out needs the extra text")

TEXT = (
    "J'ai pris un ibuprofène hier soir et une heure après mes lèvres ont gonflé, j'avais du mal à respirer. "
    "Pas de fièvre. Les pompiers m'ont emmenée à l'hôpital, j'y suis restée une nuit. Ma sœur est allergique aussi."
)


@pytest.fixture(scope="session")
def pharmacy_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few invented medicines and the application in service, to be copied."""
    path = tmp_path_factory.mktemp("pharmacy") / "home"
    path.mkdir(mode=0o700)
    (path / "settings.toml").write_text('hospital = "CH de Démonstration"\nsynthetic = true\n', encoding="utf-8")
    home = Home(path)
    migrate(home.ledger_url)
    migrate(home.access_url, "access")
    keys.create(home)
    data = write_knowledge(tmp_path_factory.mktemp("knowledge")) / "drugs"
    open_knowledge(home).keep(BDPM, BDPM.load(data / "bdpm" / "2026-04"), START)
    open_knowledge(home).keep(CTCAE, CTCAE.load(data / "ctcae-v5"), START)
    with Ledger.open(home.ledger_url) as ledger:
        for state in ("shadow", "advisory"):
            change_state(ledger, APPLICATION.name, state, actor("chief", Role.ADMINISTRATOR), "read", START)
    app = create_app(home, (APPLICATION,), lambda: START)
    make_account(app.state.services, "ana", Role.PATIENT)
    make_account(app.state.services, "phil", Role.PHARMACIST)
    app.state.services.close()
    return path


@pytest.fixture
def hospital(pharmacy_home: Path, tmp_path: Path) -> Iterator[Hospital]:
    """A copy of that home, served on a free port of this machine."""
    with served(pharmacy_home, tmp_path / "home", (APPLICATION,)) as opened:
        yield opened


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_a_patient_declares_and_the_pharmacist_finds_it(
    visit: Visit, hospital: Hospital, width: int, height: int
) -> None:
    page = visit(width, height)
    enter(page, hospital, "ana")
    page.goto(f"{hospital.address}/declare")
    keep(page, f"declare-empty-{width}")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type(TEXT)
    expect(page.locator("#understood mark").first).to_be_visible(timeout=15_000)
    expect(page.locator("#understood")).to_contain_text("Gonflement du visage")
    expect(page.locator("#next-question")).to_have_count(1)
    expect(page.locator("#text")).to_be_focused()
    keep(page, f"declare-{width}")
    assert check(page, "structure") + check(page, "contrast") == []
    page.click("button[value=send]")
    page.wait_for_url("**/declare/EI-*")
    number = page.url.rpartition("/")[2]
    assert re.fullmatch(r"EI-[2-9A-Z]{4}-[2-9A-Z]{4}", number)
    expect(page.locator(".cg-reference")).to_have_text(number)
    keep(page, f"declare-sent-{width}")

    reader = visit(width, height)
    enter(reader, hospital, "phil")
    reader.goto(hospital.address)
    reader.click("text=Gonflement du visage")
    reader.wait_for_url("**/proposals/*")
    expect(reader.locator("[id='element-reaction-1']")).to_be_visible()
    keep(reader, f"declare-proposal-{width}")


def test_nothing_sticks_out_at_360_pixels(visit: Visit, hospital: Hospital) -> None:
    page = visit(360, 740)
    enter(page, hospital, "ana")
    page.goto(f"{hospital.address}/declare")
    page.fill("#text", TEXT)
    expect(page.locator("#understood mark").first).to_be_visible(timeout=15_000)
    assert check(page, "overflow") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_a_script(visit: Visit, hospital: Hospital) -> None:
    page = visit(java_script_enabled=False)
    enter(page, hospital, "ana")
    page.goto(f"{hospital.address}/declare")
    page.fill("#text", TEXT)
    page.click("button[value=read]")
    expect(page.locator("#understood")).to_contain_text("Gonflement du visage")
    page.click("button[value=send]")
    page.wait_for_url("**/declare/EI-*")
