"""Start-up, which is also recovery: what is stored is checked before anything is signed or written.

The store syncs its files before it opens them. After a crash SQLite has undone an unfinished commit when this
code reads its first row. What stands then was committed, answered or not; the part not yet published is read
and hashed again, and the log goes on from there.
"""

from __future__ import annotations

import json
from pathlib import Path

from contracts import keys
from contracts.facts import Read
from ledger.changes import Hook
from ledger.clock import Clock, SandboxClock
from ledger.contract import Contract
from ledger.errors import BehindCheckpoint, NotALedger
from ledger.folder import LOG, TAG_KEYS, Config
from ledger.log import Log
from ledger.log_keys import LogKeys
from ledger.merkle import Tree
from ledger.publication import Publication
from ledger.state import State
from ledger.store import Store
from ledger.tags import TagKeys
from ledger.vault import require_keys
from ledger.writer import Parts


def open_parts(
    folder: Path, config: Config, clock: Clock, contract: Contract, hook: Hook
) -> tuple[Parts, Publication, int]:
    """Return the parts of the ledger in `folder`, checked, with what is published and the last entry's time.

    Raises CannotStart subclasses, StorageFault, DataDamaged naming the first bad entry.
    """
    tag_keys = TagKeys.load(folder / TAG_KEYS)
    log_keys = LogKeys(folder, config.origin)
    store = Store(folder, hook)
    try:
        require_keys(store)
        state = State(store)
        _check_tag_keys(state.read, tag_keys)
        log_keys.load(state.read, store.locate)
        log = Log(Tree(store.leaves()), log_keys, lambda index: _time_ms(store.entries(index, index + 1)[0]))
        _check_genesis(log.tree, config)
        publication = Publication(folder / LOG, store, log)
        last_time_ms = _check_tail(store, publication.newest.size, log.tree.size)
        log.extend([], last_time_ms)
        if publication.damaged:
            publication.publish(force=True)
    except BaseException:
        store.close()
        raise
    if isinstance(clock, SandboxClock) and clock.now_ms() < last_time_ms:
        clock.set(last_time_ms)  # a sandbox goes on where it stood
    return Parts(store, state, log, tag_keys, clock, contract), publication, last_time_ms


def _check_genesis(tree: Tree, config: Config) -> None:
    if not config.genesis:  # being created
        return
    if not tree.size:
        raise NotALedger("the ledger holds no entry: restore it from its backup")
    if tree.leaf(0).hex() != config.genesis:
        raise BehindCheckpoint("entry 0 is not the genesis that this ledger was created with")


def _check_tag_keys(read: Read, tag_keys: TagKeys) -> None:
    """The key of the codes lives as long as the log (D7): under another one no pack was ever handed over."""
    genesis = read(keys.GENESIS)
    if genesis and json.loads(genesis)["tag_keys"]["codes"] != tag_keys.newest_id("codes"):
        raise NotALedger(f"{TAG_KEYS} holds other keys than those of this ledger: restore it from its backup")


def _check_tail(store: Store, published_size: int, size: int) -> int:
    """Hash again what no published checkpoint covers, and the last entry; return its time."""
    first = min(published_size, max(size - 1, 0))
    last = b""
    for start in range(first, size, 1_000):
        last = store.entries(start, min(start + 1_000, size))[-1]
    return _time_ms(last) if last else 0


def _time_ms(entry: bytes) -> int:
    return int(json.loads(entry)["time"])
