from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.actor import program
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import OptOutChanged
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys, optout
from cognoscope.intake.pseudonyms import Pseudonymiser

PERSON, OTHER = "0123456789abcdef" * 2, "f" * 32
AT = datetime(2026, 11, 21, tzinfo=UTC)


def change(home: Home, ledger: Ledger, person: str, refuses: bool) -> bool:
    return optout.change(home, person, refuses=refuses, ledger=ledger, actor=program("test"), at=AT)


def test_a_refusal_is_kept_and_recorded_once(home: Home, ledger: Ledger) -> None:
    assert optout.opted_out(home) == frozenset()
    assert change(home, ledger, PERSON, True) and not change(home, ledger, PERSON, True)
    assert change(home, ledger, OTHER, True)
    assert optout.opted_out(home) == {PERSON, OTHER}
    assert change(home, ledger, OTHER, False) and not change(home, ledger, OTHER, False)
    assert optout.opted_out(home) == {PERSON}
    recorded = [entry.event for entry in ledger.entries(event="OptOutChanged")]
    assert recorded == [
        OptOutChanged(person=f"person:{person}", opted_out=refuses)
        for person, refuses in ((PERSON, True), (OTHER, True), (OTHER, False))
    ]


def test_only_a_pseudonym_can_be_entered(home: Home, ledger: Ledger) -> None:
    with pytest.raises(InvalidInput, match="not a pseudonym"):
        change(home, ledger, "Jeanne Dupont", True)
    assert not optout.register_file(home).exists()


@pytest.mark.parametrize("content", [b"Jeanne Dupont\n", b"\xff\xfe", PERSON.encode() + b"\nshort\n"])
def test_a_damaged_register_lets_nobody_through(home: Home, content: bytes) -> None:
    optout.register_file(home).write_bytes(content)
    with pytest.raises(InvalidInput, match=r"opt-out register .* is damaged"):
        optout.opted_out(home)


def test_the_command_enters_and_strikes_and_prints_no_identifier(home: Home, ledger: Ledger) -> None:
    keys.create(home)
    environment = {"COGNOSCOPE_HOME": str(home.path)}
    person = Pseudonymiser.from_file(home.key_file).person("IPP-0042")
    for verb, expected in (("add", {person}), ("remove", set())):
        for given, typed in (("IPP-0042", None), ("-", "IPP-0042\n")):
            result = CliRunner().invoke(app, ["optout", verb, given], env=environment, input=typed)
            assert result.exit_code == 0 and person in result.output and "IPP-0042" not in result.output
            assert optout.opted_out(home) == expected
    assert len(ledger.entries(event="OptOutChanged")) == 2
