"""The tables of the three files, as SQLAlchemy Core sees them; `ledger/migrations` alone creates them.

    ledger.db   what may be shown for ever: entries, public state, chains, published checkpoints
    vault.db    what may have to be erased: encrypted disclosures, private state; what was overwritten last
    keys.db     the data keys that open the disclosures; destroying one erases what it encrypts
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text

MAIN = "main"
VAULT = "vault"
KEYS = "keys"
SCHEMAS = (MAIN, VAULT, KEYS)

METADATA = MetaData()

ENTRY = Table(
    "entry",
    METADATA,
    Column("idx", Integer, primary_key=True, autoincrement=False),  # the entry's index in the log
    Column("bytes", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("statement_id", LargeBinary, unique=True),  # null for refusals: they take no id
    Column("signed_size", Integer, nullable=False),  # size of the checkpoint of the receipt given at once
)
PUBLIC_STATE = Table(
    "public_state",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
CHAIN = Table(
    "chain",
    METADATA,
    Column("chain", Text, primary_key=True),
    Column("idx", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
PUBLISHED = Table(
    "published",
    METADATA,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("checkpoint", LargeBinary, nullable=False),  # signed note, with the cosignatures so far
    Column("cosigned", Integer, nullable=False),  # 1 once there is a cosignature
)
PRIVATE_STATE = Table(
    "private_state",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    schema=VAULT,
)
UNDO = Table(
    "undo",
    METADATA,
    Column("key", Text, nullable=False),  # of private_state
    Column("value", LargeBinary),  # before the vault's last change; null where there was none
    schema=VAULT,
)
DISCLOSURE = Table(
    "disclosure",
    METADATA,
    Column("idx", Integer, primary_key=True, autoincrement=False),  # the entry they came with
    Column("statement_id", LargeBinary, nullable=False),
    Column("data_key", Integer, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Index("disclosure_data_key", "data_key"),
    schema=VAULT,
)
DATA_KEY = Table(
    "data_key",
    METADATA,
    # Numbers are never used again: a later key of the same name must not seem to open erased content.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Index("data_key_name", "name"),
    sqlite_autoincrement=True,
    schema=KEYS,
)
