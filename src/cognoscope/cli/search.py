"""`cognoscope index` and `cognoscope search`: the full-text index over the pseudonymised reports."""

import typer

from cognoscope.core.home import Home


def register(app: typer.Typer) -> None:
    """Add these verbs to the command line."""
    app.command("index")(_index)
    app.command("search")(_search)


def update_index(home: Home) -> str:
    """Bring the search index to what the warehouse holds; what came of it, in a sentence.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    from cognoscope.intake.search import open_index
    from cognoscope.intake.warehouse import open_warehouse

    def tell(sentence: str) -> None:
        typer.echo(sentence, err=True)

    index = open_index(home)
    done = index.update(
        open_warehouse(home, tell), lambda finished, total: tell(f"{finished} of {total} reports indexed."), tell
    )
    return (
        f"{index.documents} reports in the search index: {done.added} new, {done.changed} changed, "
        f"{done.removed} removed."
    )


def _index() -> None:
    """Bring the search index to what the warehouse holds; only what changed is indexed. May be killed and run again."""
    from cognoscope.core.home import default_home

    typer.echo(update_index(default_home()))


def _search(
    text: str = typer.Argument("", help='Words, "words side by side", -without, one OU other, begin*.'),
    since: str | None = typer.Option(None, help="First day, 2026-11-21."),
    until: str | None = typer.Option(None, help="Last day."),
    person: int | None = typer.Option(None, help="Only reports about this person_id."),
    title: list[str] = typer.Option([], help="Only reports with this title; may be given several times."),
    exact: bool = typer.Option(False, "--exact", help="Suppose no typing errors."),
    asserted: bool = typer.Option(False, "--asserted", help="Leave out what the reading found negated or supposed."),
    newest: bool = typer.Option(False, "--newest", help="Newest first instead of best first."),
    limit: int = typer.Option(10, help="So many reports."),
    json_: bool = typer.Option(False, "--json", help="One JSON object."),
) -> None:
    """Find words in the pseudonymised reports; accents, elisions and one wrong letter do not matter."""
    import json
    from dataclasses import asdict
    from datetime import UTC, datetime

    from cognoscope.cli.days import day
    from cognoscope.core.access import AccessLog
    from cognoscope.core.actor import program
    from cognoscope.core.home import default_home
    from cognoscope.intake.search import SearchQuery, open_index
    from cognoscope.intake.warehouse import open_warehouse

    home = default_home()
    query = SearchQuery(
        text,
        fuzzy=not exact,
        person_id=person,
        since=day(since),
        until=day(until),
        titles=tuple(title),
        asserted_only=asserted,
        order="date" if newest else "relevance",
        limit=limit,
    )
    backend = open_warehouse(home).connect() if asserted else None
    try:
        results = open_index(home).search(query, backend)
    finally:
        if backend is not None:
            backend.disconnect()
    # What is shown of whom is written down before it is shown, as on the pages.
    with AccessLog.open(home.access_url) as log:
        at = datetime.now(UTC)
        log.record_many([(program("cli"), "search", f"note:{hit.note_id}", at) for hit in results.hits])
    if json_:
        typer.echo(json.dumps(asdict(results), ensure_ascii=False, default=str))
        return
    more = "" if results.complete else " or more"
    typer.echo(f"{results.total}{more} reports, {results.exact} of them exactly, in {results.seconds * 1000:.0f} ms.")
    for hit in results.hits:
        typer.echo(f"\n{hit.note_date} · {hit.title or '(no title)'} · person {hit.person_id} · note {hit.note_id}")
        typer.echo("  " + "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in hit.snippet))
