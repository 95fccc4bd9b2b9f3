"""The vault keeps what its last change overwrote: it and the ledger are now committed one after the other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table, and let both files bear one number: up to here they were committed together."""
    op.create_table(
        "undo",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.LargeBinary),
        schema="vault",
    )
    connection = op.get_bind()
    number = connection.exec_driver_sql("PRAGMA main.user_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA vault.user_version = {number}")
