"""Who looked at what: kept apart from the ledger, because it is purged when the retention time is over."""

import sqlalchemy as sa
from alembic import op

revision = "access_0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "access",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("at", "actor_kind", "actor_id", "actor_role", "what")),
        sa.Column("subject", TEXT, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("access_at", "access", ["at"])
    op.create_index("access_actor", "access", ["actor_id", "at"])
    op.create_index("access_subject", "access", ["subject", "at"])
