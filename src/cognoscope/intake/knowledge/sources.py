"""Every source of knowledge that can be loaded, in one visible tuple."""

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.ansm import ANSM
from cognoscope.intake.knowledge.atc import ATC
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.ctcae import CTCAE
from cognoscope.intake.knowledge.eucast import EUCAST
from cognoscope.intake.knowledge.labels import LABELS
from cognoscope.intake.knowledge.meddra import MEDDRA
from cognoscope.intake.knowledge.source import Source
from cognoscope.intake.knowledge.stopp_start import STOPP_START

SOURCES: tuple[Source, ...] = (
    BDPM,
    ANSM,
    ATC,
    CTCAE,
    MEDDRA,
    STOPP_START,
    EUCAST,
    LABELS,
)


def source(name: str) -> Source:
    """The source of that name.

    Raises:
        InvalidInput: there is none.
    """
    found = next((each for each in SOURCES if each.name == name), None)
    if found is None:
        known = ", ".join(each.name for each in SOURCES)
        raise InvalidInput(f"There is no terminology {name!r} to load; there are: {known}.")
    return found
