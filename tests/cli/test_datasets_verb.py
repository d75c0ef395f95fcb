"""`cognoscope datasets` as typed."""

import pytest
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.errors import InvalidInput


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("COGNOSCOPE_DATASETS", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, ["datasets", *words])


def test_list_says_publisher_and_licence(run):
    result = run()
    assert result.exit_code == 0
    assert "sentiweb.fr" in result.output and "none stated" in result.output and "0 of 9 there" in result.output


def test_verify_counts_what_differs(run, tmp_path):
    assert run("verify").exit_code == 0
    folder = tmp_path / "flow" / "ed_uihc_hourly"
    folder.mkdir(parents=True)
    (folder / "uihc_ed_arrivals.RData").write_bytes(b"not it")
    result = run("verify", "ed_uihc_hourly")
    assert result.exit_code == 1
    assert isinstance(result.exception, InvalidInput)
    assert "different          flow/ed_uihc_hourly/uihc_ed_arrivals.RData" in result.output


def test_fetch_needs_a_name_and_refuses_sets_without_licence(run):
    assert "Say which set" in str(run("fetch").exception)
    assert "states no licence" in str(run("fetch", "ed_sanford_4sites").exception)
