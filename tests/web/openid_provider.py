"""A real OpenID Connect provider (npm's `oidc-provider`), a process on loopback, and a browser at its door."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2

FOLDER = Path(__file__).parents[1] / "openid_provider"
RETURN_TO = "http://testserver/sign-in/openid/return"


def why_not() -> str | None:
    """Why the provider cannot run here, or None once its packages are there."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        return "Node.js is not installed"
    if (FOLDER / "node_modules" / ".package-lock.json").is_file():  # written last: without it an installation broke off
        return None
    if npm is None:
        return "npm is not installed, and tests/openid_provider/node_modules is not there"
    installed = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True, timeout=180, check=False
    )
    return None if installed.returncode == 0 else f"npm ci failed: {installed.stderr[-300:]}"


@contextmanager
def running_provider() -> Iterator[str]:
    """The issuer of a provider that runs as long as the block."""
    with TemporaryFile("w+") as said:
        process = subprocess.Popen(
            ["node", "provider.mjs", RETURN_TO], cwd=FOLDER, stdout=subprocess.PIPE, stderr=said, text=True
        )
        try:
            assert process.stdout is not None
            issuer = process.stdout.readline().strip()
            if not issuer.startswith("http://127.0.0.1:"):
                process.wait(timeout=10)
                said.seek(0)
                raise AssertionError(f"the provider did not start: {said.read()[-800:]}")
            yield issuer
        finally:
            process.terminate()
            process.wait(timeout=10)
            if process.stdout is not None:
                process.stdout.close()


def sign_in_there(address: str, login: str | None) -> dict[str, str]:
    """Sign in and consent at the provider, or cancel when `login` is None; the query it sends the person back with."""
    with httpx2.Client(follow_redirects=False) as browser:
        response = browser.get(address)
        for _ in range(12):
            if response.is_redirect:
                address = urljoin(address, response.headers["location"])
                if address.startswith(RETURN_TO):
                    return dict(parse_qsl(urlsplit(address).query))
                response = browser.get(address)
                continue
            assert response.status_code == 200, response.text
            if login is None:
                response = browser.get(f"{address}/abort")
                continue
            prompt = re.search(r'name="prompt" value="(\w+)"', response.text)
            assert prompt, response.text
            response = browser.post(address, data={"prompt": prompt.group(1), "login": login, "password": "any"})
    raise AssertionError(f"the provider never sent the person back; last at {address}")
