"""Proof that a person was present: a WebAuthn assertion over one statement.

Everything but the signature is judged here; the signature itself is a task for `keys`, so that
it can run in another process. Flags are judged although an authenticator may lie about them:
that is what the attestation at enrolment is for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from verifier import base64url
from verifier.errors import AUTHORITY, SIGNATURE, VerificationError
from verifier.members import get_text
from verifier.statement import Presence
from verifier.strict_json import parse_object

USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP = 0x01, 0x04, 0x08, 0x10
ATTESTED, EXTENSIONS = 0x40, 0x80
_LABEL = b"rx-presence/v1\x00"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Domain and web origins at which an organisation's people confirm."""

    id: str
    origins: tuple[str, ...]


def challenge(statement_id: str) -> bytes:
    """Return the challenge of a statement: SHA-256("rx-presence/v1" 00 id)."""
    return sha256(_LABEL + bytes.fromhex(statement_id)).digest()


def check_presence(presence: Presence, statement_id: str, relying_party: RelyingParty) -> int:
    """Return the signature counter of an assertion made for this statement at this site.

    Raises VerificationError unless type, challenge, origin, site and flags are as they must be.
    """
    check_client_data(
        presence.client_data_json, "webauthn.get", challenge(statement_id), relying_party.origins
    )
    data = presence.authenticator_data
    if len(data) != 37 or data[32] & (ATTESTED | EXTENSIONS):
        raise VerificationError(SIGNATURE, "presence: authenticator data holds more than it must")
    check_flags(data, relying_party.id)
    return int.from_bytes(data[33:37], "big")


def signed_message(presence: Presence) -> bytes:
    """Return the bytes that an assertion's signature covers."""
    return presence.authenticator_data + sha256(presence.client_data_json).digest()


def check_client_data(data: bytes, type_: str, expected: bytes, origins: Collection[str]) -> None:
    """Return when client data is of `type_`, for the challenge `expected` and one of `origins`."""
    members = parse_object(data)
    if get_text(members, "type") != type_:
        raise VerificationError(SIGNATURE, "presence: client data is of another type")
    if get_text(members, "challenge") != base64url.encode(expected):
        raise VerificationError(SIGNATURE, "presence: the challenge belongs to something else")
    if members.get("crossOrigin", False) is not False or "topOrigin" in members:
        raise VerificationError(SIGNATURE, "presence: given inside a page of another origin")
    if get_text(members, "origin") not in origins:
        raise VerificationError(AUTHORITY, "presence: given at an origin that is not registered")


def check_flags(authenticator_data: bytes, relying_party_id: str) -> None:
    """Return when a user was present and verified at this site, by a device-bound credential."""
    flags = authenticator_data[32]
    if authenticator_data[:32] != sha256(relying_party_id.encode()).digest():
        raise VerificationError(AUTHORITY, "presence: given at another site")
    if not flags & USER_PRESENT or not flags & USER_VERIFIED:
        raise VerificationError(SIGNATURE, "presence: nobody was present or verified")
    if flags & (BACKUP_ELIGIBLE | BACKED_UP):
        raise VerificationError(SIGNATURE, "presence: the credential can be copied")
