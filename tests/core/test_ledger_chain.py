"""The chain: what is appended verifies, what is changed from outside is found, nothing can be changed from inside."""

import io
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from tests.core.ledger_examples import AT, CHIEF, NURSE, ROBOT, make_case, make_outcome, make_proposal, make_review

from cognoscope.core.database import migrate
from cognoscope.core.entry import GENESIS, SEPARATOR, seal
from cognoscope.core.errors import InvalidInput, LedgerDamaged, NotAllowed
from cognoscope.core.events import (
    AccountChanged,
    CaseErased,
    Event,
    ExtractExported,
    OutcomeKnown,
    ProposalMade,
    ReviewGiven,
    StateChanged,
    VaultOpened,
)
from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import LEDGER, SEALED

SHADOW = StateChanged(application="test.counts", before="draft", after="shadow", reason="évaluation")


def fill(ledger: Ledger) -> None:
    proposal = make_proposal(make_case())
    element = proposal.headline.element if proposal.headline else None
    assert element is not None
    ledger.append_many(
        [
            (SHADOW, CHIEF, AT),
            (ProposalMade(proposal=proposal, state="shadow"), ROBOT, AT),
            (ReviewGiven(review=make_review(proposal, "amend", element=element, amended=98.5)), NURSE, AT),
            (OutcomeKnown(outcome=make_outcome(proposal, element, 97)), ROBOT, AT),
            (AccountChanged(account="claire", change="created"), CHIEF, AT),
        ]
    )


def test_entries_follow_each_other(any_ledger: Ledger) -> None:
    assert any_ledger.head().hash == GENESIS
    first = any_ledger.append(SHADOW, CHIEF, AT)
    second = any_ledger.append(SHADOW, CHIEF, AT)
    assert (first.seq, first.previous) == (1, GENESIS)
    assert (second.seq, second.previous) == (2, first.hash)
    assert any_ledger.entries() == [first, second]
    assert any_ledger.head().hash == second.hash
    verification = any_ledger.verify()
    assert verification.intact
    assert verification.events == 2


def test_the_same_events_give_the_same_head_on_every_database(any_ledger: Ledger, ledger: Ledger) -> None:
    fill(any_ledger)
    fill(ledger)
    assert any_ledger.head() == ledger.head()


@pytest.mark.parametrize("change", ["update", "delete", "truncate", "replace", "fork", "gap"])
def test_the_database_refuses_every_change(any_ledger: Ledger, change: str) -> None:
    fill(any_ledger)
    before = any_ledger.head()
    sqlite = any_ledger.engine.dialect.name == "sqlite"
    with any_ledger.engine.connect() as connection:
        row = dict(connection.execute(select(LEDGER).where(LEDGER.c.seq == 3)).mappings().one())
    statements = {
        "update": update(LEDGER).where(LEDGER.c.seq == 2).values(subject="unit:south"),
        "delete": delete(LEDGER).where(LEDGER.c.seq == 5),
        "truncate": text("DELETE FROM ledger" if sqlite else "TRUNCATE ledger"),
        "replace": insert(LEDGER).prefix_with("OR REPLACE", dialect="sqlite").values(row),
        "fork": insert(LEDGER).values({**row, "seq": 6}),
        "gap": insert(LEDGER).values({**row, "seq": 7, "previous": before.hash}),
    }
    with pytest.raises(DBAPIError, match="append-only"), any_ledger.engine.begin() as connection:
        connection.execute(statements[change])
    assert any_ledger.head() == before
    assert any_ledger.verify().intact


