"""`cognoscope client`: programs are registered, listed and removed from the command line."""

from pathlib import Path

import pytest
from tests.exports.cds_hooks.client import ISSUER, write_keys
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger


def test_add_list_and_remove(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
    run, keys = CliRunner(), write_keys(tmp_path)
    given = ["--issuer", ISSUER, "--jwks", str(keys), "--origin", "https://ehr.example", "--role", "pharmacist"]
    added = run.invoke(app, ["client", "add", "prescriptions", *given], catch_exceptions=False)
    assert "prescriptions may call" in added.output
    listed = run.invoke(app, ["client", "list"], catch_exceptions=False).output
    assert all(word in listed for word in ("prescriptions", "pharmacist", ISSUER, "one, two", "https://ehr.example"))
    with pytest.raises(InvalidInput, match="registered already"):
        run.invoke(app, ["client", "add", "prescriptions", *given], catch_exceptions=False)
    assert "may no longer call" in run.invoke(app, ["client", "remove", "prescriptions"], catch_exceptions=False).output
    assert run.invoke(app, ["client", "list"], catch_exceptions=False).output == ""
    with pytest.raises(InvalidInput, match="no client"):
        run.invoke(app, ["client", "remove", "prescriptions"], catch_exceptions=False)
    with Ledger.open(home.ledger_url) as ledger:
        assert [entry.actor.id for entry in ledger.entries(event="AccountChanged")] == ["command-line"] * 2
