"""What the documentation says is asserted: commands exist, links lead somewhere, examples run."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

from cognoscope.apps import APPLICATIONS
from cognoscope.cli.main import app
from cognoscope.core.events import EVENT
from cognoscope.core.home import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> dict[tuple[str, ...], set[str]]:
    """Every verb of the command line with its options."""
    found: dict[tuple[str, ...], set[str]] = {}

    def walk(command, path: tuple[str, ...]) -> None:
        found[path] = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
        for name, child in getattr(command, "commands", {}).items():
            walk(child, (*path, name))

    walk(typer.main.get_command(app), ())
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_quoted_commands_exist(page: Path):
    known = commands()
    text = page.read_text(encoding="utf-8")
    for line in re.findall(r"^\s*(?:\$ )?(?:\.venv/bin/)?cognoscope ([a-z][^\n`#|]*)", text, re.M):
        words = line.split()
        path: tuple[str, ...] = ()
        while words and (*path, words[0]) in known:
            path = (*path, words.pop(0))
        assert path, f"{page.name} quotes 'cognoscope {line}', which does not exist"
        for option in re.findall(r"(?<!\S)--[a-z-]+", " ".join(words)):
            assert option in known[path] | {"--help"}, f"{page.name}: {option} is no option of {' '.join(path)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_quoted_make_verbs_exist(page: Path):
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for verb in re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", page.read_text(encoding="utf-8"), re.M):
        assert set(verb) & verbs, f"{page.name} quotes 'make {''.join(verb)}', which does not exist"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which does not exist"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_examples_run(page: Path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    for example in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
        exec(compile(example, str(page), "exec"), scope)


def test_readme_shows_the_two_commands():
    assert "make demo" in README
    assert "make test" in README
    assert "## En français" in README


def test_every_application_is_in_the_readme():
    for application in APPLICATIONS:
        assert application.name in README


def test_benchmarks_quoted_in_the_readme_exist():
    for name in re.findall(r"benchmarks[./]([a-z_]+)", README):
        assert (ROOT / "benchmarks" / f"{name}.py").exists(), name
    for path in (ROOT / "benchmarks").glob("[a-z]*.py"):
        assert path.stem in README, f"the figure of {path.name} is not in the README"


def test_every_setting_and_event_is_documented():
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"`{name}`" in settings, f"docs/settings.md does not explain {name}"
    ledger = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    for name in EVENT.json_schema()["discriminator"]["mapping"]:
        assert f"`{name}`" in ledger, f"docs/ledger.md does not explain {name}"


def test_settings_examples_are_valid():
    for example in re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.S):
        Settings.model_validate(tomllib.loads(example))


def test_requirements_are_hashed_and_name_no_registry():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, path
        pins = re.findall(r"^[a-z0-9][^\s=]*==", text, re.M | re.I)
        assert pins and text.count("--hash=sha256:") >= len(pins), path