def tamper(path: Path, statement: str, *values: object) -> None:
    """Change a row as somebody who owns the file can: triggers dropped first."""
    connection = sqlite3.connect(path)
    for trigger in ("ledger_no_update", "ledger_no_delete", "ledger_in_order"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(statement, values)
    connection.commit()
    connection.close()


@pytest.fixture
def filled_copy(tmp_path: Path) -> Callable[[str], Path]:
    """Makes copies of a filled ledger's file."""
    source = tmp_path / "source.sqlite"
    migrate(f"sqlite:///{source}")
    with Ledger.open(f"sqlite:///{source}") as ledger:
        fill(ledger)

    def copy(name: str) -> Path:
        path = tmp_path / name
        origin, target = sqlite3.connect(source), sqlite3.connect(path)
        origin.backup(target)
        origin.close()
        target.close()
        return path

    return copy


@pytest.mark.parametrize("column", [*SEALED, "hash"])
@pytest.mark.parametrize("row", [1, 5])
def test_any_changed_column_is_found(filled_copy: Callable[[str], Path], column: str, row: int) -> None:
    path = filled_copy(f"{column}{row}.sqlite")
    if column == "seq":
        tamper(path, "UPDATE ledger SET seq = seq + 100 WHERE seq = ?", row)
    else:
        tamper(path, f"UPDATE ledger SET {column} = {column} || 'x' WHERE seq = ?", row)
    with Ledger.open(f"sqlite:///{path}") as ledger:
        verification = ledger.verify()
    assert not verification.intact
    assert verification.problem is not None
    # a changed hash shows on its own row, and row 5 + 100 stands where row 5 should
    assert verification.row == row
    assert f"row {row}" in verification.problem


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_other_text_in_any_column_is_found(filled_copy: Callable[[str], Path], data: st.DataObject) -> None:
    column = data.draw(st.sampled_from([name for name in (*SEALED, "hash") if name != "seq"]))
    row = data.draw(st.integers(1, 5))
    other = data.draw(st.one_of(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.just(SEPARATOR)))
    path = filled_copy("drawn.sqlite")
    connection = sqlite3.connect(path)
    there = connection.execute(f"SELECT {column} FROM ledger WHERE seq = ?", (row,)).fetchone()[0]
    connection.close()
    if other != there:
        tamper(path, f"UPDATE OR IGNORE ledger SET {column} = ? WHERE seq = ?", other, row)
        with Ledger.open(f"sqlite:///{path}") as ledger:
            assert ledger.verify().row == row
    path.unlink()


def test_text_moved_from_one_column_to_the_next_is_found(filled_copy: Callable[[str], Path]) -> None:
    path = filled_copy("moved.sqlite")
    moved = "UPDATE ledger SET actor_id = actor_id || ? || actor_role, actor_role = application, application = ''"
    tamper(path, moved + " WHERE seq = 1", SEPARATOR)
    with Ledger.open(f"sqlite:///{path}") as ledger:
        assert ledger.verify().row == 1


def test_a_removed_row_is_found(filled_copy: Callable[[str], Path]) -> None:
    path = filled_copy("removed.sqlite")
    tamper(path, "DELETE FROM ledger WHERE seq = 2")
    with Ledger.open(f"sqlite:///{path}") as ledger:
        verification = ledger.verify()
    assert verification.row == 2
    assert verification.problem == "The ledger is damaged: row 2 is missing, row 3 stands in its place."


def test_a_cut_tail_shows_only_against_a_head_noted_before(filled_copy: Callable[[str], Path]) -> None:
    path = filled_copy("cut.sqlite")
    with Ledger.open(f"sqlite:///{path}") as ledger:
        early, noted = ledger.entries()[1].hash, ledger.head().hash
        assert ledger.verify(noted).intact
        assert ledger.verify(early).intact, "a head noted earlier is still in the chain"
        assert ledger.verify(GENESIS).intact
    tamper(path, "DELETE FROM ledger WHERE seq >= 4")
    with Ledger.open(f"sqlite:///{path}") as ledger:
        assert ledger.verify().intact
        verification = ledger.verify(noted)
    assert not verification.intact
    assert verification.problem is not None
    assert noted in verification.problem


def test_bytes_that_are_no_text_are_found(filled_copy: Callable[[str], Path]) -> None:
    path = filled_copy("bytes.sqlite")
    tamper(path, "UPDATE ledger SET body = CAST(x'ff80' AS TEXT) WHERE seq = 2")
    with Ledger.open(f"sqlite:///{path}") as ledger:
        assert ledger.verify().row is not None


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
EVENTS = st.one_of(
    st.builds(AccountChanged, account=TEXT, change=st.sampled_from(["created", "disabled"]), detail=TEXT),
    st.builds(ExtractExported, what=TEXT, rows=st.integers(-(2**53), 2**53), purpose=TEXT),
    st.builds(
        VaultOpened, person=st.from_regex(r"person:[a-z0-9]{1,12}", fullmatch=True), purpose=TEXT, found=st.booleans()
    ),
    st.builds(StateChanged, application=st.just("a.b"), before=st.just("draft"), after=st.just("shadow"), reason=TEXT),
)
EARLY, LATE = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - hypothesis adds the zone itself
INSTANTS = st.datetimes(timezones=st.just(UTC), min_value=EARLY, max_value=LATE)


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(st.lists(st.tuples(EVENTS, INSTANTS), max_size=6), max_size=5))
def test_any_sequence_of_events_verifies_and_reads_back(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[Event, datetime]]]
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('chain') / 'ledger.sqlite'}"
    migrate(url)
    with Ledger.open(url) as ledger:
        written = []
        for batch in batches:
            written += ledger.append_many([(event, CHIEF, at) for event, at in batch])
        assert ledger.entries() == written
        assert [(entry.event, entry.at) for entry in written] == [item for batch in batches for item in batch]
        assert ledger.verify().intact
        assert ledger.verify().events == len(written)


def test_a_program_cannot_review(any_ledger: Ledger) -> None:
    proposal = make_proposal(make_case())
    any_ledger.append(ProposalMade(proposal=proposal, state="advisory"), ROBOT, AT)
    with pytest.raises(NotAllowed, match="only a person decides"):
        any_ledger.append(ReviewGiven(review=make_review(proposal)), ROBOT, AT)
    assert any_ledger.head().seq == 1


