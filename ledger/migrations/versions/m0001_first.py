"""First tables of the ledger, the vault and the key file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Create everything: the log never changes under a later migration, state may be rebuilt."""
    _create_ledger()
    _create_vault()
    op.create_table(
        "data_key",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
        schema="keys",
    )
    op.create_index("data_key_name", "data_key", ["name"], schema="keys")


def _create_ledger() -> None:
    op.create_table(
        "entry",
        sa.Column("idx", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("statement_id", sa.LargeBinary, unique=True),
        sa.Column("signed_size", sa.Integer, nullable=False),
    )
    _create_state("public_state", None)
    op.create_table(
        "chain",
        sa.Column("chain", sa.Text, primary_key=True),
        sa.Column("idx", sa.Integer, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "published",
        sa.Column("size", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("checkpoint", sa.LargeBinary, nullable=False),
        sa.Column("cosigned", sa.Integer, nullable=False),
    )


def _create_vault() -> None:
    _create_state("private_state", "vault")
    op.create_table(
        "disclosure",
        sa.Column("idx", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("statement_id", sa.LargeBinary, nullable=False),
        sa.Column("data_key", sa.Integer, nullable=False),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        schema="vault",
    )
    op.create_index("disclosure_data_key", "disclosure", ["data_key"], schema="vault")


def _create_state(name: str, schema: str | None) -> None:
    op.create_table(
        name,
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
        schema=schema,
    )
