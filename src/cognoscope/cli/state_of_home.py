"""The state of an installation as plain data, with its problems as sentences that say what to do."""

import shutil
from typing import Any

import cognoscope
from cognoscope.apps.installed import installed
from cognoscope.core.access import AccessLog
from cognoscope.core.errors import CognoscopeError
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import states
from cognoscope.intake import keys
from cognoscope.intake.warehouse import open_warehouse

ENOUGH_BYTES = 2 << 30
"""Below this much free space an ingest or a backup may not fit."""


def state_of(home: Home) -> dict[str, Any]:
    """Everything `cognoscope status` prints; nothing is changed. A part that cannot be read becomes a problem.

    Keys: version, home, hospital, synthetic, ledger (seq, hash), warehouse (rows by table), last_ingest,
    applications (name to state), disk (free and used bytes), problems (sentences).
    """
    problems: list[str] = []
    report: dict[str, Any] = {"version": cognoscope.__version__, "home": str(home.path), "problems": problems}
    if not home.path.is_dir():
        problems.append(f"There is no installation at {home.path}: run `cognoscope init`.")
        return report
    for part in (_settings, _keys, _ledger, _access, _warehouse, _disk):
        try:
            report |= part(home)
        except CognoscopeError as error:
            problems.append(str(error))
    if home.path.stat().st_mode & 0o077:
        problems.append(f"The folder {home.path} can be read by other accounts: run `chmod 700 {home.path}`.")
    if report.get("disk", {}).get("free", ENOUGH_BYTES) < ENOUGH_BYTES:
        problems.append("Less than 2 GiB of disk are free: free some space before the next ingest or backup.")
    if report.get("key") not in (None, report.get("warehouse_key") or report.get("key")):
        problems.append(f"The key {home.key_file} is not the one the warehouse was made with: put the right one back.")
    quarantined = report.get("warehouse", {}).get("quarantine", 0)
    if quarantined:
        problems.append(
            f"{quarantined} records are in quarantine: the table `quarantine` says which file, line and why; "
            "correct them at the source and ingest the corrected file."
        )
    report.pop("warehouse_key", None)
    return report


def _settings(home: Home) -> dict[str, Any]:
    settings = home.settings()
    return {"hospital": settings.hospital, "synthetic": settings.synthetic}


def _keys(home: Home) -> dict[str, Any]:
    keys.read(home.vault_key_file)
    return {"key": keys.fingerprint(keys.read(home.key_file))}


def _ledger(home: Home) -> dict[str, Any]:
    with Ledger.open(home.ledger_url) as ledger:
        head = ledger.head()
        last = ledger.entries(event="IngestFinished", newest_first=True, limit=1)
        return {
            "ledger": {"seq": head.seq, "hash": head.hash},
            "last_ingest": last[0].at.isoformat() if last else None,
            "applications": dict(states(ledger, installed(home))),
        }


def _access(home: Home) -> dict[str, Any]:
    with AccessLog.open(home.access_url):
        return {}


def _warehouse(home: Home) -> dict[str, Any]:
    warehouse = open_warehouse(home)
    rows = {name: count for name, count in warehouse.counts().items() if count}
    return {"warehouse": rows, "warehouse_key": warehouse.manifest().key_fingerprint}


def _disk(home: Home) -> dict[str, Any]:
    used = sum(path.stat().st_size for path in home.path.rglob("*") if path.is_file())
    return {"disk": {"free": shutil.disk_usage(home.path).free, "used": used}}
