"""Which files of a folder are DICOM objects; what lies beside them on a disc is passed over, a damaged one is not."""

from collections.abc import Iterator
from pathlib import Path

from cognoscope.core.errors import InvalidInput

ENDINGS = frozenset({"", ".dcm", ".dicom", ".ima", ".img", ".seg", ".sr"})
DIRECTORIES = "DICOMDIR"


def files_of(path: Path) -> list[Path]:
    """The DICOM files below a folder, or the file itself, in the order of their names.

    A file counts when it bears the mark of DICOM, or an ending by which it should: a damaged slice is then refused by
    whoever reads it, rather than left out in silence.

    Raises:
        InvalidInput: there is nothing, or nothing that is DICOM.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InvalidInput(f"There is no file and no folder {path}: check the name.")
    found = [each for each in _below(path) if _counts(each)]
    if not found:
        raise InvalidInput(f"There is no DICOM file in the folder {path}: check the name.")
    return found


def _below(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir()):
        if each.name.startswith("."):
            continue
        if each.is_dir():
            yield from _below(each)
        elif each.is_file() and not each.name.startswith(DIRECTORIES):
            yield each


def _counts(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(132)
    except OSError as error:
        raise InvalidInput(f"A file of this folder cannot be read from the disk: {error.strerror}.") from None
    if head[128:] == b"DICM":
        return True
    ending = path.suffix.lower()
    text = not ending and bool(head) and all(9 <= byte < 127 for byte in head)
    return (ending in ENDINGS or ending[1:].isdigit()) and not text
