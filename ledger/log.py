"""The log as the writer extends it: the tree in memory, and the newest checkpoint signed over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from contracts.errors import InvariantError
from ledger import receipts
from ledger.errors import LogKeyMissing
from ledger.log_keys import LogKeys
from ledger.merkle import Tree


class Log:
    """The tree with its signers. One thread extends it; any thread reads `signed` and asks for proofs."""

    def __init__(self, tree: Tree, keys: LogKeys, time_ms_of: Callable[[int], int]) -> None:
        """`time_ms_of` gives the ledger time of a stored entry: of two keys it decides which sign."""
        self.tree = tree
        self.keys = keys
        self.signed = (0, b"")  # nothing is signed before recovery has checked what is stored
        self._time_ms_of = time_ms_of
        # Ed25519 gives the same bytes each time: the receipt of a replay is the first one, to the byte.
        self._checkpoint = lru_cache(maxsize=256)(self._sign_again)

    @property
    def size(self) -> int:
        """How many entries the newest signed checkpoint covers."""
        return self.signed[0]

    def extend(self, leaves: Sequence[bytes], time_ms: int) -> None:
        """Append leaves whose entries are committed and were read back, and sign a checkpoint over them.

        `time_ms` is the ledger time of the last entry. Raises LogKeyMissing, InvariantError.
        """
        for leaf in leaves:
            self.tree.append(leaf)
        size = self.tree.size
        checkpoint = self.keys.sign(size, self.tree.root(size), time_ms)
        if leaves:  # every receipt is checked by whoever writes it out, this one here: a wrong tree must stop
            receipts.for_index(self.tree, size - 1, checkpoint)
        self.signed = size, checkpoint

    def proof(self, index: int, signed_size: int) -> receipts.Proof:
        """Return what the receipt of an entry says, under the log's own checkpoint of `signed_size`.

        Where the key that signed it is given up, under the newest one. Raises InvariantError when nothing of
        that size has been signed.
        """
        newest_size, newest = self.signed
        if signed_size > newest_size:
            raise InvariantError("a receipt of a size that was never signed")
        checkpoint = newest if signed_size == newest_size else self._checkpoint(signed_size) or newest
        return receipts.proof_of(self.tree, index, checkpoint)

    def _sign_again(self, size: int) -> bytes:
        """The checkpoint of an earlier size, to the byte; empty where a key that signed it is gone."""
        time_ms = self._time_ms_of(size - 1) if self.keys.handed_over else 0
        try:
            return self.keys.sign(size, self.tree.root(size), time_ms)
        except LogKeyMissing:
            return b""
