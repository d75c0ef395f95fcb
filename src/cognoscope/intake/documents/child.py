"""The process in which libraries read foreign files: `python -m cognoscope.intake.documents.child`.

Requests come by standard input, answers go by standard output (see `isolated`). A library that hangs is ended by the
system's own alarm, even where it never comes back to Python; one that crashes takes only this process down.
"""

import os
import resource
import signal
import struct
import sys
from typing import BinaryIO

from cognoscope.core.errors import CognoscopeError
from cognoscope.intake.documents.reader import text_of_bytes
from cognoscope.intake.documents.refused import Refused

REQUEST = struct.Struct(">II")
ANSWER = struct.Struct(">BI")
MEMORY_BYTES = 2 << 30
SECONDS = 60
READ, REFUSED, NOT_INSTALLED = range(3)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other side closes."""
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        named, long = REQUEST.unpack(head)
        declared = requests.read(named).decode("ascii") or None
        content = requests.read(long)
        if len(content) < long:
            return
        status, said = answer(content, declared)
        payload = said.encode("utf-8", "replace")
        answers.write(ANSWER.pack(status, len(payload)) + payload)
        answers.flush()


def answer(content: bytes, declared: str | None) -> tuple[int, str]:
    """The status and the text, or what to say instead."""
    _start_alarm()
    try:
        return READ, text_of_bytes(content, declared, tick=_start_alarm)
    except Refused as refused:
        return REFUSED, f"{refused.kind}\n{refused.reason}"
    except MemoryError:
        return REFUSED, "too_large\nthe document needs more memory to be read than a report should: save it again"
    except CognoscopeError as error:
        return NOT_INSTALLED, str(error)
    except Exception:
        return REFUSED, "corrupt\nthe document is damaged in a way that its reader does not know: export it again"
    finally:
        signal.alarm(0)


def _start_alarm() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS + 5)


def main() -> None:
    """Take the pipes for itself, so that nothing a library prints gets between the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
