"""The receipt a submitter takes away: a C2SP tlog-proof that carries the leaf hash, authenticated by it.

    c2sp.org/tlog-proof@v1
    extra <base64 of the 32-byte leaf hash>
    index 5
    <base64 of each hash from the leaf's sibling to the root's child>
                                       empty line
    <the signed checkpoint, cosignatures included, verbatim>
"""

from __future__ import annotations

from functools import lru_cache

from contracts.errors import InvariantError
from ledger.merkle import ProofInvalid, Tree, check_inclusion
from ledger.note import Checkpoint, encode, parse_checkpoint_text

FIRST_LINE = "c2sp.org/tlog-proof@v1"


def for_index(tree: Tree, index: int, checkpoint: bytes) -> bytes:
    """Return the receipt of the entry at `index` under a signed checkpoint of this tree.

    What it says holds: the proof is checked against the checkpoint before release. Raises InvariantError
    when the checkpoint does not cover the index or is not one of this tree, ledger.note.NoteInvalid for a
    malformed checkpoint.
    """
    head = _head(checkpoint)
    leaf, proof = tree.leaf(index), tree.inclusion_proof(index, head.size)
    try:
        check_inclusion(leaf, index, head.size, proof, head.root)
    except ProofInvalid as error:
        raise InvariantError("our own receipt does not hold") from error
    hashes = "".join(f"{encode(item)}\n" for item in proof)
    return f"{FIRST_LINE}\nextra {encode(leaf)}\nindex {index}\n{hashes}\n".encode() + checkpoint


@lru_cache(maxsize=16)  # all entries of one commit stand under one checkpoint
def _head(checkpoint: bytes) -> Checkpoint:
    return parse_checkpoint_text(checkpoint.rpartition(b"\n\n")[0] + b"\n")
