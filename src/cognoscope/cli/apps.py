"""Verbs of the group `apps`: what is there, and one application on a file, on reference data, on paper."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from cognoscope.core.application import Application

JSON = typer.Option(False, "--json", help="JSON instead of text.")
LANGUAGE = typer.Option("en", help="Language of the sentences: fr or en.")
APPLICATION = typer.Argument(..., metavar="APP", help="Department and name, as `cognoscope apps` lists them.")


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    app.command("apps")(_apps)
    app.command("propose")(_propose)
    app.command("evaluate")(_evaluate)
    app.command("card")(_card)


def _apps(as_json: bool = JSON, language: str = LANGUAGE) -> None:
    """Every application, its state in this installation, and its card's headline figure."""
    from cognoscope.apps.installed import installed
    from cognoscope.cli.apps_in_words import headline_figure
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.core.lifecycle import states

    home = default_home()
    applications = installed(home)
    known = dict.fromkeys((each.name for each in applications), "not installed")
    if home.path.is_dir():
        with Ledger.open(home.ledger_url) as ledger:
            known |= states(ledger, applications)
    if as_json:
        listed = [
            {
                "application": each.name,
                "version": each.card.version,
                "title": each.card.title.plain(),
                "state": known[each.name],
                "model_digest": each.model_digest,
                "figure": headline_figure(each.card, language),
            }
            for each in applications
        ]
        typer.echo(json.dumps(listed, ensure_ascii=False))
        return
    for each in applications:
        typer.echo(f"{each.name:24} {known[each.name]:14} {each.card.title.in_language(language)}")
        typer.echo(f"{'':24} {headline_figure(each.card, language)}")


def _propose(
    name: str = APPLICATION,
    path: Path = typer.Argument(..., help="A file of the kind the application's card names."),
    as_json: bool = JSON,
    as_of: str | None = typer.Option(
        None, help="What to know no later than: 2026-11-21 or 2026-11-21T08:00+01:00; default: now."
    ),
    language: str = LANGUAGE,
) -> None:
    """One application on a file; needs no installation and records nothing."""
    from datetime import UTC, datetime

    from cognoscope.cli.apps_in_words import proposal_in_words

    application = tried(name)
    cases = application.cases_from_file(path, instant(as_of) if as_of else datetime.now(UTC))
    proposals = [proposal for case in cases for proposal in application.propose(case)]
    if as_json:
        typer.echo(json.dumps([proposal.plain() for proposal in proposals], ensure_ascii=False))
        return
    typer.echo("\n\n".join(proposal_in_words(proposal, language) for proposal in proposals))
    if as_of is None and all(proposal.abstention for proposal in proposals):
        typer.echo("\nOld data? --as-of DATE asks what would have been said on that day.", err=True)


def _evaluate(
    name: str = APPLICATION,
    data: Path | None = typer.Option(
        None, help="A folder laid out like the reference data; default: where $COGNOSCOPE_DATASETS holds it."
    ),
    as_json: bool = JSON,
) -> None:
    """Run the method on reference data, beside a baseline and the published figures."""
    from cognoscope.cli.apps_in_words import evaluation_in_words
    from cognoscope.datasets.registry import datasets_folder

    application = tried(name)
    evaluation = application.evaluate(data or datasets_folder() / application.reference_folder)
    if as_json:
        flat = evaluation.plain()
        typer.echo(json.dumps(flat | flat.pop("detail"), ensure_ascii=False))
        return
    typer.echo(evaluation_in_words(evaluation))


def _card(name: str = APPLICATION, as_json: bool = JSON, language: str = LANGUAGE) -> None:
    """The application's card: purpose, limits, risks, figures."""
    from cognoscope.cli.apps_in_words import card_in_words

    card = find(name).card
    typer.echo(json.dumps(card.plain(), ensure_ascii=False) if as_json else card_in_words(card, language))


def find(name: str) -> "Application":
    """The application of that name in this installation.

    Raises:
        InvalidInput: there is none.
    """
    from cognoscope.apps.installed import installed
    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.home import default_home

    applications = installed(default_home())
    found = next((each for each in applications if each.name == name), None)
    if found is None:
        raise InvalidInput(f"There is no application {name!r}; there are: {', '.join(a.name for a in applications)}.")
    return found


def tried(name: str) -> "Application":
    """The application of that name; where it has no weights, with those for research that the source tree holds.

    Nothing is recorded by the verbs that use it: what runs in the hospital needs a person's word.
    """
    from cognoscope.apps.installed import to_try

    known = find(name)
    application = to_try(known)
    if application is not known:
        typer.echo(
            f"{name}: weights learnt on data for research only, not for care; `cognoscope models add` says more.",
            err=True,
        )
    return application


def instant(text: str) -> "datetime":
    """A day or a time as typed; without an offset it is the installation's local time.

    Raises:
        InvalidInput: it is neither.
    """
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.home import default_home

    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not a day or a time: write 2026-11-21 or 2026-11-21T08:00+01:00.") from error
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(default_home().settings().time_zone))
