"""A publisher's files as a source of knowledge: who publishes them, what may be done with them, how they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from cognoscope.core.noun import Sentence


@dataclass(frozen=True)
class Loaded:
    """What a reader made of the publisher's files: the edition as its publisher names it, and plain tables.

    Rows are in an order that depends on the content only, so that the same edition has the same digest.
    """

    edition: str
    tables: Mapping[str, pa.Table]


@dataclass(frozen=True)
class Source:
    """Something that `cognoscope terminology load NAME PATH` takes.

    name: as typed. `expects` says which file or folder. `reference` is where reference data lie under
    `COGNOSCOPE_DATASETS`, empty where there are none. `load` raises InvalidInput, with a sentence that names the file
    and what is wrong, for anything that is not what it expects.
    """

    name: str
    title: Sentence
    publisher: str
    licence: str
    expects: str
    load: Callable[[Path], Loaded]
    reference: str = ""
