"""Fixtures of the command line's tests."""

import pytest
from tests.cli.terminal import Terminal


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """The command line of `cognoscope`."""
    return Terminal(monkeypatch, capsys)