def test_a_review_needs_a_proposal_and_its_element(any_ledger: Ledger) -> None:
    proposal = make_proposal(make_case())
    with pytest.raises(InvalidInput, match="No proposal"):
        any_ledger.append(ReviewGiven(review=make_review(proposal)), NURSE, AT)
    any_ledger.append(ProposalMade(proposal=proposal, state="advisory"), ROBOT, AT)
    with pytest.raises(InvalidInput, match="holds no element 1999-01-01"):
        any_ledger.append(ReviewGiven(review=make_review(proposal, element="1999-01-01")), NURSE, AT)
    any_ledger.append(ReviewGiven(review=make_review(proposal, element="2026-11-22")), NURSE, AT)
    assert [entry.event.event for entry in any_ledger.entries()] == ["ProposalMade", "ReviewGiven"]


def test_a_proposal_is_recorded_once(any_ledger: Ledger) -> None:
    made = ProposalMade(proposal=make_proposal(make_case()), state="shadow")
    with pytest.raises(InvalidInput, match="already"):
        any_ledger.append_many([(made, ROBOT, AT), (made, ROBOT, AT)])
    assert any_ledger.head().seq == 0, "all or none"


def test_cases_are_kept_apart_and_can_be_erased(any_ledger: Ledger) -> None:
    case = make_case()
    assert any_ledger.keep_case(case) == any_ledger.keep_case(case) == case.digest
    assert any_ledger.case(case.digest) == case
    fill(any_ledger)
    erased = any_ledger.erase_case(case.digest, CHIEF, AT, "demande de la personne")
    assert isinstance(erased.event, CaseErased)
    assert any_ledger.verify().intact
    with pytest.raises(InvalidInput, match="erased"):
        any_ledger.case(case.digest)
    with pytest.raises(InvalidInput, match="nothing was erased"):
        any_ledger.erase_case(case.digest, CHIEF, AT, "again")
    any_ledger.keep_case(case)
    assert any_ledger.case_erased(case.digest), "what was erased is not brought back"
    with pytest.raises(InvalidInput, match="No case"):
        any_ledger.case("0" * 64)


def test_a_case_changed_from_outside_is_found(any_ledger: Ledger) -> None:
    case, other = make_case(), make_case(level=7)
    any_ledger.keep_case(case)
    any_ledger.keep_case(other)
    swap = text("UPDATE cases SET content = (SELECT content FROM cases WHERE digest = :other) WHERE digest = :digest")
    with any_ledger.engine.begin() as connection:
        connection.execute(swap, {"other": other.digest, "digest": case.digest})
    with pytest.raises(LedgerDamaged, match="changed from outside"):
        any_ledger.case(case.digest)
    with any_ledger.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET content = :bytes"), {"bytes": b"nothing"})
    with pytest.raises(LedgerDamaged, match="cannot be read"):
        any_ledger.case(case.digest)


def test_entries_are_found_by_each_condition(any_ledger: Ledger) -> None:
    fill(any_ledger)
    proposal = make_proposal(make_case())
    late = any_ledger.append(SHADOW, CHIEF, AT + timedelta(hours=1))

    def found(**conditions: object) -> list[int]:
        return [entry.seq for entry in any_ledger.entries(**conditions)]  # type: ignore[arg-type]

    assert found(event="StateChanged") == [1, 6]
    assert found(actor="claire") == [3]
    assert found(application="test.counts") == [1, 2, 3, 4, 6]
    assert found(subject="unit:north") == [2, 3, 4]
    assert found(proposal=proposal.digest) == [2, 3]
    assert found(since=late.at) == [6]
    assert found(until=late.at, newest_first=True, limit=2) == [5, 4]
    assert found(before_seq=3) == [1, 2]
    assert found(after_seq=4) == [5, 6]
    assert found(event="StateChanged", actor="nobody") == []


def test_an_export_lets_anybody_recompute_the_hashes(any_ledger: Ledger) -> None:
    fill(any_ledger)
    stream = io.StringIO()
    assert any_ledger.export(stream) == 5
    last = GENESIS
    for line in stream.getvalue().splitlines():
        entry = json.loads(line)
        body = json.dumps(entry["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        actor = {f"actor_{key}": value or "" for key, value in entry["actor"].items()}
        columns = {**entry, **actor, **entry["derived"], "seq": str(entry["seq"]), "body": body}
        assert entry["previous"] == last
        assert seal([columns.get(name, "") for name in SEALED]) == entry["hash"]
        last = entry["hash"]
    assert last == any_ledger.head().hash


def test_an_instant_without_offset_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="offset"):
        ledger.append(SHADOW, CHIEF, AT.replace(tzinfo=None))
