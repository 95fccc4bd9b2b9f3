"""Disclosures at rest: AES-256-GCM under data keys that live in a file of their own.

Destroying a data key (and, with it, the ciphertexts) erases content without touching any entry or proof (D6).
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.engine.interfaces import DBAPICursor

from contracts.facts import Json
from ledger.errors import DataDamaged, Erased
from ledger.schema import DATA_KEY, DISCLOSURE
from ledger.store import Store, compiled

KEY_BYTES = 32
NONCE_BYTES = 12

_NEWEST_KEY = compiled(
    select(DATA_KEY.c.number, DATA_KEY.c.key)
    .where(DATA_KEY.c.name == bindparam("name"))
    .order_by(DATA_KEY.c.number.desc())
)
_ADD_KEY = compiled(DATA_KEY.insert().values(name=bindparam("name"), key=bindparam("key")))
_ADD_DISCLOSURE = compiled(DISCLOSURE.insert())
_DISCLOSURE = compiled(
    select(
        DISCLOSURE.c.statement_id, DISCLOSURE.c.data_key, DISCLOSURE.c.nonce, DISCLOSURE.c.ciphertext
    ).where(DISCLOSURE.c.idx == bindparam("idx"))
)
_KEY = compiled(select(DATA_KEY.c.key).where(DATA_KEY.c.number == bindparam("number")))


@dataclass(frozen=True, slots=True)
class Sealing:
    """Disclosures to be stored with the entry at `index`, under the data key of that name."""

    index: int
    statement_id: str
    data_key: str
    disclosures: tuple[str, ...]


def seal(connection: Connection, sealings: list[Sealing]) -> None:
    """Store the disclosures inside the caller's transaction, making data keys that do not exist yet."""
    keys: dict[str, tuple[int, AESGCM]] = {}
    rows = []
    # Straight to the driver: two small statements for each submission, where SQLAlchemy costs ten times more.
    driver = connection.connection.cursor()
    for sealing in sealings:
        if sealing.data_key not in keys:
            keys[sealing.data_key] = _newest_key(driver, sealing.data_key)
        number, cipher = keys[sealing.data_key]
        nonce = os.urandom(NONCE_BYTES)
        statement_id = bytes.fromhex(sealing.statement_id)
        plaintext = json.dumps(sealing.disclosures).encode()
        ciphertext = cipher.encrypt(nonce, plaintext, statement_id)
        rows.append((sealing.index, statement_id, number, nonce, ciphertext))
    if rows:
        connection.exec_driver_sql(_ADD_DISCLOSURE, rows)


def _newest_key(driver: DBAPICursor, name: str) -> tuple[int, AESGCM]:
    driver.execute(_NEWEST_KEY, (name,))
    found = driver.fetchone()
    if found is not None:
        return found[0], AESGCM(found[1])
    key = os.urandom(KEY_BYTES)
    driver.execute(_ADD_KEY, (name, key))
    return driver.lastrowid, AESGCM(key)


def received(store: Store, index: int) -> tuple[str, ...]:
    """Return the disclosures that came with the entry at `index`, encoded as they were received.

    () where none came. Raises Erased when their data key has been destroyed, DataDamaged when they are not
    what was stored.
    """
    with store.lock:
        found = store.rows(_DISCLOSURE, (index,))
        key = store.rows(_KEY, (found[0][1],)) if found else []
    if not found:
        return ()
    statement_id, _, nonce, ciphertext = found[0]
    if not key:
        raise Erased("the disclosures of this statement have been erased")
    try:
        return tuple(json.loads(AESGCM(key[0][0]).decrypt(nonce, ciphertext, statement_id)))
    except InvalidTag as error:
        raise DataDamaged(f"the disclosures of entry {index} are not those that were stored") from error


def disclosures(store: Store, index: int) -> Mapping[str, Json]:
    """Return the opened disclosures that came with the entry at `index`, by group; empty if none came.

    Raises as `received` does.
    """
    return dict(_open(text) for text in received(store, index))


def _open(text: str) -> tuple[str, Json]:
    _, group, value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return group, value


def erase(store: Store, data_key: str) -> int:
    """Destroy every data key of that name and what it encrypted; return how many disclosures that erased.

    Durable on return, and overwritten in the files (secure_delete); backups of keys.db must expire by
    themselves. Raises StorageFault, StorageFull, Stopped.
    """
    with store.transaction() as connection:
        select_keys = select(DATA_KEY.c.number).where(DATA_KEY.c.name == data_key)
        numbers = list(connection.execute(select_keys).scalars())
        # The rows stay, emptied, so that a reader is told "erased" and not "there was nothing".
        emptied = update(DISCLOSURE).where(DISCLOSURE.c.data_key.in_(numbers))
        count = connection.execute(emptied.values(nonce=b"", ciphertext=b"")).rowcount
        connection.execute(delete(DATA_KEY).where(DATA_KEY.c.name == data_key))
        return count
