"""Verbs of the group `status`: make an installation, and say how it is."""

import json
from pathlib import Path
from typing import Any

import typer


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    app.command("init")(_init)
    app.command("status")(_status)


def _init(
    home: Path | None = typer.Option(None, help="Folder of the installation; default: $COGNOSCOPE_HOME."),
    hospital: str = typer.Option("Hôpital", help="Name shown on the pages."),
) -> None:
    """Make an installation: folders, keys, settings, databases and the first administrator. Safe to run again."""
    from datetime import UTC, datetime

    from cognoscope.cli.installation import FIRST_ACCOUNT, first_administrator, install
    from cognoscope.core.home import Home, default_home

    place = Home(home.absolute()) if home else default_home()
    for path in install(place, {"hospital": hospital}):
        typer.echo(f"made {path}")
    password = first_administrator(place, datetime.now(UTC))
    if password is None:
        typer.echo(f"The installation at {place.path} is up to date.")
        return
    typer.echo(f"\nFirst account: {FIRST_ACCOUNT}\nOne-time password, shown only now: {password}")
    typer.echo(f"\nKeep a copy of {place.key_file.parent} apart from the backups: nothing replaces these keys.")
    typer.echo("Next: cognoscope ingest, then cognoscope serve.")


def _status(as_json: bool = typer.Option(False, "--json", help="One JSON object.")) -> None:
    """What is installed and how it is; exits 1 when something needs a person, with a sentence that says what."""
    from cognoscope.cli.state_of_home import state_of
    from cognoscope.core.home import default_home

    report = state_of(default_home())
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else _in_words(report))
    if report["problems"]:
        raise typer.Exit(1)


def _in_words(report: dict[str, Any]) -> str:
    lines = [f"Cognoscope {report['version']}, {report['home']}"]
    if "hospital" in report:
        lines.append(f"hospital      {report['hospital']}{' (synthetic data)' if report['synthetic'] else ''}")
    if "ledger" in report:
        lines.append(f"ledger        {report['ledger']['seq']} entries, head {report['ledger']['hash'][:16]}...")
        lines.append(f"last ingest   {report['last_ingest'] or 'never: cognoscope ingest fhir|omop|table PATH'}")
    for name, count in report.get("warehouse", {}).items():
        lines.append(f"  {name:24} {count:>10}")
    for name, state in report.get("applications", {}).items():
        lines.append(f"application   {name}: {state}")
    if "disk" in report:
        disk = {name: size / (1 << 30) for name, size in report["disk"].items()}
        lines.append(f"disk          {disk['used']:.2f} GiB used, {disk['free']:.1f} GiB free")
    lines += [f"PROBLEM       {sentence}" for sentence in report["problems"]]
    return "\n".join(lines if report["problems"] else [*lines, "No problem found."])
