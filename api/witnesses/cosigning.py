"""Cosignatures for published checkpoints: ask every witness, verify, keep what the policy wants.

Runs beside the writer and never in its way: an acknowledgement carries the log's signature at
once and is cosigned when the witnesses have answered. C2SP tlog-witness (client side),
tlog-cosignature (`cosignature/v1`).
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from api.witnesses.client import Reply, post
from api.witnesses.policy import NoteKey, Witness, WitnessPolicy

TIMEOUT_S = 5.0
ATTEMPTS_MAX = 3  # the first guess of the witness's size, the size it named, and one lost race
PROOF_LINES_MAX = 63
BACKOFF_S_MAX = 60.0
FAILURES_TOLD = 2  # a single one may be a lost race with our own next checkpoint
SIZE_TYPE = "text/x.tlog.size"
_SIGNATURE_START = "\u2014 "
_LACKS = "a witness has cosigned what this log lacks"
_FORKED = "this log does not continue what a witness has cosigned: it has forked"
_REMEDY = "stop, keep this folder, restore the newest backup; if the witness errs, name only the others"

_log = structlog.get_logger("rx")

Post = Callable[[str, bytes, float], Reply]


class CosigningError(Exception):
    """A witness gave no cosignature that holds; the message says why, for the operator."""


class CosignedLog(Protocol):
    """What cosigning needs from a ledger."""

    def published_checkpoint(self) -> bytes:
        """Return the newest published checkpoint, signed by the log."""

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Return the RFC 6962 proof between two sizes, 0 < old < new."""

    def add_cosignatures(self, size: int, lines: list[str]) -> None:
        """Keep verified cosignature lines with the published checkpoint of `size`."""


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint to be cosigned; `note` has the log's signature lines alone, `others` the rest."""

    text: bytes
    size: int
    note: bytes
    others: bytes = b""


@dataclass(frozen=True, slots=True)
class Collected:
    """What one round brought: who cosigned this size, whether that meets the policy, what failed."""

    size: int
    cosigned_by: tuple[str, ...]
    is_met: bool
    faults: Mapping[str, str]


@dataclass(slots=True)
class _Round:
    """The cosignatures of one size so far, by witness name."""

    size: int
    lines: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Progress:
    """What we remember of a witness between checkpoints; nothing is lost with it but a request."""

    size: int = 0
    busy: bool = False
    fault: str = ""
    failures: int = 0
    not_before: float = 0.0
    is_told: bool = False
    conflict: str = ""

    def answered(self, fault: str) -> None:
        """Take the end of a request; after one that failed the witness is left alone for a while."""
        self.busy = False
        self.fault = fault
        self.failures = self.failures + 1 if fault else 0
        pause = min(2.0 ** (self.failures - 1), BACKOFF_S_MAX) if fault else 0.0
        self.not_before = time.monotonic() + pause

    def tell(self, name: str) -> None:
        """Log once that the witness does not cosign, with the cause, and once that it does again."""
        if self.failures >= FAILURES_TOLD and not self.is_told:
            self.is_told = True
            _log.warning("witness does not cosign", witness=name, cause=self.fault)
        elif not self.failures and self.is_told:
            self.is_told = False
            _log.warning("witness cosigns again", witness=name)

    def tell_conflict(self, name: str, conflict: str, size: int) -> None:
        """Log at once, and once until it cosigns, that this log does not hold what the witness cosigned."""
        if conflict != self.conflict:
            self.conflict = conflict
            _log.critical(conflict, witness=name, size=size, remedy=_REMEDY)


