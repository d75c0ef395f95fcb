"""Verbs of the group `models`: networks that people add, and weights that need a person's word."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cognoscope.core.actor import program

if TYPE_CHECKING:
    from cognoscope.apps.added.adding import Candidate

ACTOR = program("command-line")
YES = typer.Option(False, "--yes", help="You have read the licence and take the model into service.")
WHERE = typer.Argument(..., metavar="PATH", help="An ONNX file, a model folder, or a MONAI bundle (folder or zip).")


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    group = typer.Typer(no_args_is_help=True, help="Models of your own: add, list, remove; draft their card.")
    for name, verb in (("add", _add), ("list", _list), ("remove", _remove), ("template", _template)):
        group.command(name)(verb)
    app.add_typer(group, name="models")


def _add(path: Path = WHERE, yes: bool = YES) -> None:
    """Take in a model: it becomes an application in the state draft, or the weights of one that ships."""
    from cognoscope.apps import APPLICATIONS
    from cognoscope.apps.added.adding import candidate, kept, removed, staged
    from cognoscope.core.events import ModelAdded
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger

    home = default_home()
    shipped = [each.name for each in APPLICATIONS if each.with_model]
    with tempfile.TemporaryDirectory(prefix="cognoscope-model-") as made:
        found = candidate(staged(path, Path(made)), shipped)
        _tried(found)
        detail = _agreed(found, yes)
        with Ledger.open(home.ledger_url) as ledger:
            content = kept(found, home.models)
            event = ModelAdded(name=found.name, content=content, licence="; ".join(found.licences), detail=detail)
            try:
                ledger.append(event, ACTOR, datetime.now(UTC))
            except Exception:
                # What the ledger does not know of must not run.
                removed(found.name, home.models)
                raise
    what = f"The application {found.name} has these weights" if found.binds else f"{found.name} is now an application"
    typer.echo(f"{what} ({content[:12]}). `cognoscope apps` shows its state; restart a running server.")


def _tried(found: "Candidate") -> None:
    """What will run is opened once as it will be, so that a mistake is told now and not at the first patient."""
    from cognoscope.apps import APPLICATIONS
    from cognoscope.apps.added import added_application
    from cognoscope.apps.added.contents import write_list

    if not found.binds:
        write_list(found.folder)
        added_application(found.folder)
        return
    shipped = next(each for each in APPLICATIONS if each.name == found.name)
    if shipped.with_model:
        shipped.with_model(found.folder)


def _agreed(found: "Candidate", yes: bool) -> str:
    """A person's word where a licence asks for it.

    Raises:
        InvalidInput: nobody gave it.
    """
    from cognoscope.core.errors import InvalidInput

    if not found.licences and not found.about.research_only:
        return ""
    typer.echo(f"{found.name}: this model learnt from data that do not let it be used by everybody for everything.")
    for sentence in found.licences:
        typer.echo(f"  {sentence}")
    if not yes and sys.stdin.isatty():
        yes = typer.confirm("Your hospital may use it under these terms, and you take it into service?")
    if not yes:
        raise InvalidInput("Nothing was added: add --yes once you have read the licence and may use the model.")
    return "terms accepted by a person at the command line"


def _list() -> None:
    """Every model that was added, and whether its files are still what was added."""
    from cognoscope.apps.added.adding import names
    from cognoscope.apps.added.contents import checked_digest
    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.home import default_home
    from cognoscope.methods.images.model_folder import ModelFolder

    models = default_home().models
    if not names(models):
        typer.echo("No model was added. `cognoscope models add PATH` adds one.")
    for name in names(models):
        try:
            content = checked_digest(models / name)[:12]
            about = ModelFolder(models / name).about
            words = f"{about.task:15} version {about.version}{'  for research' if about.research_only else ''}"
        except InvalidInput as error:
            content, words = "unusable", str(error)
        typer.echo(f"{name:32} {content:12} {words}")


def _remove(name: str, reason: str = typer.Option("", help="Why; kept in the ledger.")) -> None:
    """Take a model away; what it proposed stays in the ledger."""
    from cognoscope.apps.added.adding import removed
    from cognoscope.core.events import ModelRemoved
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger

    home = default_home()
    with Ledger.open(home.ledger_url) as ledger:
        content = removed(name, home.models)
        ledger.append(ModelRemoved(name=name, content=content or "0" * 64, reason=reason), ACTOR, datetime.now(UTC))
    typer.echo(f"{name} was removed; restart a running server.")


def _template(
    path: Path = WHERE,
    into: Path | None = typer.Option(None, help="Folder for the drafts; default: beside the file or in the bundle."),
) -> None:
    """Draft card.toml and model.toml, as far as the file tells; a person fills in the rest."""
    from cognoscope.apps.added.template import write_templates

    folder = into or (path if path.is_dir() else path.parent)
    written = write_templates(path, folder)
    if not written:
        typer.echo(f"card.toml and model.toml are already in {folder}.")
    for each in written:
        typer.echo(f"{each} was drafted: replace every `TO FILL`, then `cognoscope models add {path}`.")
