"""The real server as a process: two workers, one set of sessions, no address or secret in its output."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from tests.web.people import PASSWORD, TEST, token

from cognoscope.core.actor import Role
from cognoscope.core.errors import CognoscopeError
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.web.accounts import Accounts
from cognoscope.web.serve import run


@contextmanager
def serving(home: Home, *options: str) -> Iterator[tuple[str, Path]]:
    """The address of `cognoscope serve` on a free port, and the file that takes its output."""
    output = home.path / "server.log"
    command = [sys.executable, "-c", "from cognoscope.cli import main; main()", "serve", "--port", "0", *options]
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command, env={**os.environ, "COGNOSCOPE_HOME": str(home.path)}, stdout=sink, stderr=subprocess.STDOUT
        )
    try:
        for _ in range(1800):
            found = re.search(r"running on (http://127\.0\.0\.1:\d+)", output.read_text())
            if found and "startup complete" in output.read_text():
                break
            try:
                process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(output.read_text())
        assert found, output.read_text()
        yield found.group(1), output
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


@pytest.mark.slow
def test_two_workers_share_sessions_and_say_nothing_of_what_is_looked_at(home: Home) -> None:
    at = datetime.now(UTC)
    with Ledger.open(home.ledger_url) as ledger:
        accounts = Accounts(ledger)
        accounts.create("alice", "Alice", [Role.ADMINISTRATOR], TEST, at, password=PASSWORD)
        accounts.set_password("alice", PASSWORD, TEST, at, must_change=False)
    with serving(home, "--workers", "2") as (address, output):
        with httpx2.Client(base_url=address, timeout=30) as client:
            form = client.get("/sign-in")
            fields = {"account": "alice", "password": PASSWORD, "csrf_token": token(form.text)}
            assert client.post("/sign-in", data=fields).status_code == 303
        cookies = dict(client.cookies)
        for _ in range(12):  # a connection each, so that both workers answer
            with httpx2.Client(base_url=address, cookies=cookies, timeout=30) as one:
                answer = one.get("/accounts?name=secret-question", headers={"X-Forwarded-Proto": "https"})
                assert answer.status_code == 200
                assert "strict-transport-security" not in answer.headers, "no proxy is believed unless named"
                assert "server" not in answer.headers
        text = output.read_text()
    assert "secret-question" not in text
    assert PASSWORD not in text


@pytest.mark.slow
def test_the_named_proxy_is_believed(home: Home) -> None:
    with serving(home, "--proxy", "127.0.0.1") as (address, _):
        answer = httpx2.get(f"{address}/sign-in", headers={"X-Forwarded-Proto": "https"}, timeout=30)
    assert "strict-transport-security" in answer.headers
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"certificate": Path("cert.pem")}, "together"),
        ({"certificate": Path("nowhere.pem"), "private_key": Path("nowhere.key")}, "no file nowhere.pem"),
    ],
)
def test_what_cannot_be_served_is_said(home: Home, options: dict[str, Path], sentence: str) -> None:
    with pytest.raises(CognoscopeError, match=sentence):
        run(home, "127.0.0.1", 0, **options)  # type: ignore[arg-type]


def test_an_installation_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CognoscopeError, match="cognoscope init"):
        run(Home(tmp_path / "nowhere"), "127.0.0.1", 0)
