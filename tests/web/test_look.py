"""Contrast of the tokens in both themes, what was vendored, and the weight of a page."""

import hashlib
import re
import tomllib
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from cognoscope.core.actor import Role
from cognoscope.web.assets import ASSETS, STATIC_FOLDER
from cognoscope.web.templating import TEMPLATES_FOLDER, VENDOR

LIMIT_BYTES = 200_000
PERMISSIVE = {"MIT", "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"}
TEXT = 4.5
CONTROL = 3.0
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft") for ground in ("ground", "surface", "raised")),
    *((ink, "surface", TEXT) for ink in ("blue", "orange")),
    ("blue", "ground", TEXT),
    ("blue-ink", "blue", TEXT),
    ("orange-ink", "orange", TEXT),
    ("ink", "blue-soft", TEXT),
    ("ink", "orange-soft", TEXT),
    ("ribbon-ink", "ribbon", TEXT),
    ("control-line", "surface", CONTROL),
    ("control-line", "ground", CONTROL),
    ("focus", "surface", CONTROL),
    ("focus", "ground", CONTROL),
]


def tokens(theme: str) -> dict[str, str]:
    """The colours of `cognoscope.css` in a theme."""
    text = (STATIC_FOLDER / "cognoscope.css").read_text(encoding="utf-8")
    blocks = {"light": r":root \{(.*?)\}", "dark": r'\[data-bs-theme="dark"\] \{(.*?)\}'}
    found = re.search(blocks[theme], text, re.S)
    assert found
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", found.group(1)))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast_is_enough(theme: str, front: str, back: str, least: float) -> None:
    colours = tokens(theme)
    light, dark = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def test_both_themes_define_the_same_colours() -> None:
    assert tokens("light").keys() == tokens("dark").keys()


def test_vendored_files_are_what_vendor_toml_says() -> None:
    folder = STATIC_FOLDER / "vendor"
    packages = tomllib.loads((folder / "vendor.toml").read_text(encoding="utf-8"))["package"]
    assert {package["folder"] for package in packages} == {path.name for path in folder.iterdir() if path.is_dir()}
    for package in packages:
        assert package["licence"] in PERMISSIVE
        assert package["folder"].endswith(package["version"])
        held = {path.name: path for path in (folder / package["folder"]).iterdir()}
        assert held.keys() == package["sha256"].keys()
        assert "LICENSE" in held
        for name, path in held.items():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == package["sha256"][name], path


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC_FOLDER / VENDOR["icons"]).read_text()))
    for path in TEMPLATES_FOLDER.rglob("*.html"):
        for name in re.findall(r'ui\.icon\("([a-z0-9-]+)"', path.read_text(encoding="utf-8")):
            assert name in sprite, (path.name, name)


def weight(client: TestClient, path: str) -> int:
    """Bytes that a browser with an empty cache receives for a page: itself, style sheets, scripts and icons."""
    page = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert page.status_code == 200, page.text
    linked = set(re.findall(r'(?:src|href)="/static/([^"?#]+)\?', page.text))
    assert "cognoscope.css" in linked
    return int(page.headers["content-length"]) + sum(len(ASSETS.files[name].compressed) for name in linked)


def test_a_page_weighs_less_than_the_limit(
    person: Callable[..., TestClient], browser: Callable[[], TestClient]
) -> None:
    assert weight(browser(), "/sign-in") < LIMIT_BYTES
    client = person("alice", Role.ADMINISTRATOR)
    for path in ("/profile", "/accounts", "/applications"):
        assert weight(client, path) < LIMIT_BYTES
    charts = len(ASSETS.files[VENDOR["chartjs"]].compressed)
    assert weight(client, "/profile") + charts < LIMIT_BYTES, "a page with a chart loads the chart library too"
