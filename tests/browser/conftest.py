"""A real server on a free port, a real Chromium, and pages that refuse anything from outside."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from tests.web.emergency import fill
from tests.web.people import PASSWORD, START, make_account

from cognoscope.apps import APPLICATIONS
from cognoscope.core.actor import Role
from cognoscope.core.application import Application
from cognoscope.core.database import migrate
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.web.app import create_app

SCREENSHOTS = Path(__file__).parents[2] / "artefacts" / "screenshots"
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # WebGL in software, for the volumes.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]


def find_chromium() -> str | None:
    """The browser of `CHROMIUM`, or one on the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, started once."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: install the package chromium, or name one in the variable CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an invented emergency department in its ledger, to be copied."""
    path = tmp_path_factory.mktemp("filled") / "home"
    path.mkdir(mode=0o700)
    (path / "settings.toml").write_text('hospital = "CH de Démonstration"\nsynthetic = true\n', encoding="utf-8")
    home = Home(path)
    migrate(home.ledger_url)
    migrate(home.access_url, "access")
    with Ledger.open(home.ledger_url) as ledger:
        fill(ledger, path)
    app = create_app(home, APPLICATIONS, lambda: START)
    services = app.state.services
    make_account(services, "lea", Role.BED_MANAGER)
    make_account(services, "sacha", Role.MANAGER)
    make_account(services, "noor", Role.DATA_PROTECTION_OFFICER)
    make_account(services, "phil", Role.PHARMACIST)
    services.close()
    return path


@dataclass
class Hospital:
    """A running installation: where it answers, and its ledger."""

    address: str
    home: Home
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note every request that leaves the installation, and every error the browser speaks of."""
        page.on("request", lambda request: self._leaves(request.url))
        page.on(
            "console",
            lambda message: (
                message.type == "error" and self.complaints.append(f"{page.url} {message.location} {message.text}")
            ),
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _leaves(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.outside.append(url)


@contextmanager
def served(prepared: Path, folder: Path, applications: tuple[Application, ...]) -> Iterator[Hospital]:
    """A copy of a prepared home in `folder`, served on a free port of this machine."""
    home = Home(folder)
    shutil.copytree(prepared, home.path)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = create_app(home, applications, lambda: START)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield Hospital(f"http://127.0.0.1:{listener.getsockname()[1]}", home)
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def hospital(filled_home: Path, tmp_path: Path) -> Iterator[Hospital]:
    """A copy of the filled home, served on a free port of this machine."""
    with served(filled_home, tmp_path / "home", APPLICATIONS) as opened:
        yield opened


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, hospital: Hospital) -> Iterator[Visit]:
    """Opens a window of some width; at the end nothing may have gone out, and nothing been complained of."""
    contexts = []

    def open_window(width: int = 1440, height: int = 900, **options: object) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="fr-FR", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        hospital.watch(page)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert hospital.outside == []
    assert hospital.complaints == []


def enter(page: Page, hospital: Hospital, account: str = "lea") -> None:
    """Sign in."""
    page.goto(f"{hospital.address}/sign-in")
    page.fill("#account", account)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def keep(page: Page, name: str) -> None:
    """Keep a screenshot of the whole page as a build artefact."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    # Hiding the caret would write style attributes into the page, which its security policy rightly complains of.
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, caret="initial")
