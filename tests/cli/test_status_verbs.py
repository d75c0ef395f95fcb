"""`cognoscope init` and `cognoscope status`."""

import json
import stat

import pytest
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.web.accounts import Accounts


@pytest.fixture
def place(tmp_path, monkeypatch) -> Home:
    monkeypatch.setenv("COGNOSCOPE_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def run(*words: str):
    return CliRunner().invoke(app, list(words))


def test_init_makes_an_installation_that_only_its_owner_can_read(place):
    result = run("init", "--hospital", "CH de l'Essai")

    assert result.exit_code == 0, result.exception
    assert place.settings().hospital == "CH de l'Essai"
    for path in [place.path, *place.path.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_first_administrator_gets_a_password_once(place):
    printed = run("init").output
    password = printed.split("shown only now: ")[1].split()[0]
    with Ledger.open(place.ledger_url) as ledger:
        account = Accounts(ledger).verify("admin", password)
        assert account is not None and account.must_change
        head = ledger.head()
    for path in place.path.rglob("*"):
        assert path.is_dir() or password.encode() not in path.read_bytes(), path

    again = run("init")
    assert again.exit_code == 0 and "up to date" in again.output and "password" not in again.output
    with Ledger.open(place.ledger_url) as ledger:
        assert ledger.head() == head


def test_init_again_keeps_keys_and_settings(place):
    run("init", "--hospital", "Un")
    before = {path: path.read_bytes() for path in (place.key_file, place.vault_key_file, place.settings_file)}
    run("init", "--hospital", "Deux")
    assert {path: path.read_bytes() for path in before} == before


def test_init_where_nothing_can_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    result = run("init", "--home", str(tmp_path / "file" / "home"))
    assert isinstance(result.exception, InvalidInput) and "cannot be made" in str(result.exception)


def test_status_of_a_fresh_installation_has_no_problem(place):
    run("init")
    words = run("status")
    report = json.loads(run("status", "--json").output)

    assert words.exit_code == 0 and "No problem found." in words.output and "never" in words.output
    assert report["problems"] == [] and report["ledger"]["seq"] == 1
    assert set(report["applications"].values()) == {"draft"}


def test_status_without_installation_says_what_to_do(place):
    result = run("status")
    assert result.exit_code == 1
    assert "run `cognoscope init`" in result.output


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda home: home.key_file.unlink(), "no key file"),
        (lambda home: home.key_file.chmod(0o644), "chmod 600"),
        (lambda home: home.path.chmod(0o755), "chmod 700"),
        (lambda home: home.settings_file.write_text("hospital = 3"), "cannot be used"),
        (lambda home: home.settings_file.write_text("colour = 'red'"), "cannot be used"),
        (lambda home: (home.path / "ledger.sqlite").write_bytes(b"no database" * 500), "damaged or is no database"),
        (lambda home: (home.path / "access.sqlite").unlink(), "no database"),
    ],
)
def test_status_names_each_problem_with_its_remedy(place, harm, said):
    run("init")
    harm(place)
    result = run("status", "--json")
    assert result.exit_code == 1
    problems = json.loads(result.output)["problems"]
    assert any(said in sentence for sentence in problems), problems
