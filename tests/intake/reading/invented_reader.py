"""A reader for tests: the word diabète, and what its texts can make it do to the process that runs it."""

import os
import re
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention

DIABETES = re.compile(r"diab[eè]te", re.IGNORECASE)


def read(texts: Sequence[str]) -> list[list[Mention]]:
    """One mention a word; `[fails]` raises, `[slow]` takes a while, `[kills FILE]` ends the process once."""
    for text in texts:
        if "[fails]" in text:
            raise RuntimeError(f"cannot read {text}")
        if "[slow]" in text:
            time.sleep(0.05)
        mark = re.search(r"\[kills (.+?)\]", text)
        if mark and not Path(mark[1]).exists():
            Path(mark[1]).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return [[_mention(text, match) for match in DIABETES.finditer(text)] for text in texts]


def _mention(text: str, match: re.Match[str]) -> Mention:
    negated = "pas de " in text[max(0, match.start() - 8) : match.start()].lower()
    return Mention(
        start=match.start(), stop=match.end(), group="condition", label="diabetes", code="E11", vocabulary="CIM-10",
        negated=negated,
    )  # fmt: skip


COMPONENT = Component("tests.intake.reading.invented_reader", "a" * 64, read)
