"""A client that other people wrote calls the real server: HealthChain's sandbox, with PyJWT and fhir.resources.

It needs newer or older libraries than ours, hence an interpreter of its own: `HEALTHCHAIN_PYTHON`, or
`.healthchain/bin/python` at the root of the checkout.
"""

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from tests.exports.cds_hooks.client import ELLIPTIC, ISSUER, register

from cognoscope.apps.pharmacy.interactions.app import APPLICATION
from cognoscope.core.events import ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.web.app import create_app
from cognoscope.web.services import Services

ROOT = Path(__file__).parents[3]
PYTHON = Path(os.environ.get("HEALTHCHAIN_PYTHON") or ROOT / ".healthchain" / "bin" / "python")


@pytest.fixture
def address(services: Services, tmp_path: Path) -> Iterator[str]:
    """The real server over HTTP, on the clock on the wall."""
    register(services, tmp_path)
    app = create_app(services.home, (APPLICATION,), lambda: datetime.now(UTC))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.mark.skipif(
    not PYTHON.is_file(),
    reason=f"needs HealthChain: python -m venv {ROOT / '.healthchain'}, then pip install healthchain==0.16.1 in it",
)
def test_healthchain_discovers_calls_and_answers_back(address: str, home: Home, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(ELLIPTIC.as_pem(private=True))
    script = Path(__file__).with_name("healthchain_client.py")
    done = subprocess.run(
        [str(PYTHON), str(script), address, str(key), "one", ISSUER],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert said["hooks"] == ["order-select", "order-sign", "patient-view"]
    assert said["indicators"] == ["critical", "critical"]
    assert said["summaries"][0].startswith("Contre-indication")
    assert said["feedback"] == 200
    with Ledger.open(home.ledger_url) as ledger:
        (event,) = (entry.event for entry in ledger.entries(event="ReviewGiven"))
        assert isinstance(event, ReviewGiven)
        assert event.review.verdict == "overrule"
