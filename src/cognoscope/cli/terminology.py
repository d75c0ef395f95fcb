"""`cognoscope terminology`: the tables of reference that a hospital loads from their publishers."""

from pathlib import Path

import typer


def register(app: typer.Typer) -> None:
    """Add this group to the command line."""
    group = typer.Typer(no_args_is_help=True, help="Tables of reference loaded from their publishers.")
    group.command("load")(_load)
    group.command("list")(_list)
    app.add_typer(group, name="terminology")


def _load(
    name: str = typer.Argument(..., help="As `cognoscope terminology list` names it: bdpm, ansm, ctcae, meddra, ..."),
    path: Path = typer.Argument(..., help="The publisher's file or folder."),
) -> None:
    """Load an edition and put it in force; the edition before stays on disk."""
    from datetime import UTC, datetime

    from cognoscope.core.actor import program
    from cognoscope.core.events import KnowledgeLoaded
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.knowledge.sources import source
    from cognoscope.intake.knowledge.store import open_knowledge

    home, now, chosen = default_home(), datetime.now(UTC), source(name)
    with Ledger.open(home.ledger_url) as ledger:
        edition = open_knowledge(home).keep(chosen, chosen.load(path), now)
        rows = sum(edition.tables.values())
        event = KnowledgeLoaded(name=edition.name, edition=edition.edition, content=edition.content, rows=rows)
        ledger.append(event, program("terminology"), now)
    tables = ", ".join(f"{count} {table}" for table, count in edition.tables.items())
    typer.echo(f"{chosen.title.en}, edition {edition.edition}: {tables}. In force from now on.")


def _list() -> None:
    """Every source that can be loaded, and the edition in force."""
    from cognoscope.core.home import default_home
    from cognoscope.intake.knowledge.sources import SOURCES
    from cognoscope.intake.knowledge.store import open_knowledge

    knowledge = open_knowledge(default_home())
    for each in SOURCES:
        there = f"edition {knowledge.edition(each).edition}" if knowledge.has(each) else "not loaded"
        typer.echo(f"{each.name:14} {there:28} {each.title.en} ({each.publisher}; {each.licence})")
        typer.echo(f"{'':14} takes {each.expects}")
