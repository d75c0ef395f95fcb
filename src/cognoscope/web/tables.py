"""What the web keeps in the state database beside the ledger: accounts, their roles, sessions, failed sign-ins.

Instants are whole seconds since 1970 (UTC): the same column type and comparison on SQLite and PostgreSQL.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, MetaData, String, Table

METADATA = MetaData()

account = Table(
    "account",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("display_name", String(120), nullable=False),
    Column("password_hash", String(255)),
    Column("must_change", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("openid_subject", String(512), unique=True),
    Column("created_at", BigInteger, nullable=False),
)

account_role = Table(
    "account_role",
    METADATA,
    Column("account", String(80), ForeignKey("account.name"), primary_key=True),
    Column("role", String(40), primary_key=True),
)

web_session = Table(
    "web_session",
    METADATA,
    Column("id_hash", String(64), primary_key=True),
    Column("account", String(80), ForeignKey("account.name"), nullable=False),
    Column("role", String(40), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Index("ix_web_session_account", "account"),
)

sign_in_failure = Table(
    "sign_in_failure",
    METADATA,
    Column("key_hash", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_sign_in_failure_key_at", "key_hash", "at"),
)
