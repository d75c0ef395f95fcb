"""Imports run one way: core <- methods, datasets, watch <- intake <- apps <- exports, demo <- web, cli."""

import ast
from pathlib import Path

import pytest

import cognoscope

SOURCE = Path(cognoscope.__file__).parent
LEVELS = [{"core"}, {"methods", "datasets", "watch"}, {"intake"}, {"apps"}, {"exports", "demo"}, {"web", "cli"}]
# The command line starts the web server and the demonstration builds FHIR files; no other neighbours speak.
NEIGHBOURS = {("cli", "web"), ("demo", "exports")}
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.parent != SOURCE)


def imported_modules(path: Path) -> list[str]:
    """Absolute names of what a file imports, imports inside functions included."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the direction"
            names += [node.module or ""]
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def level(package: str) -> int:
    return next(number for number, packages in enumerate(LEVELS) if package in packages)


def test_every_package_has_a_level():
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= set().union(*LEVELS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_run_one_way(path: Path):
    own = path.relative_to(SOURCE).parts
    for name in imported_modules(path):
        if not name.startswith("cognoscope.") or name == "cognoscope.__version__":
            continue
        target = name.split(".")[1]
        if not (SOURCE / target).is_dir() or target == own[0]:
            continue
        assert level(target) < level(own[0]) or (own[0], target) in NEIGHBOURS, f"{path} imports {name}"


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "apps").rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE))
)
def test_applications_never_import_each_other(path: Path):
    own = path.relative_to(SOURCE / "apps").parts
    if len(own) < 3:
        return
    for name in imported_modules(path):
        parts = name.split(".")
        if parts[:2] == ["cognoscope", "apps"] and len(parts) >= 4:
            assert tuple(parts[2:4]) == own[:2], f"{path} imports another application: {name}"


def test_core_and_methods_read_no_clock():
    for path in [
        *(SOURCE / "core").rglob("*.py"),
        *(SOURCE / "methods").rglob("*.py"),
        *(SOURCE / "apps").rglob("*.py"),
    ]:
        text = path.read_text(encoding="utf-8")
        for clock in ("datetime.now(", "date.today(", "utcnow(", "Timestamp.now(", "Timestamp.today("):
            assert clock not in text, f"{path} reads the clock: time is a parameter"


def test_no_file_without_an_idea_and_no_giant():
    sizes = []
    for path in SOURCE.rglob("*.py"):
        assert path.stem not in {"utils", "helpers", "misc", "common", "manager"}, path
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 400, f"{path} has {lines} lines: one idea a file"
        sizes.append(lines)
    assert sorted(sizes)[len(sizes) // 2] < 180
