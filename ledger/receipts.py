"""The receipt a submitter takes away: a C2SP tlog-proof that carries the leaf hash, authenticated by it.

    c2sp.org/tlog-proof@v1
    extra <base64 of the 32-byte leaf hash>
    index 5
    <base64 of each hash from the leaf's sibling to the root's child>
                                       empty line
    <the signed checkpoint, cosignatures included, verbatim>
"""

from __future__ import annotations

from collections.abc import Sequence

from contracts.errors import InvariantError
from ledger.merkle import ProofInvalid, Tree, check_inclusion
from ledger.note import encode, parse_checkpoint_text

FIRST_LINE = "c2sp.org/tlog-proof@v1"


def build(leaf: bytes, index: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """Return the receipt. What it says holds: the proof is checked against the checkpoint before release.

    Raises InvariantError when it does not, ledger.note.NoteInvalid for a malformed checkpoint.
    """
    tree_head = parse_checkpoint_text(checkpoint.rpartition(b"\n\n")[0] + b"\n")
    try:
        check_inclusion(leaf, index, tree_head.size, proof, tree_head.root)
    except ProofInvalid as error:
        raise InvariantError("our own receipt does not hold") from error
    hashes = "".join(f"{encode(item)}\n" for item in proof)
    return f"{FIRST_LINE}\nextra {encode(leaf)}\nindex {index}\n{hashes}\n".encode() + checkpoint


def for_index(tree: Tree, index: int, checkpoint: bytes) -> bytes:
    """Return the receipt of the entry at `index` under a signed checkpoint of this tree.

    Raises InvariantError when the checkpoint does not cover the index or is not one of this tree.
    """
    size = parse_checkpoint_text(checkpoint.rpartition(b"\n\n")[0] + b"\n").size
    return build(tree.leaf(index), index, tree.inclusion_proof(index, size), checkpoint)
