"""How the DICOM service is, as plain data with its problems as sentences."""

import time
from pathlib import Path
from typing import Any

from cognoscope.core.home import Home
from cognoscope.intake.dicom.receive_spool import waiting
from cognoscope.intake.dicom.worker_state import ServiceState, status_file

SHOWN = 10
FATES = ("kept", "known", "passed over", "quarantined")


def status_of(home: Home, now: float | None = None) -> dict[str, Any]:
    """What `cognoscope dicom status` prints; nothing is changed.

    Keys: ae_title, port, peers (each with what it may do), spool (files, bytes), taken (objects kept, known, passed
    over, quarantined), studies, jobs and outbox (each by state), open (the studies waited for, with the reason),
    waiting (the results that wait or were refused, with the sentence), failed (jobs that broke off), problems.
    """
    at = time.time() if now is None else now
    settings = home.settings().dicom
    spool = waiting(home.dicom / "spool")
    report: dict[str, Any] = {
        "ae_title": settings.ae_title,
        "port": settings.port,
        "peers": [
            {"name": peer.name, "ae_title": peer.ae_title, "sends": peer.sends, "results": peer.results}
            for peer in settings.peers
        ],
        "spool": {"files": len(spool), "bytes": sum(_size(path) for path in spool)},
        "taken": {},
        "studies": {},
        "open": [],
        "jobs": {},
        "outbox": {},
        "waiting": [],
        "failed": [],
    }
    if status_file(home).exists():
        state = ServiceState(home)
        try:
            _remembered(report, state, at)
        finally:
            state.close()
    report["problems"] = _problems(report)
    return report


def _remembered(report: dict[str, Any], state: ServiceState, at: float) -> None:
    counts = {row["name"]: row["value"] for row in state.rows("SELECT * FROM count ORDER BY name")}
    report["taken"] = {name: count for name, count in counts.items() if name in FATES}
    for name, table in (("studies", "study"), ("jobs", "job"), ("outbox", "outbox")):
        rows = state.rows(f"SELECT state, count(*) AS n FROM {table} GROUP BY state ORDER BY state")  # noqa: S608
        report[name] = {row["state"]: row["n"] for row in rows}
    report["open"] = [
        {"study": row["study"], "since": round(at - row["first_at"]), "why": row["evidence"]}
        for row in state.rows("SELECT * FROM study WHERE state = 'open' ORDER BY first_at LIMIT ?", SHOWN)
    ]
    report["waiting"] = [
        {
            "application": row["application"],
            "proposal": row["proposal"],
            "standing": "preliminary" if row["standing"] == "preliminary" else "reviewed",
            "peer": row["peer"],
            "state": row["state"],
            "tries": row["tries"],
            "next_in": max(0, round(row["next_at"] - at)) if row["state"] == "waiting" else None,
            "why": row["said"],
        }
        for row in state.rows("SELECT * FROM outbox WHERE state != 'sent' ORDER BY state, at LIMIT ?", SHOWN)
    ]
    report["failed"] = [
        {"application": row["application"], "study": row["study"], "why": row["said"]}
        for row in state.rows("SELECT * FROM job WHERE state = 'failed' ORDER BY at DESC LIMIT ?", SHOWN)
    ]


def _problems(report: dict[str, Any]) -> list[str]:
    found = []
    if not any(peer["sends"] for peer in report["peers"]):
        found.append("No peer may send: name one under [dicom] in settings.toml, with sends = true.")
    late = [one for one in report["waiting"] if one["state"] == "waiting" and one["tries"]]
    if late:
        found.append(f"{len(late)} results wait, after {late[0]['tries']} attempts: {late[0]['why']}")
    refused = report["outbox"].get("refused", 0)
    if refused:
        why = next((one["why"] for one in report["waiting"] if one["state"] == "refused"), "")
        found.append(f"{refused} results were refused: {why} Mend it, then run `cognoscope dicom send --again`.")
    if report["failed"]:
        found.append(f"{report['failed'][0]['application']} failed on a study: {report['failed'][0]['why']}")
    if report["taken"].get("quarantined"):
        found.append(f"{report['taken']['quarantined']} objects are in quarantine, each with its sentence.")
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # worked off in this moment
        return 0
