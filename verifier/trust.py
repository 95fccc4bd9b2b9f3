"""The reader's trust file: the only thing a verification takes on faith."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verifier import base64url
from verifier.errors import TRUST, Undecided, VerificationError
from verifier.keys import check_key
from verifier.keys import kid as key_id
from verifier.members import Object, as_object, exactly, get_hex64, get_text, get_texts
from verifier.note import ED25519, NoteKey, parse_key
from verifier.policy import Policy, parse_policy

FORMAT = "rx-trust/v1"
PROFILES = ("sandbox", "production")
_BYTES_MAX = 1 << 20


@dataclass(frozen=True, slots=True)
class Trust:
    """Origin, log keys, genesis leaf, profile and witness policy that the reader pinned."""

    origin: str
    log_keys: tuple[NoteKey, ...]
    genesis: bytes
    profile: str
    policy: Policy
    signers: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    """Keys of people that the reader pinned, kid -> (algorithm, SPKI); only receipts use them."""


def read_trust(path: Path) -> Trust:
    """Return the trust file at `path`. Raises Undecided if it cannot be read or is malformed."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Undecided(TRUST, f"trust file cannot be read: {error.strerror}") from None
    try:
        return parse_trust(data)
    except VerificationError as error:
        raise Undecided(TRUST, f"trust file is malformed: {error.message}") from None


def parse_trust(data: bytes) -> Trust:
    """Return the trust file in `data`. Raises VerificationError if anything in it does not fit."""
    members = _members(data)
    exactly(members, ("format", "genesis", "log_keys", "origin", "policy", "profile"), ("signers",))
    if get_text(members, "format") != FORMAT:
        raise VerificationError(TRUST, "unknown format")
    origin, profile = get_text(members, "origin"), get_text(members, "profile")
    keys = tuple(parse_key(vkey) for vkey in get_texts(members, "log_keys"))
    policy = parse_policy(get_text(members, "policy"))
    if profile not in PROFILES:
        raise VerificationError(TRUST, "unknown profile")
    if not keys or len(set(keys)) != len(keys):
        raise VerificationError(TRUST, "no log key, or one twice")
    if any(key.algorithm != ED25519 or key.name != origin for key in keys):
        raise VerificationError(TRUST, "a log key is not an Ed25519 key in the name of the origin")
    if any(log not in keys for log in policy.logs):
        raise VerificationError(TRUST, "the policy names a log key that log_keys does not list")
    genesis = bytes.fromhex(get_hex64(members, "genesis"))
    return Trust(origin, keys, genesis, profile, policy, _signers(members))


def _signers(members: Object) -> dict[str, tuple[str, bytes]]:
    """Keys that the reader pinned: a receipt of an SM2 signature cannot be checked without one."""
    found: dict[str, tuple[str, bytes]] = {}
    for kid, key in as_object(members.get("signers", {}), "signers").items():
        record = as_object(key, "signers")
        exactly(record, ("alg", "spki"))
        algorithm, spki = get_text(record, "alg"), base64url.decode(get_text(record, "spki"))
        check_key(algorithm, spki)
        if key_id(kid.partition("#")[0], spki) != kid:
            raise VerificationError(TRUST, "a signer's key is not the one that its kid names")
        found[kid] = (algorithm, spki)
    return found


def _members(data: bytes) -> Object:
    # Not the strict parser: the policy is a text of several lines. The file is the reader's own.
    if len(data) > _BYTES_MAX:
        raise VerificationError(TRUST, "too long")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError):
        raise VerificationError(TRUST, "not JSON") from None
    if not isinstance(value, dict):
        raise VerificationError(TRUST, "not a JSON object")
    return value


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members