class Cosigner:
    """Collects cosignatures for the newest published checkpoint. Safe for use by many threads."""

    def __init__(
        self, policy: WitnessPolicy, log: CosignedLog, timeout_s: float = TIMEOUT_S, send: Post = post
    ) -> None:
        self._policy = policy
        self._log = log
        self._timeout_s = timeout_s
        self._send = send
        self._changed = threading.Condition()
        self._round = _Round(-1)
        self._progress = {one.name: _Progress() for one in policy.witnesses if one.url}

    @property
    def failures(self) -> Mapping[str, int]:
        """How many requests in a row brought no cosignature, by the policy's name of each witness asked."""
        return {name: one.failures for name, one in self._progress.items()}

    @property
    def conflicts(self) -> Mapping[str, bool]:
        """Whether this log does not hold what the witness has cosigned, by the policy's name of each."""
        return {name: bool(one.conflict) for name, one in self._progress.items()}

    def collect(self) -> Collected:
        """Ask the witnesses that have not cosigned the newest published checkpoint; return the state.

        Waits for answers at most the time-out. A witness that answers later is still counted, one
        that failed is left alone for a while, longer each time. Lines go to the ledger as soon as
        the policy is met, later ones as they come; what the ledger could not take, with the next call.
        """
        published = parse_published(self._log.published_checkpoint(), self._policy.log)
        with self._changed:
            if published.size > self._round.size:
                self._round = _round(published, self._policy)
            current = self._round
            self._keep(current)  # what could not be kept in an earlier call
            asked = [one for one in self._policy.witnesses if self._is_due(one, current)]
            for witness in asked:
                self._progress[witness.name].busy = True
        for witness in asked:
            # A daemon thread each: a witness that never ends its answer holds up nobody, not even our exit.
            threading.Thread(target=self._ask, args=(witness, published, current), daemon=True).start()
        return self._wait(asked, current)

    def _is_due(self, witness: Witness, current: _Round) -> bool:
        progress = self._progress.get(witness.name)
        if progress is None or progress.busy or witness.name in current.lines:
            return False
        return time.monotonic() >= progress.not_before

    def _wait(self, asked: list[Witness], current: _Round) -> Collected:
        deadline = time.monotonic() + self._timeout_s
        with self._changed:
            while any(self._progress[one.name].busy for one in asked):
                remaining = deadline - time.monotonic()
                if remaining <= 0 or not self._changed.wait(remaining):
                    break
            signed = tuple(sorted(current.lines))
            faults = {name: one.fault for name, one in self._progress.items() if one.fault}
            return Collected(current.size, signed, self._policy.is_met(signed), faults)

    def _ask(self, witness: Witness, published: Published, current: _Round) -> None:
        progress = self._progress[witness.name]
        line = ""
        try:
            line = self._cosignature(witness, published, progress)
            fault = ""
        except CosigningError as error:
            fault = str(error)
        except Exception as error:  # a fault of ours must not leave the witness marked busy for ever
            fault = f"{type(error).__name__}: {error}"
        with self._changed:
            progress.answered(fault)
            progress.tell(witness.name)
            if line:
                current.lines[witness.name] = line
                self._keep(current)
            self._changed.notify_all()

    def _keep(self, current: _Round) -> None:
        """Give the ledger the lines that it has not taken yet, once the policy is met, or tell its fault."""
        fresh = [name for name in current.lines if name not in current.kept]
        if not fresh or not self._policy.is_met(current.lines):
            return
        fault = ""
        try:
            self._log.add_cosignatures(current.size, [current.lines[name] for name in fresh])
            current.kept.update(fresh)
        except Exception as error:  # the ledger's own faults surface where it writes; here they are told
            fault = f"cosignatures of size {current.size} not kept: {type(error).__name__}"
        for name in fresh:  # each of them has answered: no fault of its own stands there
            self._progress[name].fault = fault

    def _cosignature(self, witness: Witness, published: Published, progress: _Progress) -> str:
        for _ in range(ATTEMPTS_MAX):
            body = request_from(self._log, progress.size, published)
            reply = self._send(f"{witness.url}/add-checkpoint", body, self._timeout_s)
            if reply.status == 200:
                line = verified_line(reply.body, witness.key, published.text)
                progress.size, progress.conflict = published.size, ""
                return line
            self._take_refusal(reply, witness, published, progress)
        raise CosigningError("named another size each time")

    def _take_refusal(
        self, reply: Reply, witness: Witness, published: Published, progress: _Progress
    ) -> None:
        """Take the size to ask from next. Raises CosigningError unless the witness names one of our own."""
        answered = f"answered {reply.status}: {_shown(reply.body)}"
        if progress.size and refuses_tree(reply, progress.size, published.size):
            progress.tell_conflict(witness.name, _FORKED, progress.size)
            raise CosigningError(f"this log does not continue its size {progress.size}: {answered}")
        named = size_named(reply)
        if named is None:
            raise CosigningError(answered)
        if named > published.size:  # not remembered: asked from there it answers 400
            self._tell_lost(named, witness, progress)
            raise CosigningError(f"has cosigned size {named}, we publish {published.size}")
        progress.size = named

    def _tell_lost(self, size: int, witness: Witness, progress: _Progress) -> None:
        """Tell the operator when it is not a newer checkpoint of ours that went out meanwhile."""
        newest = parse_published(self._log.published_checkpoint(), self._policy.log)
        if size > newest.size:
            progress.tell_conflict(witness.name, _LACKS, size)


def request_from(log: CosignedLog, old: int, published: Published) -> bytes:
    """Return the body that asks for a cosignature by whoever has cosigned `old` entries of this log."""
    proof = log.consistency_proof(old, published.size) if 0 < old < published.size else []
    return request_body(old, proof, published.note)


