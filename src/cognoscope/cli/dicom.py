"""Verbs of the group `dicom`: receive from and send to scanners and archives, and say how that goes."""

import json
from pathlib import Path
from typing import Any

import typer


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    group = typer.Typer(no_args_is_help=True, help="Images come in from the PACS, results go back: DICOM, DICOMweb.")
    for name, verb in (
        ("serve", _serve),
        ("echo", _echo),
        ("pull", _pull),
        ("send", _send),
        ("status", _status),
        ("route", _route),
    ):
        group.command(name)(verb)
    app.add_typer(group, name="dicom")


def _serve() -> None:
    """Receive, read, let propose, send results; ends with Ctrl-C or a signal."""
    from cognoscope.cli.dicom_service import serve
    from cognoscope.core.home import default_home

    serve(default_home(), lambda sentence: typer.echo(sentence))


def _echo(peer: str | None = typer.Argument(None, help="Its name in settings.toml; default: all of them.")) -> None:
    """Ask the peers whether they are there and know us; exits 1 when one does not answer."""
    from cognoscope.core.errors import CognoscopeError
    from cognoscope.core.home import default_home
    from cognoscope.intake.dicom import pacs

    settings = default_home().settings().dicom
    peers = [pacs.chosen(settings, peer)] if peer or not settings.peers else list(settings.peers)
    failed = False
    for one in peers:
        if peer is None and not one.url and one.port is None:
            typer.echo(f"{one.name} ({one.ae_title}) only sends: it has no address to be asked at.")
            continue
        try:
            typer.echo(pacs.echo(one, settings.ae_title))
        except CognoscopeError as error:
            failed = True
            typer.echo(str(error), err=True)
    if failed:
        raise typer.Exit(1)


def _pull(
    study: str = typer.Argument(..., help="StudyInstanceUID as the archive knows it."),
    peer: str | None = typer.Option(None, help="Which peer; default: the first with DICOMweb."),
) -> None:
    """Fetch a study over DICOMweb and let it wait in the spool, as if it had been sent."""
    from cognoscope.core.home import default_home
    from cognoscope.intake.dicom import pacs
    from cognoscope.intake.dicom.receive_pull import pull

    home = default_home()
    settings = home.settings().dicom
    count = pull(home, pacs.chosen(settings, peer), study)
    typer.echo(f"{count} objects fetched. `cognoscope dicom serve` reads them and goes on from there.")


def _send(
    again: bool = typer.Option(False, "--again", help="Also what was refused: when its cause has been mended."),
) -> None:
    """Send the results that wait now, whatever pause they were in."""
    from cognoscope.cli.dicom_service import send_now
    from cognoscope.core.home import default_home

    sent, left = send_now(default_home(), lambda sentence: typer.echo(sentence), again=again)
    typer.echo(f"{sent} results sent, {left} left.")
    if left:
        raise typer.Exit(1)


def _status(as_json: bool = typer.Option(False, "--json", help="One JSON object.")) -> None:
    """What was received, what is waited for, which results wait, and why; exits 1 when something needs a person."""
    from cognoscope.core.home import default_home
    from cognoscope.intake.dicom.worker_status import status_of

    report = status_of(default_home())
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else _in_words(report))
    if report["problems"]:
        raise typer.Exit(1)


def _route(path: Path = typer.Argument(..., help="A DICOM file.")) -> None:
    """Which applications would see the series of this file, by which rule, and why not by the others. A dry run."""
    from cognoscope.core.home import default_home
    from cognoscope.intake.dicom.reading import read_object
    from cognoscope.intake.dicom.routing import facts_of, in_words, read_rules, route

    home = default_home()
    rules, place = read_rules(home if home.path.is_dir() else None)
    facts = facts_of(read_object(path).dataset)
    routed = route(rules, facts)
    typer.echo(
        f"Rules: {place} ({'every rule counts' if rules.match == 'all' else 'the first rule that holds counts'})"
    )
    typer.echo(f"The file: {in_words(facts)}")
    for one in routed.judged:
        to = ", ".join(one.rule.applications)
        typer.echo(f"  {one.rule.name}: {f'holds, to {to}' if one.holds else '; '.join(one.against)}")
    typer.echo(f"It goes to {', '.join(routed.applications)}." if routed.applications else "It goes nowhere.")


def _in_words(report: dict[str, Any]) -> str:
    lines = [f"DICOM node {report['ae_title']}, port {report['port']}"]
    for peer in report["peers"]:
        may = [word for word, holds in (("sends", peer["sends"]), ("takes results", peer["results"])) if holds]
        lines.append(f"peer          {peer['name']} ({peer['ae_title']}): {', '.join(may) or 'is asked only'}")
    spool = report["spool"]
    lines.append(f"spool         {spool['files']} files, {spool['bytes'] / (1 << 20):.1f} MiB not yet read")
    for name in ("taken", "studies", "jobs", "outbox"):
        said = ", ".join(f"{count} {word}" for word, count in report[name].items()) or "none"
        lines.append(f"{name:13} {said}")
    lines += [
        f"waits for     study {one['study'][-12:]} since {one['since']} s: {one['why']}" for one in report["open"]
    ]
    for one in report["waiting"]:
        when = "" if one["next_in"] is None else f", next attempt in {one['next_in']} s"
        lines.append(
            f"result        {one['application']} to {one['peer']}: {one['state']} after {one['tries']} attempts{when}. "
            f"{one['why']}"
        )
    lines += [f"PROBLEM       {sentence}" for sentence in report["problems"]]
    return "\n".join(lines if report["problems"] else [*lines, "No problem found."])
