"""The receipt a submitter takes away: a C2SP tlog-proof that carries the leaf hash, authenticated by it.

    c2sp.org/tlog-proof@v1
    extra <base64 of the 32-byte leaf hash>
    index 5
    <base64 of each hash from the leaf's sibling to the root's child>
                                       empty line
    <the signed checkpoint, cosignatures included, verbatim>
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from contracts.errors import InvariantError
from ledger.merkle import HASH_BYTES, ProofInvalid, Tree, check_inclusion
from ledger.note import Checkpoint, encode, parse_checkpoint_text

FIRST_LINE = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a receipt says. The writer takes it from the tree; whoever answers checks it and writes it out.

    In another process than the writer's, where there is one (api/processes): that is as much work.
    """

    index: int
    leaf: bytes
    hashes: bytes  # from the leaf's sibling to the root's child, 32 bytes each
    checkpoint: bytes

    def __reduce__(self) -> tuple[type[Proof], tuple[int, bytes, bytes, bytes]]:
        """Pickled as its fields: what a dataclass does by itself looks them up in Python, for each object."""
        return Proof, (self.index, self.leaf, self.hashes, self.checkpoint)

    def receipt(self) -> bytes:
        """Return the receipt. What it says holds: the proof is checked against the checkpoint before release.

        Raises InvariantError when the checkpoint does not cover the index or the proof does not lead to it,
        ledger.note.NoteInvalid for a malformed checkpoint.
        """
        head = _head(self.checkpoint)
        starts = range(0, len(self.hashes), HASH_BYTES)
        proof = [self.hashes[start : start + HASH_BYTES] for start in starts]
        try:
            check_inclusion(self.leaf, self.index, head.size, proof, head.root)
        except ProofInvalid as error:
            raise InvariantError("our own receipt does not hold") from error
        lines = "".join([f"{encode(item)}\n" for item in proof])
        said = f"{FIRST_LINE}\nextra {encode(self.leaf)}\nindex {self.index}\n{lines}\n"
        return said.encode() + self.checkpoint


def proof_of(tree: Tree, index: int, checkpoint: bytes) -> Proof:
    """Return the proof of the entry at `index` under a signed checkpoint of this tree.

    Raises InvariantError when the checkpoint does not cover the index, ledger.note.NoteInvalid.
    """
    hashes = b"".join(tree.inclusion_proof(index, _head(checkpoint).size))
    return Proof(index, tree.leaf(index), hashes, checkpoint)


def for_index(tree: Tree, index: int, checkpoint: bytes) -> bytes:
    """Return the receipt of the entry at `index`. Raises as `proof_of` and `Proof.receipt` do."""
    return proof_of(tree, index, checkpoint).receipt()


@lru_cache(maxsize=16)  # all entries of one commit stand under one checkpoint
def _head(checkpoint: bytes) -> Checkpoint:
    return parse_checkpoint_text(checkpoint.rpartition(b"\n\n")[0] + b"\n")
