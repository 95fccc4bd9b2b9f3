"""`add-checkpoint`: request bytes to answer. C2SP tlog-witness; knows nothing of HTTP but status codes.

    old 20852014                                    size that the witness cosigned last
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=    consistency proof, at most 63 lines
                                                    empty line
    <signed checkpoint>
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from network.witness.key import Cosigner
from network.witness.store import Seen, Store, Transaction
from verifier.errors import VerificationError
from verifier.merkle_check import EMPTY_ROOT, HASH_SIZE, SIZE_MAX, check_consistency
from verifier.note import (
    ED25519,
    Checkpoint,
    Note,
    NoteKey,
    SignatureLine,
    decode_base64,
    parse,
    parse_checkpoint,
    verify,
)

PROOF_LINES_MAX = 63
_OLD_LINE = re.compile(rb"old (0|[1-9][0-9]{0,18})\Z")
_TEXT = "text/plain; charset=utf-8"
_SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back. A 200 is given only once the store holds the tree durably."""

    status: int
    body: bytes
    content_type: str = _TEXT


class Refused(Exception):
    """A request that is not cosigned, with its answer."""

    def __init__(self, status: int, reason: str, content_type: str = _TEXT) -> None:
        super().__init__(reason)
        self.answer = Answer(status, f"{reason}\n".encode(), content_type)


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed request none of whose claims is verified yet."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


class Witness:
    """Decides on checkpoints of the logs it was configured with. Safe for use by many threads."""

    def __init__(
        self, cosigner: Cosigner, logs: Sequence[NoteKey], store: Store, now_s: Callable[[], int]
    ) -> None:
        """Watch the logs named by `logs`; several keys of one name are one log's keys. Raises ValueError."""
        self._cosigner = cosigner
        self._store = store
        self._now_s = now_s
        self._keys: dict[str, list[NoteKey]] = {}
        for key in logs:
            if key.algorithm != ED25519:
                raise ValueError(f"{key.text} is not a log's key")
            self._keys.setdefault(key.name, []).append(key)
        self._origin_by_hash: Mapping[str, str] = {
            sha256(origin.encode()).hexdigest(): origin for origin in self._keys
        }

    @property
    def key(self) -> NoteKey:
        """The key that readers pin."""
        return self._cosigner.key

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer an add-checkpoint request. Raises only what the store raises; nothing is cosigned then."""
        try:
            request = parse_request(body)
            log_lines = self._verified_lines(request)
            if request.old_size > request.checkpoint.size:
                raise Refused(400, "old size is above the checkpoint's size")
            # From here on under the store's write lock: what is compared cannot change before it is replaced.
            with self._store.transaction() as transaction:
                line = self._cosign(request, log_lines, transaction)
        except Refused as refused:
            return refused.answer
        return Answer(200, line.encode())

    def checkpoint(self, origin_hash: str) -> Answer:
        """Answer a monitor: the largest tree cosigned of the log whose origin has this SHA-256."""
        origin = self._origin_by_hash.get(origin_hash)
        if origin is None:
            return Refused(404, "unknown log").answer
        with self._store.transaction() as transaction:
            seen = transaction.seen(origin)
        if seen is None:
            return Refused(404, "no checkpoint of this log was cosigned yet").answer
        return Answer(200, seen.checkpoint)

    def _verified_lines(self, request: Request) -> dict[str, None]:
        """The note's signature lines by the log's own keys, each verified, each once."""
        origin = request.checkpoint.origin
        if origin not in self._keys:
            raise Refused(404, "unknown log")
        known = {(key.name, key.key_id): key for key in self._keys[origin]}
        verified: dict[str, None] = {}
        for line in request.note.signatures:
            key = known.get((line.name, line.key_id))
            if key is None:
                continue  # cosignatures of others, and keys that we were not told of
            try:
                verify(request.note.text, line, key)
            except VerificationError as error:
                raise Refused(403, "a signature of the log's key does not hold") from error
            verified[_line_text(line)] = None
        if not verified:
            raise Refused(403, "not signed by a key of the log")
        return verified

    def _cosign(self, request: Request, log_lines: Iterable[str], transaction: Transaction) -> str:
        checkpoint = request.checkpoint
        seen = transaction.seen(checkpoint.origin)
        last_size = seen.size if seen else 0
        if request.old_size != last_size:
            raise Refused(409, str(last_size), _SIZE_TYPE)
        _check_continues(request, seen.root if seen else EMPTY_ROOT)
        # A clock that was set back must not date a larger tree before a smaller one.
        time_s = max(self._now_s(), seen.time_s if seen else 1)
        line = self._cosigner.line(request.note.text, time_s)
        cosigned = request.note.text + f"\n{''.join(log_lines)}{line}".encode()
        transaction.remember(checkpoint.origin, Seen(checkpoint.size, checkpoint.root, time_s, cosigned))
        return line


def parse_request(body: bytes) -> Request:
    """Return the request's parts, none of them verified. Raises Refused with 400 for any other form."""
    head, blank, signed = body.partition(b"\n\n")
    old_line, *proof_lines = head.split(b"\n")
    match = _OLD_LINE.match(old_line)
    if not blank or match is None or int(match[1]) > SIZE_MAX:
        raise Refused(400, "the first line is not an old size, or no checkpoint follows")
    if len(proof_lines) > PROOF_LINES_MAX:
        raise Refused(400, f"more than {PROOF_LINES_MAX} proof lines")
    try:
        proof = tuple(decode_base64(line.decode("ascii")) for line in proof_lines)
        note = parse(signed)
        checkpoint = parse_checkpoint(note.text)
    except (VerificationError, UnicodeDecodeError) as error:
        raise Refused(400, "malformed proof or checkpoint") from error
    if any(len(item) != HASH_SIZE for item in proof):
        raise Refused(400, "a proof line is not a SHA-256 hash")
    return Request(int(match[1]), proof, note, checkpoint)


def _check_continues(request: Request, last_root: bytes) -> None:
    """Return only if the checkpoint's tree continues the last one cosigned, of `old_size` and this root."""
    checkpoint = request.checkpoint
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise Refused(422, "the empty tree has another root")
    if request.old_size == 0:
        if request.proof:
            raise Refused(422, "nothing is proven from the empty tree")
        return
    try:
        check_consistency(request.old_size, last_root, checkpoint.size, checkpoint.root, request.proof)
    except VerificationError as error:
        raise Refused(422, f"not a continuation of the tree that was cosigned: {error}") from error


def _line_text(line: SignatureLine) -> str:
    return f"\u2014 {line.name} {b64encode(line.key_id + line.payload).decode()}\n"
