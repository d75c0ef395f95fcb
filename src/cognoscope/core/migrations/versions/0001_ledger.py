"""The chain of events, which the database lets nobody change, fork or replace, and the case store beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = (
    "previous at event actor_kind actor_id actor_role application subject question measure proposal element verdict "
    "state as_of useful_until urgency expected amount body hash"
)


def upgrade() -> None:
    op.create_table(
        "ledger",
        sa.Column("seq", SEQ, primary_key=True, autoincrement=False),
        *(sa.Column(name, TEXT, nullable=False) for name in COLUMNS.split()),
        sqlite_strict=True,
    )
    index("ledger_previous", "previous", unique=True)
    for column in ("event", "actor_id", "subject", "application"):
        index(f"ledger_{column.removesuffix('_id')}", column, "seq")
    index("ledger_proposals", "proposal", event="ProposalMade", unique=True)
    index("ledger_latest", "application", "subject", "question", "as_of", "seq", event="ProposalMade")
    useful = "useful_until state application subject question as_of seq proposal urgency"
    index("ledger_useful", *useful.split(), event="ProposalMade")
    index("ledger_reviews", "proposal", "element", "verdict", "seq", event="ReviewGiven")
    index("ledger_outcomes", "application", "subject", "measure", "element", "seq", event="OutcomeKnown")
    index("ledger_amendments", "application", "subject", "element", "seq", event="ReviewGiven", verdict="amend")
    index("ledger_states", "application", "seq", "state", event="StateChanged")
    op.create_table(
        "cases",
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary),
        sqlite_strict=True,
    )
    op.create_index("cases_subject", "cases", ["subject"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def index(name: str, *columns: str, event: str = "", verdict: str = "", unique: bool = False) -> None:
    conditions = [f"event = '{event}'"] * bool(event) + [f"verdict = '{verdict}'"] * bool(verdict)
    where = sa.text(" AND ".join(conditions)) if conditions else None
    op.create_index(name, "ledger", list(columns), unique=unique, sqlite_where=where, postgresql_where=where)


SQLITE = (
    "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    # INSERT OR REPLACE deletes without firing the trigger above, hence the check on the row's place.
    "CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger BEGIN "
    "SELECT RAISE(ABORT, 'the ledger is append-only: an entry follows the last one') "
    "WHERE NEW.seq <> coalesce((SELECT max(seq) FROM ledger), 0) + 1 "
    "OR NEW.previous <> coalesce((SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1), printf('%064d', 0)); END",
    # What SQLite's planner should expect, so that it picks the same index in an empty ledger and in a full one:
    # entries in the index, then entries for one value of the first column, of the first two columns, and so on.
    "ANALYZE",
    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES "
    "('ledger', 'ledger_previous', '200000 1'), "
    "('ledger', 'ledger_event', '200000 20000 1'), "
    "('ledger', 'ledger_actor', '200000 20000 1'), "
    "('ledger', 'ledger_subject', '200000 2000 1'), "
    "('ledger', 'ledger_application', '200000 50000 1'), "
    "('ledger', 'ledger_proposals', '30000 1'), "
    "('ledger', 'ledger_latest', '30000 10000 1000 300 1 1'), "
    "('ledger', 'ledger_useful', '30000 10 10 5 1 1 1 1 1 1'), "
    "('ledger', 'ledger_reviews', '10000 2 1 1 1'), "
    "('ledger', 'ledger_outcomes', '50000 20000 2000 1000 2 1'), "
    "('ledger', 'ledger_amendments', '8000 5000 400 2 1'), "
    "('ledger', 'ledger_states', '20 4 1 1')",
)

POSTGRESQL = (
    "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
    "CREATE TRIGGER ledger_no_update BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    "CREATE FUNCTION ledger_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NEW.seq <> coalesce((SELECT max(seq) FROM ledger), 0) + 1 "
    "OR NEW.previous <> coalesce((SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1), repeat('0', 64)) "
    "THEN RAISE EXCEPTION 'the ledger is append-only: an entry follows the last one'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_follow()",
)
