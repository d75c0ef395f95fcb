"""Programs that may call our services with a signature, the signatures they have used, and the cards they were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "machine_client",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("issuer", sa.String(512), nullable=False, unique=True),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("origins", sa.Text, nullable=False),
        sa.Column("jwks", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "machine_nonce",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_machine_nonce_expires_at", "machine_nonce", ["expires_at"])
    op.create_table(
        "cds_card",
        sa.Column("uuid", sa.String(36), primary_key=True),
        sa.Column("client", sa.String(60), nullable=False),
        sa.Column("service", sa.String(60), nullable=False),
        sa.Column("proposal", sa.String(64), nullable=False),
        sa.Column("element", sa.String(80), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("shown_at", sa.String(40), nullable=False),
    )
    op.create_index("cds_card_proposal", "cds_card", ["proposal"])
