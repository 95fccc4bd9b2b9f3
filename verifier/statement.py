"""A statement as an entry carries it: exact payload bytes and the signatures over them.

Only the form is judged here. Whether a key was good is `registry`'s business, whether a
signature fits its key that of `keys`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from verifier import base64url
from verifier.acts import ACTS, DIGESTS
from verifier.errors import FORM, VerificationError
from verifier.members import (
    Object,
    as_object,
    exactly,
    get_integer,
    get_list,
    get_object,
    get_text,
    get_texts,
    optional_hex64,
)
from verifier.strict_json import Json, parse_object

SIGNATURE_TYPE = "rx-statement+jws"
ALGORITHMS = ("ES256", "SM2-SM3")
TYPE = re.compile(r"(?!.{65})[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
_KID = re.compile(r"([A-Za-z0-9._-]{1,32})#[0-9a-f]{16}")
# Base64url of 32 bytes: the last character holds four bits, so that a digest has one text.
_DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_SIGNERS_MAX = 8
_DIGESTS_MAX = 16
_PRESENCE = ("authenticator_data", "client_data_json", "credential_id", "signature")


@dataclass(frozen=True, slots=True)
class Presence:
    """A WebAuthn assertion as received, not yet checked."""

    credential_id: str
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """One element of `signatures`; `subject` is the part of `kid` before its `#`."""

    algorithm: str
    kid: str
    subject: str
    signature: bytes
    message: bytes  # ASCII(protected) "." ASCII(payload)
    presence: Presence | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A well-formed statement none of whose signatures was checked yet."""

    id: str
    type: str
    organisation: str
    payload: Object
    signers: tuple[tuple[str, str], ...]  # code and claimed role, in the order of `signatures`
    signatures: tuple[Signature, ...]


def parse_statement(value: Json) -> Statement:
    """Return the statement in `value`, the `statement` member of an entry.

    Raises VerificationError unless the payload is strict JSON with all common members, `signers`
    names the subjects of `signatures` in the same order, and every element has the exact form.
    """
    members = as_object(value, "statement")
    exactly(members, ("payload", "signatures"))
    encoded = get_text(members, "payload")
    data = base64url.decode(encoded)
    payload = parse_object(data)
    tail = b"." + encoded.encode("ascii")
    signatures = tuple(_signature(item, tail) for item in get_list(members, "signatures"))
    signers = _common_members(payload)
    if [code for code, _ in signers] != [item.subject for item in signatures]:
        raise VerificationError(FORM, "signers and signatures differ")
    if not 1 <= len(signatures) <= _SIGNERS_MAX:
        raise VerificationError(FORM, "signed by nobody, or by more than eight")
    return Statement(
        sha256(data).hexdigest(),
        get_text(payload, "type"),
        get_text(payload, "iss"),
        payload,
        signers,
        signatures,
    )


def _common_members(payload: Object) -> tuple[tuple[str, str], ...]:
    for name in ("iss", "aud"):
        if not get_text(payload, name):
            raise VerificationError(FORM, f"{name} is empty")
    if not 22 <= len(get_text(payload, "jti")) <= 128:
        raise VerificationError(FORM, "jti is too short or too long")
    get_integer(payload, "iat", 253_402_300_799)
    if not TYPE.fullmatch(get_text(payload, "type")):
        raise VerificationError(FORM, "type is malformed")
    if get_text(payload, "_sd_alg") != "sha-256":
        raise VerificationError(FORM, "_sd_alg is not sha-256")
    _digests(payload)
    optional_hex64(payload, "corrects")
    signers = []
    for item in get_list(payload, "signers"):
        signer = as_object(item, "signers")
        exactly(signer, ("code", "role"))
        signers.append((get_text(signer, "code"), get_text(signer, "role")))
    return tuple(signers)


def _digests(payload: Object) -> None:
    digests, type_ = get_texts(payload, "_sd"), get_text(payload, "type")
    if list(digests) != sorted(set(digests)) or not all(map(_DIGEST.fullmatch, digests)):
        raise VerificationError(FORM, "_sd is not a sorted list of digests")
    if len(digests) > _DIGESTS_MAX or (type_ in ACTS and len(digests) != DIGESTS.get(type_, 0)):
        raise VerificationError(FORM, "_sd has another number of digests than its type")


def _signature(value: Json, tail: bytes) -> Signature:
    members = as_object(value, "signatures")
    exactly(members, ("protected", "signature"), ("header",))
    protected = get_text(members, "protected")
    algorithm, kid, subject = _protected(protected)
    signature = base64url.decode(get_text(members, "signature"))
    if len(signature) != 64:
        raise VerificationError(FORM, "a signature does not have 64 bytes")
    presence = _presence(get_object(members, "header")) if "header" in members else None
    return Signature(algorithm, kid, subject, signature, protected.encode("ascii") + tail, presence)


@lru_cache(maxsize=4096)
def _protected(text: str) -> tuple[str, str, str]:
    members = parse_object(base64url.decode(text))
    exactly(members, ("alg", "kid", "typ"))
    algorithm, kid = get_text(members, "alg"), get_text(members, "kid")
    found = _KID.fullmatch(kid)
    if algorithm not in ALGORITHMS or get_text(members, "typ") != SIGNATURE_TYPE or not found:
        raise VerificationError(FORM, "a protected header is malformed")
    return algorithm, kid, found[1]


def _presence(header: Object) -> Presence:
    # An empty header is absent and disclosures never enter an entry: presence is all there is.
    exactly(header, ("presence",))
    members = get_object(header, "presence")
    exactly(members, _PRESENCE)
    authenticator_data, client_data_json, _, signature = (
        base64url.decode(get_text(members, name)) for name in _PRESENCE
    )
    credential_id = get_text(members, "credential_id")
    return Presence(credential_id, authenticator_data, client_data_json, signature)
