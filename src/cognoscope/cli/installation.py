"""Making an installation: folders, keys, settings, databases, and the first administrator's account."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from cognoscope.core.actor import Role, program
from cognoscope.core.database import migrate
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys
from cognoscope.web import passwords
from cognoscope.web.accounts import Accounts

FIRST_ACCOUNT = "admin"


def install(home: Home, settings: dict[str, Any]) -> list[Path]:
    """Make what is missing of an installation and bring its databases up to date; what is there is kept.

    Args:
        home: the installation.
        settings: what `settings.toml` says where there is none yet.

    Returns:
        The files that were made.

    Raises:
        CognoscopeError: a folder, key or database cannot be made or used.
    """
    made: list[Path] = []
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.path.chmod(0o700)
        home.warehouse.mkdir(mode=0o700, exist_ok=True)
        if not home.settings_file.exists():
            with os.fdopen(os.open(home.settings_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                stream.write(_settings_text(settings))
            made.append(home.settings_file)
    except OSError as error:
        raise InvalidInput(f"The folder {home.path} cannot be made or written: {error.strerror}.") from error
    home.settings()
    made += keys.create(home)
    migrate(home.ledger_url)
    migrate(home.access_url, "access")
    return made


def first_administrator(home: Home, at: datetime) -> str | None:
    """Make the first administrator's account; returns its one-time password, or None where accounts exist already."""
    with Ledger.open(home.ledger_url) as ledger:
        accounts = Accounts(ledger)
        if accounts.all():
            return None
        password = passwords.generate()
        accounts.create(FIRST_ACCOUNT, "Administrateur", [Role.ADMINISTRATOR], program("init"), at, password=password)
        return password


def _settings_text(settings: dict[str, Any]) -> str:
    """TOML of flat settings; a JSON string or boolean is also a TOML one."""
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())
