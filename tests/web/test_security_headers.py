"""What every answer carries, how static files are kept, and that nothing typed comes back as markup."""

import gzip
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient
from tests.web.people import make_account, sign_in, token

from cognoscope.core.actor import Role
from cognoscope.web.assets import ASSETS, STATIC_FOLDER
from cognoscope.web.headers import CONTENT_SECURITY_POLICY
from cognoscope.web.services import Services
from cognoscope.web.templating import TEMPLATES_FOLDER

ATTACK = '"><script>alert(1)</script>'
Browser = Callable[[], TestClient]


class Markup(HTMLParser):
    """Collects what the content security policy forbids in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.forbidden.append(self.get_starttag_text() or tag)
        self.forbidden += [f"{tag} {name}" for name, _ in attrs if name == "style" or name.startswith(("on", "hx-on"))]
        for value in given.values():
            if value and re.match(r"\s*(javascript:|https?://)", value) and tag != "a":
                self.forbidden.append(f"{tag} {value}")


@pytest.mark.parametrize("path", ["/sign-in", "/nothing", "/accounts", "/static/shell.js"])
def test_every_answer_carries_the_security_headers(browser: Browser, path: str) -> None:
    headers = browser().get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    for rule in ("script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "default-src 'none'"):
        assert rule in CONTENT_SECURITY_POLICY.split("; ")


def test_over_https_browsers_are_told_to_stay_there(web: FastAPI) -> None:
    client = TestClient(web, "https://testserver")
    assert "max-age=31536000" in client.get("/sign-in").headers["strict-transport-security"]


def test_pages_are_kept_by_no_cache_and_static_files_for_a_year(browser: Browser) -> None:
    client = browser()
    assert client.get("/sign-in").headers["cache-control"] == "no-store"
    named = client.get(ASSETS.url("cognoscope.css"))
    assert "immutable" in named.headers["cache-control"]
    assert client.get("/static/cognoscope.css?v=old").headers["cache-control"] == "no-cache"
    again = client.get("/static/cognoscope.css", headers={"If-None-Match": named.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_static_files_are_sent_compressed_or_whole_and_nothing_else_is_served(browser: Browser) -> None:
    client = browser()
    whole = client.get("/static/shell.js", headers={"Accept-Encoding": "identity"})
    assert whole.content == (STATIC_FOLDER / "shell.js").read_bytes()
    assert "content-encoding" not in whole.headers
    packed = client.get("/static/shell.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == whole.content
    for path in ("../app.py", "%2e%2e/app.py", "vendor/vendor.toml", "nothing.css", ""):
        assert client.get(f"/static/{path}").status_code == 404, path


def test_pages_are_compressed(browser: Browser) -> None:
    answer = browser().get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_a_static_file_that_does_not_exist_cannot_be_named() -> None:
    with pytest.raises(KeyError):
        ASSETS.url("vendor/nothing.js")


def test_no_template_holds_an_inline_script_or_style() -> None:
    found = {}
    for path in sorted(TEMPLATES_FOLDER.rglob("*.html")):
        text = re.sub(r"\{[%{#].*?[#}%]\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        if forbidden := Markup(text).forbidden:
            found[str(path.relative_to(TEMPLATES_FOLDER))] = forbidden
    assert not found


def test_a_page_with_a_cookie_less_visitor_sets_none(browser: Browser) -> None:
    assert "set-cookie" not in browser().get("/nothing").headers


def test_markup_typed_anywhere_comes_back_as_text(web: FastAPI, services: Services, browser: Browser) -> None:
    """Every form field and query parameter of every route, for a person with every role."""
    make_account(services, "alice", *Role)
    client = browser()
    sign_in(client, "alice")
    tried = 0
    for role in (Role.ADMINISTRATOR, Role.BED_MANAGER, Role.DATA_PROTECTION_OFFICER):
        csrf_token = token(client.get("/profile").text)
        client.post("/profile/role", data={"csrf_token": csrf_token, "role": role.value})
        for route in iter_route_contexts(web.routes):
            path = re.sub(r"\{[^}]+\}", "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", route.path or "")
            if path in ("/sign-out", "/profile/role"):
                continue
            names = [field.alias for field in (*route.dependant.body_params, *route.dependant.query_params)]
            fields = dict.fromkeys(names, ATTACK)
            if "GET" in (route.methods or ()):
                answers = [client.get(path, params=fields), client.get(path, params={**fields, "lang": "en"})]
            else:
                answers = [client.post(path, data={"csrf_token": csrf_token, **fields, **known}) for known in KNOWN]
            for answer in answers:
                tried += 1
                assert answer.status_code < 500, (path, answer.text)
                if answer.headers.get("content-type", "").startswith("text/html"):
                    assert "<script>alert(1)" not in answer.text, path
                    assert Markup(answer.text).forbidden == [], path
    assert tried > 60
    assert ATTACK in {account.display_name for account in services.accounts.all()}
    client.post("/profile/role", data={"csrf_token": token(client.get("/profile").text), "role": "administrator"})
    page = client.get("/accounts").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


KNOWN: tuple[dict[str, str], ...] = (
    {},
    {"name": "mallory", "roles": "coder"},
    {"account": ATTACK, "password": "x" * 12},
)


def test_the_compressed_copy_is_the_file() -> None:
    for path, asset in ASSETS.files.items():
        assert gzip.decompress(asset.compressed) == asset.body == Path(STATIC_FOLDER, path).read_bytes()
