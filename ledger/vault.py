"""Disclosures at rest: AES-256-GCM under data keys that live in a file of their own.

Destroying a data key (and, with it, the ciphertexts) erases content without touching any entry or proof (D6).
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, delete, func, literal_column, select, update

from contracts.facts import Json
from ledger.changes import Changes, Row, compiled
from ledger.errors import DataDamaged, Erased, StoreMismatched
from ledger.schema import DATA_KEY, DISCLOSURE, KEYS
from ledger.store import Store

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
_COUNT = compiled(
    select(func.count()).select_from(DISCLOSURE).where(DISCLOSURE.c.data_key == bindparam("number"))
)
_EMPTY = compiled(
    update(DISCLOSURE)
    .values(nonce=literal_column("x''"), ciphertext=literal_column("x''"))
    .where(DISCLOSURE.c.data_key == bindparam("number"))
)
_KEY_NAMES = compiled(
    select(DATA_KEY.c.name)
    .join(DISCLOSURE, DISCLOSURE.c.data_key == DATA_KEY.c.number)
    .where(DISCLOSURE.c.statement_id == bindparam("id"))
    .distinct()
)
_UNDER = compiled(
    select(DISCLOSURE.c.idx)
    .join(DATA_KEY, DATA_KEY.c.number == DISCLOSURE.c.data_key)
    .where(DATA_KEY.c.name == bindparam("name"))
)
_LAST_USED = compiled(select(func.coalesce(func.max(DISCLOSURE.c.data_key), literal_column("0"))))
_LAST_MADE = f"SELECT seq FROM {KEYS}.sqlite_sequence WHERE name = '{DATA_KEY.name}'"
_DROP_KEY = compiled(delete(DATA_KEY).where(DATA_KEY.c.number == bindparam("number")))


@dataclass(frozen=True, slots=True)
class Sealing:
    """Disclosures to be stored with the entry at `index`, under the data key of that name."""

    index: int
    statement_id: str
    data_key: str
    disclosures: tuple[str, ...]


def seal(store: Store, sealings: Sequence[Sealing]) -> tuple[str, list[Row]]:
    """Return the write that stores the disclosures, once the data keys it needs are stored.

    Raises StorageFault, StorageFull.
    """
    keys = _data_keys(store, {sealing.data_key for sealing in sealings})
    rows: list[Row] = []
    for sealing in sealings:
        number, cipher = keys[sealing.data_key]
        nonce = os.urandom(NONCE_BYTES)
        statement_id = bytes.fromhex(sealing.statement_id)
        plaintext = json.dumps(sealing.disclosures).encode()
        ciphertext = cipher.encrypt(nonce, plaintext, statement_id)
        rows.append((sealing.index, statement_id, number, nonce, ciphertext))
    return _ADD_DISCLOSURE, rows


def _data_keys(store: Store, names: set[str]) -> dict[str, tuple[int, AESGCM]]:
    """Return the newest data key of each name with its number; where there is none, one is made."""
    newest = {name: store.rows(_NEWEST_KEY, (name,)) for name in sorted(names)}
    missing = [name for name, found in newest.items() if not found]
    if missing:
        store.write_keys(_ADD_KEY, [(name, os.urandom(KEY_BYTES)) for name in missing])
        newest |= {name: store.rows(_NEWEST_KEY, (name,)) for name in missing}
    return {name: (found[0][0], AESGCM(found[0][1])) for name, found in newest.items()}


def require_keys(store: Store) -> None:
    """Return when every data key that the vault names was made in this `keys.db`, destroyed since or not.

    An older one, restored alone, would give the lost numbers to new keys. Raises StoreMismatched.
    """
    made = store.rows(_LAST_MADE)
    if store.rows(_LAST_USED)[0][0] > (made[0][0] if made else 0):
        raise StoreMismatched("keys.db is older than vault.db: restore all files from the same backup")


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
    if not key or not ciphertext:
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


def under_one_key(store: Store, statement_id: str) -> dict[str, list[int]]:
    """Return each data key that still opens what came with that id, committed or not, with all its entries.

    Empty where nothing came with it, or all of it is erased.
    """
    with store.lock:
        names = [str(name) for (name,) in store.rows(_KEY_NAMES, (bytes.fromhex(statement_id),))]
        return {name: sorted(int(index) for (index,) in store.rows(_UNDER, (name,))) for name in names}


def erase(store: Store, data_key: str) -> int:
    """Destroy every data key of that name and what it encrypted; return how many disclosures that erased.

    Durable on return, and overwritten in the files (secure_delete); backups of keys.db must expire by
    themselves. Broken off, it is finished by calling it again. Raises StorageFault, StorageFull, Stopped.
    """
    with store.lock:
        rows = [(number,) for number, _ in store.rows(_NEWEST_KEY, (data_key,))]
        count = sum(int(store.rows(_COUNT, row)[0][0]) for row in rows)
        # The keys last: without them nobody would find what they encrypted. The rows stay, emptied, so that a
        # reader is told "erased" and not "there was nothing".
        store.commit(Changes(vault=[(_EMPTY, rows)]))
        store.write_keys(_DROP_KEY, rows)
        store.empty_write_ahead_logs()
        return count
