"""State as contracts read it: committed values with a cache, and the overlay of a batch under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from contracts.errors import InvariantError
from ledger.store import PRIVATE_PREFIX, Store

PUBLIC_PREFIX = "pub/"
VALUES_CACHED_MAX = 100_000  # about 50 MB of ordinary records, in two halves
ABSENT_CACHED_MAX = 20_000  # about 3 MB of keys of ordinary length
_ABSENT_KEY_CHARACTERS_MAX = 256  # some keys hold what a reader has typed


class State:
    """Committed state. Readers in any thread see the last commit, never a batch under way."""

    def __init__(self, store: Store, values_cached_max: int = VALUES_CACHED_MAX) -> None:
        self._store = store
        # A full newer half takes the place of the older, which is forgotten whole: nobody looks for what
        # to drop. What is written stands in the newer, so the older may hold what it was before.
        self._newer: dict[str, bytes] = {}
        self._older: dict[str, bytes] = {}
        # Freezes and scores of people who have none are asked for with each act of theirs. Apart from the
        # values, so that whoever asks for ids that do not exist cannot push the values out.
        self._absent: set[str] = set()
        self._values_cached_max = values_cached_max

    def read(self, key: str) -> bytes | None:
        """Return the committed value under `key`, or None. Raises StorageFault, Stopped."""
        if self._store.fault is None:  # after a fault nobody knows what was written: the store says so
            value = self._newer.get(key)
            if value is None:
                value = self._older.get(key)
            if value is not None:
                return value
            if key in self._absent:
                return None
        # Under the store's lock, so that nothing read before a commit can enter the cache after it.
        with self._store.lock:
            found = self._store.state(key)
            if found is None:
                self._keep_absent(key)
            else:
                self._keep(key, found)
            return found

    def absent(self, keys: Iterable[str]) -> frozenset[str]:
        """Return those of these public keys under which nothing is committed; all are asked for in one go.

        Not remembered: the keys of a new statement are never asked for again. Raises StorageFault, Stopped.
        """
        asked = frozenset(keys)
        return asked - self._store.public_keys(asked) if asked else asked

    def committed(self, writes: Mapping[str, bytes], asked_once: Set[str] = frozenset()) -> None:
        """Take over what a transaction has written, but do not remember values that nobody asks for again.

        The caller still holds the store's lock.
        """
        for key, value in writes.items():
            self._absent.discard(key)
            if key not in asked_once:
                self._keep(key, value)

    def _keep_absent(self, key: str) -> None:
        if len(key) > _ABSENT_KEY_CHARACTERS_MAX:
            return
        if len(self._absent) >= ABSENT_CACHED_MAX:
            self._absent.clear()
        self._absent.add(key)

    def _keep(self, key: str, value: bytes) -> None:
        self._newer[key] = value
        if len(self._newer) > self._values_cached_max // 2:
            # In this order: a reader that finds the newer half empty must find in the older what it held.
            self._older = self._newer
            self._newer = {}


class Overlay:
    """What a batch has written so far, over the committed state: later items see earlier ones.

    `absent` are keys known to hold nothing committed while the batch is under way.
    """

    def __init__(self, state: State, absent: frozenset[str] = frozenset()) -> None:
        self._state = state
        self.absent = absent
        self.writes: dict[str, bytes] = {}

    def read(self, key: str) -> bytes | None:
        """Return the batch's own value under `key`, else the committed one."""
        value = self.writes.get(key)
        if value is not None or key in self.absent:
            return value
        return self._state.read(key)

    def apply(self, writes: Iterable[tuple[str, bytes]]) -> None:
        """Add a decision's writes. Raises InvariantError for a key that has no place in the store."""
        for key, value in writes:
            if not key.startswith((PUBLIC_PREFIX, PRIVATE_PREFIX)) or "\x00" in key:
                raise InvariantError("a contract wrote under a key that is neither pub/ nor pvt/")
            self.writes[key] = value
