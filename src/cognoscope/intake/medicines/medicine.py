"""What a medicine is to the rest of Cognoscope, and what came of the words somebody typed for one."""

from dataclasses import dataclass
from typing import Literal

from cognoscope.core.noun import Sentence

Status = Literal["exact", "corrected", "ambiguous", "unknown", "withdrawn"]


@dataclass(frozen=True)
class Medicine:
    """A medicine, as precisely as the words say: one speciality, or all that share a name and their substances.

    key: stable within an edition (`CIS 60000001`, or the name with its substances). `substances`: French names without
    salt, in the order of the composition; `declared` holds, for each, the names under which the composition declares it
    (salts included). `atc`: codes known for exactly these substances, empty where none is. `form`: empty where the
    specialities differ. `routes`: every route of the specialities. `cis`: their codes. `marketed`: at least one is.
    """

    key: str
    label: str
    substances: tuple[str, ...]
    atc: tuple[str, ...] = ()
    form: str = ""
    routes: tuple[str, ...] = ()
    cis: tuple[str, ...] = ()
    marketed: bool = True
    declared: tuple[tuple[str, ...], ...] = ()
    homeopathic: bool = False


@dataclass(frozen=True)
class Resolution:
    """What words were understood as.

    "exact": as written, but for accents, case and punctuation. "corrected": after a correction that the sentence names.
    "ambiguous": `medicines` holds the candidates, whose substances differ; somebody has to choose. "withdrawn": found,
    no longer on the market. "unknown": nothing, and no guess.
    """

    text: str
    status: Status
    medicines: tuple[Medicine, ...]
    sentence: Sentence