def request_body(old: int, proof: list[bytes], note: bytes) -> bytes:
    """Return the body of add-checkpoint. C2SP tlog-witness. Raises CosigningError."""
    if len(proof) > PROOF_LINES_MAX:
        raise CosigningError("a consistency proof of more than 63 hashes")
    lines = [f"old {old}", *(base64.b64encode(one).decode("ascii") for one in proof), "", ""]
    return "\n".join(lines).encode() + note


def parse_published(note: bytes, log: NoteKey) -> Published:
    """Return our own checkpoint, the log's signature lines apart from those of others.

    Raises CosigningError unless the note is a checkpoint of the policy's log with a line of its key.
    """
    text, blank, signatures = note.rpartition(b"\n\n")
    lines = text.decode("utf-8", "replace").split("\n")
    if not blank or len(lines) != 3 or lines[0] != log.name or not _is_size(lines[1]):
        raise CosigningError("the published checkpoint is not one of the policy's log")
    start = f"{_SIGNATURE_START}{log.name} ".encode()
    split = signatures.splitlines(keepends=True)
    own = b"".join(line for line in split if line.startswith(start))
    if not own:
        raise CosigningError("the published checkpoint lacks the log's signature")
    others = b"".join(line for line in split if not line.startswith(start))
    return Published(text + b"\n", int(lines[1]), text + b"\n\n" + own, others)


def _round(published: Published, policy: WitnessPolicy) -> _Round:
    """Return a new round that knows the cosignatures which the checkpoint already carries."""
    lines = _lines(published, policy)
    return _Round(published.size, lines, set(lines))


def cosigned_by(note: bytes, policy: WitnessPolicy) -> list[str]:
    """Return the policy's names of the witnesses whose cosignatures stand under a checkpoint and hold.

    Raises CosigningError unless the note is a checkpoint of the policy's log.
    """
    return list(_lines(parse_published(note, policy.log), policy))


def _lines(published: Published, policy: WitnessPolicy) -> dict[str, str]:
    found: dict[str, str] = {}
    for witness in policy.witnesses:
        with contextlib.suppress(CosigningError):  # none of this witness
            found[witness.name] = verified_line(published.others, witness.key, published.text)
    return found


def verified_line(body: bytes, key: NoteKey, text: bytes) -> str:
    """Return the one line of `body` that is `key`'s cosignature over `text`, without line feed.

    Lines of other keys are left out. Raises CosigningError unless there is exactly one of this
    key and it holds. C2SP tlog-cosignature.
    """
    try:
        lines = body.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise CosigningError("answered something other than text") from None
    found = [line for line in lines if line.startswith(f"{_SIGNATURE_START}{key.name} ")]
    payloads = [(line, _payload(line, key)) for line in found]
    own = [(line, payload) for line, payload in payloads if payload[:4] == key.key_id]
    if len(own) != 1:
        raise CosigningError("answered without exactly one cosignature of its key")
    line, payload = own[0]
    _verify(payload, key, text)
    return line


def _payload(line: str, key: NoteKey) -> bytes:
    encoded = line.removeprefix(f"{_SIGNATURE_START}{key.name} ")
    try:
        payload = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise CosigningError("answered a line that is not base64") from None
    if base64.b64encode(payload).decode("ascii") != encoded:
        raise CosigningError("answered base64 that is not canonical")
    return payload


def _verify(payload: bytes, key: NoteKey, text: bytes) -> None:
    time_s = int.from_bytes(payload[4:12], "big")
    if len(payload) != 4 + 8 + 64 or not 0 < time_s < 1 << 63:
        raise CosigningError("answered a cosignature of the wrong form")
    message = f"cosignature/v1\ntime {time_s}\n".encode() + text
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(payload[12:], message)
    except (InvalidSignature, ValueError):
        raise CosigningError("answered a cosignature that does not hold for our checkpoint") from None


def size_named(reply: Reply) -> int | None:
    """Return the size that a witness names as its own in its answer 409, None where it names none."""
    text = reply.body.decode("ascii", "replace").removesuffix("\n")
    if reply.status != 409 or reply.content_type != SIZE_TYPE or not _is_size(text):
        return None
    return int(text)


def refuses_tree(reply: Reply, old: int, size: int) -> bool:
    """Return whether a witness of `old` entries has answered that this log's `size` do not continue them.

    For another root of one size tlog-witness had 409, and no body for it, before 1.0.0 made it 422.
    """
    return reply.status == 422 or (reply.status == 409 and old == size and size_named(reply) in (None, old))


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19 and (text == "0" or text[0] != "0")


def _shown(body: bytes) -> str:
    text = body[:120].decode("utf-8", "replace")
    return "".join(character for character in text if character.isprintable())
