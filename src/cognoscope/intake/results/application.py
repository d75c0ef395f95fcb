"""Another maker's algorithm as an application: a folder `models/<name>` with `foreign.toml` and what was received."""

import hashlib
import json
import re
import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cognoscope.core.application import Application
from cognoscope.core.canonical import digest
from cognoscope.core.card import Card
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.intake.results.proposing import USEFUL, propose
from cognoscope.intake.results.received import ForeignAlgorithm, slug

FILE = "foreign.toml"
RECEIVED = "received"
MAPPING = "1"
"""Version of how a received result is read: changing it makes other proposals of the same result."""


def name_of(algorithm: ForeignAlgorithm) -> str:
    """The application's name: `foreign.<manufacturer>.<name>.<version>`, the same for the same three.

    Each version is an application of its own: what was promoted is what was evaluated.
    """
    parts = [slug(part, longest=22) for part in (algorithm.manufacturer, algorithm.name, algorithm.version)]
    whole = json.dumps([algorithm.manufacturer, algorithm.name, algorithm.version])
    return f"foreign.{'.'.join(parts)}-{hashlib.sha256(whole.encode()).hexdigest()[:6]}"


def foreign_application(folder: Path) -> Application:
    """The application of a folder that an ingest of results made.

    Raises:
        InvalidInput: its `foreign.toml` is absent, damaged or belongs to another folder.
    """
    algorithm = _stated(folder / FILE)
    name = name_of(algorithm)
    if folder.name != name:
        raise InvalidInput(f"{folder / FILE} belongs to {name}, not to this folder: restore the folder from a backup.")
    card = card_of(algorithm)
    model = digest({"foreign": [algorithm.name, algorithm.version, algorithm.manufacturer], "mapping": MAPPING})
    return Application(
        card=card,
        model_digest=model,
        propose=partial(propose, name=name, version=card.version, model_digest=model, title=card.title),
        cases_from_file=_cases_from_file,
        cases_from_warehouse=partial(_received, folder / RECEIVED),
        outcomes=_no_outcomes,
        evaluate=partial(_unknown, name),
    )


def card_of(algorithm: ForeignAlgorithm) -> Card:
    """Its card: what we know of it, which is its name, and that nothing more is known."""
    text = files(__package__).joinpath("foreign_card.toml").read_text(encoding="utf-8")
    said = {"name": algorithm.name, "version": algorithm.version, "manufacturer": algorithm.manufacturer}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [filled(each) for each in value]
        if isinstance(value, str):
            return re.sub(r"@(name|version|manufacturer)@", lambda found: said[found[1]], value)
        return value

    whole = filled(tomllib.loads(text))
    return Card.model_validate({**whole, "name": name_of(algorithm), "version": algorithm.version})


def written(algorithm: ForeignAlgorithm) -> str:
    """The content of its `foreign.toml`."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in vars(algorithm).items()]
    return "# Another maker's algorithm, as its own results name it.\n" + "\n".join(lines) + "\n"


def _stated(path: Path) -> ForeignAlgorithm:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        parts = [said[key] for key in ("name", "version", "manufacturer")]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise InvalidInput(f"{path} cannot be read: restore it from a backup, or ingest a result again.") from error
    if not all(isinstance(part, str) and part for part in parts):
        raise InvalidInput(f"{path} does not name an algorithm: restore it from a backup.")
    return ForeignAlgorithm(*parts)


def _received(folder: Path, warehouse: Any, as_of: datetime) -> list[Case]:
    """The results of the last thirty days, in the order of their files."""
    cases = []
    for path in sorted(folder.glob("*.json")):
        try:
            case = Case.from_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise InvalidInput(f"The received result {path} cannot be read: restore it from a backup.") from error
        if as_of - USEFUL < case.as_of <= as_of + timedelta(seconds=1):
            cases.append(case)
    return cases


def _cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    raise InvalidInput(
        f"{path}: results of another system are taken in by `cognoscope ingest results`, which makes them pseudonymous."
    )


def _no_outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """What came true is entered by people or by the ingest of tables: nothing in the warehouse answers for it."""
    return []


def _unknown(name: str, folder: Path) -> Evaluation:
    raise InvalidInput(
        f"{name} does not run here: only its results come in. It is judged on local cases, on the comparison page."
    )
