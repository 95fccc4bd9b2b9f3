"""A statement's leaf stands with its entry alone, and no more under a state key as well.

An older version would not find the leaves of newer statements and commit them twice: it refuses this ledger.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Drop what the entries say too. `0` follows `/`."""
    op.execute("DELETE FROM public_state WHERE key >= 'pub/leaf/' AND key < 'pub/leaf0'")
