"""The application that `docs/new-application.md` builds passes the contract of every application."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import cognoscope.apps
from cognoscope.core.application import Application
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "new-application.md"
FILES = re.findall(r'```(?:toml|python) title="([^"]+)"\n(.*?)```', PAGE.read_text(encoding="utf-8"), re.S)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The files of the page, importable as if they stood in the source tree."""
    root = tmp_path_factory.mktemp("project")
    for name, content in FILES:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    cognoscope.apps.__path__.append(str(root / "src" / "cognoscope" / "apps"))
    yield root
    cognoscope.apps.__path__.remove(str(root / "src" / "cognoscope" / "apps"))
    for name in [name for name in sys.modules if name.startswith("cognoscope.apps.maternity")]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def application(written: Path) -> Application:
    found: Application = importlib.import_module("cognoscope.apps.maternity.births").APPLICATION
    return found


@pytest.fixture(scope="module")
def contract(written: Path, application: Application) -> ModuleType:
    """The contract's module, seeing only this application."""
    module = load("contract_for_the_page", ROOT / "tests" / "test_every_application.py")
    samples = load("samples_of_the_page", written / "tests" / "apps" / "maternity" / "births" / "cases.py")
    module.APPLICATIONS = (application,)  # type: ignore[attr-defined]
    module.SOURCE = written / "src" / "cognoscope" / "apps"  # type: ignore[attr-defined]
    module.cases = lambda name: samples  # type: ignore[attr-defined]
    return module


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_a_whole_application():
    names = {Path(name).name for name, _ in FILES}
    assert names == {"card.toml", "model.py", "case.py", "app.py", "evaluate.py", "__init__.py", "cases.py"}


@pytest.mark.parametrize(
    "test",
    [
        "anatomy_is_the_same",
        "card_is_complete",
        "proposes_on_usable_cases",
        "evidence_exists_in_the_case",
        "headline_is_about_an_element",
        "abstains_with_a_sentence",
        "no_identity_inside",
        "survives_json",
        "survives_fhir",
        "same_case_same_bytes",
        "method_digest_names_this_code",
    ],
)
def test_passes_the_contract(contract: ModuleType, application: Application, test: str):
    getattr(contract, f"test_{test}")(application)


def test_is_pure(contract: ModuleType, application: Application, monkeypatch: pytest.MonkeyPatch):
    contract.test_proposing_reads_no_clock_and_no_network(application, monkeypatch)


def test_closes_the_loop(contract: ModuleType, application: Application, home: Home, ledger: Ledger):
    contract.test_review_and_outcome_close_the_loop(application, home, ledger)


def test_can_be_evaluated_and_asked_on_a_file(contract: ModuleType, application: Application, tmp_path: Path):
    days = np.arange("2025-09-01", "2026-11-21", dtype="datetime64[D]")
    births = np.random.default_rng(2).poisson(8, len(days))
    lines = [f"{day},{count}" for day, count in zip(days, births, strict=True)]
    (tmp_path / "ward.csv").write_text("\n".join(["date,births", *lines]), encoding="utf-8")
    evaluation = application.evaluate(tmp_path)
    (metric,) = evaluation.metrics
    assert evaluation.rows == 365 and metric.value is not None and metric.baseline is not None
    assert metric.value < metric.baseline
    as_of = contract.usable(application.name)[0].as_of
    (case,) = application.cases_from_file(tmp_path / "ward.csv", as_of)
    assert application.propose(case)[0].value is not None


def test_two_lines_more_register_it():
    tuple_file = (ROOT / "src" / "cognoscope" / "apps" / "__init__.py").read_text(encoding="utf-8")
    assert len(tuple_file.splitlines()) <= 6 + 2 * len(cognoscope.apps.APPLICATIONS)
