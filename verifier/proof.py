"""C2SP tlog-proof files: a receipt that holds its own checkpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.errors import CHECKPOINT, TREE, VerificationError
from verifier.merkle_check import HASH_SIZE, SIZE_MAX
from verifier.note import NOTE_BYTES_MAX, decode_base64

HEADER = "c2sp.org/tlog-proof@v1"
_HASHES_MAX = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Proof:
    """A well-formed receipt, nothing in it checked yet; `extra` is None where it has none."""

    index: int
    extra: bytes | None
    hashes: tuple[bytes, ...]
    checkpoint: bytes


def parse_proof(data: bytes) -> Proof:
    """Return the receipt in `data`. Raises VerificationError if its form is not exact."""
    if len(data) > NOTE_BYTES_MAX:
        raise VerificationError(CHECKPOINT, "receipt is too long")
    head, blank, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise VerificationError(CHECKPOINT, "receipt is malformed") from None
    if not blank or lines.pop(0) != HEADER:
        raise VerificationError(CHECKPOINT, "not a tlog-proof of version 1")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None or int(found[1]) > SIZE_MAX or len(lines) > _HASHES_MAX:
        raise VerificationError(TREE, "receipt has no index")
    hashes = tuple(decode_base64(line) for line in lines)
    if any(len(value) != HASH_SIZE for value in hashes):
        raise VerificationError(TREE, "a hash in the receipt does not have 32 bytes")
    return Proof(int(found[1]), extra, hashes, checkpoint)
