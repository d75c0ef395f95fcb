"""Killed at any moment and started again, an ingest ends with the rows of one that nobody disturbed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.intake.fhir_examples import AT, OBSERVATION, PATIENT, digests, lines

from cognoscope.core.database import migrate
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys, sources
from cognoscope.intake.vault import Vault

KILLS = 4
PERSONS, EACH = 40, 60
INGEST = f"""
from cognoscope.intake import sources
sources.BATCH_BYTES = 64 << 10
from cognoscope.cli import main
import sys
if __name__ == "__main__":
    sys.argv = ["cognoscope", "ingest", "fhir", sys.argv[1], "--at", {AT.isoformat()!r}]
    main()
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
    script, file = tmp_path / "take_in.py", tmp_path / "in.ndjson"
    script.write_text(INGEST, encoding="utf-8")
    patients = [PATIENT | {"id": f"p{number}"} for number in range(PERSONS)]
    # One record in nine is a correction of another, so that the order of commits matters.
    values = [
        OBSERVATION
        | {"id": f"o{chance.randrange(PERSONS * EACH)}", "valueQuantity": {"value": number}}
        | {"subject": {"reference": f"Patient/p{number % PERSONS}"}}
        for number in range(PERSONS * EACH)
    ]
    file.write_bytes(lines(*patients, *values))
    assert file.stat().st_size > 10 * (64 << 10) and file.stat().st_size < sources.BATCH_BYTES

    def start(home: Home) -> subprocess.Popen[bytes]:
        environment = os.environ | {"COGNOSCOPE_HOME": str(home.path)}
        return subprocess.Popen([sys.executable, str(script), str(file)], env=environment, stdout=subprocess.DEVNULL)

    undisturbed = fresh(tmp_path / "undisturbed", None)
    with start(undisturbed) as process:
        assert process.wait(120) == 0
    expected = digests(undisturbed)
    assert expected["person"][0] == PERSONS and expected["measurement"][0] > PERSONS

    home = fresh(tmp_path / "killed", undisturbed)
    manifest = home.warehouse / "manifest.json"
    for number in range(KILLS):
        seen = manifest.stat().st_mtime_ns if manifest.exists() else 0
        with start(home) as process:
            # Not before it has begun to write, and then at any moment.
            while process.poll() is None and (not manifest.exists() or manifest.stat().st_mtime_ns == seen):
                time.sleep(0.002)
            try:
                process.wait(chance.uniform(0, 0.15))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        assert process.returncode in (0, -signal.SIGKILL), number
    with start(home) as process:
        assert process.wait(120) == 0
    assert digests(home) == expected
    assert Vault(home).count() == Vault(undisturbed).count() == PERSONS
    with Ledger.open(home.ledger_url) as ledger:
        assert len(ledger.entries(event="IngestFinished")) == 1
