"""The registry of public reference data: `registry.toml`, read and validated."""

import os
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import default_home
from cognoscope.core.noun import Digest, Noun

FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]

FilePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$")]


class DataFile(Noun):
    """One file of a set, in its folder or one below it.

    `moving` holds the heading that a file which grows at its publisher's must carry.
    """

    name: FilePath
    sha256: Digest
    sum: Literal["bytes", "members"] = "bytes"
    url: str | None = None
    moving: str | None = None


class Dataset(Noun):
    """A public reference set; `not_fetchable` says why Cognoscope does not download it."""

    name: FileName
    folder: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[A-Za-z0-9._-]+$")]
    title: str
    publisher: str
    address: str
    licence: str
    may_ship: bool
    reader: str
    not_fetchable: str | None = None
    files: tuple[DataFile, ...]


@cache
def datasets() -> tuple[Dataset, ...]:
    """Every registered set, in the order of the file."""
    text = files(__package__).joinpath("registry.toml").read_text(encoding="utf-8")
    return tuple(Dataset.model_validate(entry) for entry in tomllib.loads(text)["dataset"])


def dataset(name: str) -> Dataset:
    """The set of that name.

    Raises:
        InvalidInput: no set has that name.
    """
    found = next((entry for entry in datasets() if entry.name == name), None)
    if found is None:
        known = ", ".join(entry.name for entry in datasets())
        raise InvalidInput(f"No reference data set is called {name!r}. Known: {known}.")
    return found


def datasets_folder() -> Path:
    """`$COGNOSCOPE_DATASETS`, else `datasets` in the default home."""
    named = os.environ.get("COGNOSCOPE_DATASETS")
    return Path(named) if named else default_home().path / "datasets"
