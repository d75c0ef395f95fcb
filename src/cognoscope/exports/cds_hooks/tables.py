"""The cards that were sent, so that feedback finds what it is about."""

from sqlalchemy import Column, Index, MetaData, String, Table

METADATA = MetaData()

cds_card = Table(
    "cds_card",
    METADATA,
    Column("uuid", String(36), primary_key=True),
    Column("client", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("proposal", String(64), nullable=False),
    Column("element", String(80), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("role", String(40), nullable=False),
    Column("shown_at", String(40), nullable=False),
    Index("cds_card_proposal", "proposal"),
)
"""`actor` is the pseudonym of the person the card was shown to, `shown_at` an instant as the ledger writes it."""
