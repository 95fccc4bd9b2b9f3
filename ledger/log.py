"""The log as the writer extends it: the tree in memory, and the newest checkpoint signed over it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from contracts.errors import InvariantError
from ledger import receipts
from ledger.merkle import Tree
from ledger.note import LogSigner


class Log:
    """The tree with its signer. One thread extends it; any thread reads `signed` and asks for receipts."""

    def __init__(self, tree: Tree, signer: LogSigner) -> None:
        self.tree = tree
        self.signer = signer
        self.signed = (0, b"")  # nothing is signed before recovery has checked what is stored
        # Ed25519 gives the same bytes each time: the receipt of a replay is the first one, to the byte.
        self._checkpoint = lru_cache(maxsize=256)(self._sign)

    @property
    def size(self) -> int:
        """How many entries the newest signed checkpoint covers."""
        return self.signed[0]

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Append leaves whose entries are committed and were read back, and sign a checkpoint over them."""
        for leaf in leaves:
            self.tree.append(leaf)
        self.signed = self._sign(self.tree.size)

    def receipt(self, index: int, signed_size: int) -> bytes:
        """Return the receipt of an entry under the log's own checkpoint of `signed_size`.

        Raises InvariantError when nothing of that size has been signed.
        """
        newest_size, newest = self.signed
        if signed_size > newest_size:
            raise InvariantError("a receipt of a size that was never signed")
        checkpoint = newest if signed_size == newest_size else self._checkpoint(signed_size)[1]
        return receipts.for_index(self.tree, index, checkpoint)

    def _sign(self, size: int) -> tuple[int, bytes]:
        return size, self.signer.sign(size, self.tree.root(size))
