"""Reads the reference series of daily emergency visits: Alsace, Sanford and Iowa."""

from collections.abc import Callable
from pathlib import Path

from cognoscope.core.errors import InvalidInput
from cognoscope.datasets import flow_alsace, flow_sanford, flow_uihc
from cognoscope.datasets.flow_series import FlowSeries

_READERS: tuple[tuple[str, Callable[[Path], list[FlowSeries]]], ...] = (
    (flow_alsace.MARK, flow_alsace.read_alsace),
    (flow_sanford.MARK, flow_sanford.read_sanford),
    (flow_uihc.MARK, flow_uihc.read_uihc),
)


def read_flow(folder: Path) -> list[FlowSeries]:
    """The reference series in a folder, or in its sub-folders; an empty list when it is laid out in another way.

    Raises:
        InvalidInput: a file is there but is not what its name says.
    """
    if not folder.is_dir():
        return []
    folders = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
    found = []
    for mark, reader in _READERS:
        for place in folders:
            if (place / mark).is_file():
                found.extend(_read(reader, place))
    return found


def _read(reader: Callable[[Path], list[FlowSeries]], folder: Path) -> list[FlowSeries]:
    try:
        return reader(folder)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"The reference files in {folder} cannot be read ({error}); compare them with `cognoscope datasets verify`."
        ) from error
