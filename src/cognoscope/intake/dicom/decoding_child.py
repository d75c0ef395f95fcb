"""The process in which native libraries decode compressed pixels: `python -m cognoscope.intake.dicom.decoding_child`.

Requests come by standard input, answers go by standard output (see `decoding`). GDCM, OpenJPEG and CharLS are written
in C and C++ and read what anybody may send: a crash, a hang or a codestream that lies about its size ends this process
and nothing else.
"""

import json
import os
import resource
import signal
import struct
import sys
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import numpy as np

REQUEST = struct.Struct(">IQ")
ANSWER = struct.Struct(">BIQ")
DECODED, REFUSED = range(2)
MEMORY_BYTES = 6 << 30
SECONDS_AT_LEAST = 8
SECONDS_A_FRAME = 1
"""Of computing; the clock on the wall may take as much again and a minute, where the machine does other things."""


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other side closes."""
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        said, long = REQUEST.unpack(head)
        elements = json.loads(requests.read(said))
        content = requests.read(long)
        if len(content) < long:
            return
        allowed = SECONDS_AT_LEAST + SECONDS_A_FRAME * int(elements["NumberOfFrames"])
        signal.setitimer(signal.ITIMER_PROF, allowed)
        signal.alarm(60 + 2 * allowed)
        try:
            array, photometric = decode(elements, content)
            about = json.dumps({"shape": array.shape, "type": array.dtype.str, "photometric": photometric}).encode()
            answers.write(ANSWER.pack(DECODED, len(about), array.nbytes) + about)
            answers.write(memoryview(array).cast("B"))  # type: ignore[arg-type]
        except Exception:
            answers.write(ANSWER.pack(REFUSED, 0, 0))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)
        answers.flush()


def decode(elements: dict[str, str | int], content: bytes) -> tuple["np.ndarray", str]:
    """Frames x rows x columns [x 3] and the photometric interpretation that they now have."""
    import numpy as np
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import UID

    from cognoscope.intake.dicom import decoding_gdcm

    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(str(elements["TransferSyntaxUID"]))
    for keyword, value in elements.items():
        if keyword != "TransferSyntaxUID":
            setattr(dataset, keyword, value)
    dataset.PixelData = content
    frames, rows, columns = (int(elements[keyword]) for keyword in ("NumberOfFrames", "Rows", "Columns"))
    if decoding_gdcm.of_twelve_bits(dataset):
        return decoding_gdcm.decode(dataset), str(elements["PhotometricInterpretation"])
    array, about = get_decoder(dataset.file_meta.TransferSyntaxUID).as_array(dataset)
    shape = (frames, rows, columns) if about["samples_per_pixel"] == 1 else (frames, rows, columns, 3)
    return np.ascontiguousarray(array).reshape(shape), str(about["photometric_interpretation"])


def main() -> None:
    """Take the pipes for itself, so that nothing a library prints gets between the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    for ending in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(ending, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
