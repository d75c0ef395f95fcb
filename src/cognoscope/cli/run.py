"""The verb `run`: every application that is in shadow or advisory proposes from the warehouse as it is now."""

import typer


def register(app: typer.Typer) -> None:
    """Add this verb to the command line."""
    app.command("run")(_run)


def _run(
    name: str | None = typer.Argument(None, metavar="[APP]", help="One application; default: all that may run."),
    as_of: str | None = typer.Option(None, help="Know nothing later than this day or time; default: now."),
) -> None:
    """Let the applications propose from the warehouse and record it; for a timer, once a day or after each ingest."""
    from datetime import UTC, datetime

    from cognoscope.apps.installed import installed
    from cognoscope.cli.apps import find, instant
    from cognoscope.core.actor import program
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.core.lifecycle import states
    from cognoscope.core.running import run
    from cognoscope.intake.warehouse import open_warehouse

    home = default_home()
    now = datetime.now(UTC)
    chosen = installed(home) if name is None else (find(name),)
    warehouse = open_warehouse(home, lambda sentence: typer.echo(sentence, err=True))
    with Ledger.open(home.ledger_url) as ledger:
        state = states(ledger, chosen)
        for application in chosen:
            if state[application.name] in ("draft", "suspended") and name is None:
                typer.echo(f"{application.name} is in the state {state[application.name]}: it did not run.")
                continue
            cases = application.cases_from_warehouse(warehouse, instant(as_of) if as_of else now)
            proposals = [
                proposal for case in cases for proposal in run(application, case, ledger, program("run"), at=now)
            ]
            abstained = sum(proposal.abstention is not None for proposal in proposals)
            typer.echo(
                f"{application.name}: {len(cases)} cases, {len(proposals)} proposals, of which {abstained} abstentions."
            )
            if not cases:
                typer.echo("The warehouse holds nothing for it: `cognoscope ingest` brings data in.")
