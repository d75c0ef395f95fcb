"""The command line as somebody types it, in this process."""

import sys

import pytest

from cognoscope.cli.main import main
from cognoscope.core.home import Home


class Terminal:
    """Types commands and reads what they say."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, home: Home, *words: str, status: int = 0) -> tuple[str, str]:
        """What the command line writes to standard output and to standard error."""
        self._monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
        self._monkeypatch.setattr(sys, "argv", ["cognoscope", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = self._capsys.readouterr()
        assert (left.value.code or 0) == status, said.err
        return said.out, said.err
