"""What the web keeps of registered programs: who they are, with which public keys, and which signatures were used."""

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, Text

METADATA = MetaData()

machine_client = Table(
    "machine_client",
    METADATA,
    Column("name", String(60), primary_key=True),
    Column("issuer", String(512), nullable=False, unique=True),
    Column("role", String(40), nullable=False),
    Column("origins", Text, nullable=False),
    Column("jwks", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
"""`origins` is a JSON array of web origins, `jwks` the program's JSON Web Key Set (public keys only)."""

machine_nonce = Table(
    "machine_nonce",
    METADATA,
    Column("id_hash", String(64), primary_key=True),
    Column("expires_at", BigInteger, nullable=False),
    Index("ix_machine_nonce_expires_at", "expires_at"),
)
"""The signed requests that were used, until they expire by themselves: none passes a second time."""
