"""Killed at any moment and started again, an ingest of documents ends with the rows of one that nobody disturbed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.intake.documents.files import html
from tests.intake.documents.taking_in import AT, folder_of
from tests.intake.fhir_examples import digests

from cognoscope.core.database import migrate
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys

KILLS = 3
INGEST = f"""
import sys
from pathlib import Path
from datetime import datetime
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from tests.intake.documents.cleaners import known_only
from cognoscope.core.actor import program
from cognoscope.core.home import default_home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.documents import batches
from cognoscope.intake.documents.ingest import ingest_documents
from cognoscope.intake.warehouse import open_warehouse
batches.FIRST_BATCH = batches.LARGEST_BATCH["file"] = 10

if __name__ == "__main__":
    home = default_home()
    with Ledger.open(home.ledger_url) as ledger:
        ingest_documents(Path(sys.argv[1]), None, warehouse=open_warehouse(home), ledger=ledger,
                         actor=program("intake"), at=datetime.fromisoformat({AT.isoformat()!r}), workers=2,
                         make_cleaner=known_only)
"""


def fresh(path: Path, keys_of: Home | None) -> Home:
    home = Home(path)
    path.mkdir()
    if keys_of is None:
        keys.create(home)
    else:
        shutil.copytree(keys_of.key_file.parent, home.key_file.parent)
    migrate(home.ledger_url)
    return home


@pytest.mark.slow
def test_a_killed_ingest_goes_on_where_it_stopped(tmp_path: Path) -> None:
    chance = random.Random(7)
    script = tmp_path / "take_in.py"
    script.write_text(INGEST, encoding="utf-8")
    files = {
        f"{number}.{form}": html([f"Patient {number}", "Apyrexie"]) if form == "html" else f"cas {number}".encode()
        for number in range(60)
        for form in ("html", "txt")
    } | {f"bad{number}.pdf": b"%PDF-1.4 cut" for number in range(10)}
    folder = folder_of(tmp_path / "in", files)

    def start(home: Home) -> subprocess.Popen[bytes]:
        environment = os.environ | {"COGNOSCOPE_HOME": str(home.path)}
        return subprocess.Popen([sys.executable, str(script), str(folder)], env=environment)

    undisturbed = fresh(tmp_path / "undisturbed", None)
    with start(undisturbed) as process:
        assert process.wait(120) == 0
    expected = digests(undisturbed)
    assert (expected["note"][0], expected["quarantine"][0]) == (120, 10)

    home = fresh(tmp_path / "killed", undisturbed)
    manifest = home.warehouse / "manifest.json"
    for number in range(KILLS):
        seen = manifest.stat().st_mtime_ns if manifest.exists() else 0
        with start(home) as process:
            while process.poll() is None and (not manifest.exists() or manifest.stat().st_mtime_ns == seen):
                time.sleep(0.002)
            try:
                process.wait(chance.uniform(0, 0.5))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        assert process.returncode in (0, -signal.SIGKILL), number
    with start(home) as process:
        assert process.wait(120) == 0
    assert digests(home) == expected
    with Ledger.open(home.ledger_url) as ledger:
        assert len(ledger.entries(event="IngestFinished")) == 1
