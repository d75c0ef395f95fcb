"""Verbs of the group `datasets`: public reference data."""

from enum import StrEnum

import typer


class _Action(StrEnum):
    LIST = "list"
    FETCH = "fetch"
    VERIFY = "verify"


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    app.command("datasets")(_datasets)


def _datasets(
    action: _Action = typer.Argument(_Action.LIST, help="list, fetch NAME or verify."),
    name: str = typer.Argument("", help="Name of the set to fetch, or to verify alone."),
) -> None:
    """Public reference data: what is known, fetch one set from its publisher, verify checksums of what is there."""
    from cognoscope.core.errors import InvalidInput
    from cognoscope.datasets.checksums import check
    from cognoscope.datasets.fetch import fetch
    from cognoscope.datasets.registry import dataset, datasets, datasets_folder

    root = datasets_folder()
    if action is _Action.FETCH:
        if not name:
            raise InvalidInput("Say which set: cognoscope datasets fetch NAME (cognoscope datasets list shows them).")
        written = fetch(dataset(name), root, typer.echo)
        typer.echo(f"{name}: {len(written)} file(s) fetched into {root / dataset(name).folder}")
        return
    chosen = (dataset(name),) if name else datasets()
    different = 0
    typer.echo(f"Folder: {root}")
    for entry in chosen:
        checked = check(entry, root)
        if action is _Action.LIST:
            there = sum(found.standing != "absent" for found in checked)
            typer.echo(f"\n{entry.name}: {entry.title}")
            typer.echo(f"  publisher  {entry.publisher}, {entry.address}")
            typer.echo(f"  licence    {entry.licence}; {'may' if entry.may_ship else 'may not'} ship with a product")
            typer.echo(f"  reader     {entry.reader}")
            typer.echo(f"  files      {there} of {len(checked)} there")
            if entry.not_fetchable:
                typer.echo(f"  fetch      no: {entry.not_fetchable}")
            continue
        for found in checked:
            typer.echo(f"{found.standing:18} {found.path.relative_to(root)}")
            different += found.standing == "different"
    if different:
        raise InvalidInput(f"{different} file(s) are not the registered ones: move them away and fetch them again.")
