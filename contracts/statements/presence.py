"""Proof that a person was at the authenticator: a WebAuthn assertion over one statement.

All checks of W3C WebAuthn Level 3 §7.2 that bytes alone decide, and those that the usual
libraries let pass (`reference/security.md` §2.4). Whose authenticator it is, its counter and its
revocation are judged by rules at ledger time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.errors import Rejected
from contracts.facts import NO_RELYING_PARTY, Json, Presence
from contracts.statements import base64url, keys, strict_json

LABEL = b"rx-presence/v1\x00"
_ASSERTION_BYTES = 37  # hash of the relying party, flags, counter; extensions are not asked for

USER_PRESENT = 0x01
USER_VERIFIED = 0x04
BACKUP_ELIGIBLE = 0x08
BACKED_UP = 0x10
ATTESTED = 0x40
EXTENSIONS = 0x80


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """An organisation's web identity: the domain and the origins of its pages."""

    id: str
    origins: tuple[str, ...]

    @classmethod
    def of(cls, record: Mapping[str, Any] | None) -> RelyingParty:
        """Return the relying party of an organisation's record. Raises SCHEMA_REQUIRED if it has none.

        The office left it out: that is a question of data, and accuses nobody who stood at an authenticator.
        """
        found = (record or {}).get("relying_party")
        if not found:
            raise Rejected("SCHEMA_REQUIRED", NO_RELYING_PARTY)
        return cls(str(found["id"]), tuple(str(origin) for origin in found["origins"]))


def challenge(statement_id: str) -> bytes:
    """Return the challenge that an assertion over this statement answers (interface §1)."""
    return hashlib.sha256(LABEL + bytes.fromhex(statement_id)).digest()


def verify(
    header: Mapping[str, str],
    statement_id: str,
    credential_record: Mapping[str, Any] | None,
    relying_party: RelyingParty,
) -> Presence:
    """Return the presence that the header's assertion proves for this statement.

    Raises Rejected: HUM_CREDENTIAL_OWNER (not enrolled), HUM_*, SIG_INVALID.
    """
    if credential_record is None:
        raise Rejected("HUM_CREDENTIAL_OWNER")
    client_data = base64url.decode(header["client_data_json"])
    authenticator_data = base64url.decode(header["authenticator_data"])
    check_client_data(client_data, "webauthn.get", challenge(statement_id), relying_party)
    if len(authenticator_data) != _ASSERTION_BYTES or authenticator_data[32] & (ATTESTED | EXTENSIONS):
        raise Rejected("HUM_AUTH_DATA")
    check_flags(authenticator_data, relying_party)
    key = keys.load(keys.ES256, base64url.decode(str(credential_record["public_key"])))
    signature = base64url.decode(header["signature"])
    key.verify_der(signature, authenticator_data + hashlib.sha256(client_data).digest())
    return Presence(header["credential_id"], int.from_bytes(authenticator_data[33:37], "big"))


def check_client_data(data: bytes, type_: str, expected: bytes, relying_party: RelyingParty) -> None:
    """Return when clientDataJSON says what it must (WebAuthn §5.8.1, §7.2 steps 10-14).

    It is parsed strictly, each member once. The prefix of §5.8.1.2, made for who cannot parse JSON, is not
    compared as well: two spellings that say the same are two signatures over the same thing.

    Raises Rejected: HUM_CLIENT_DATA, HUM_TYPE, HUM_CHALLENGE_MISMATCH, HUM_ORIGIN,
    HUM_CROSS_ORIGIN.
    """
    members = _client_data(data)
    if members.get("type") != type_:
        raise Rejected("HUM_TYPE")
    if members.get("challenge") != base64url.encode(expected):
        raise Rejected("HUM_CHALLENGE_MISMATCH")
    if members.get("origin") not in relying_party.origins:
        raise Rejected("HUM_ORIGIN")
    # A page inside another's frame may have been dressed up by that other.
    if members.get("crossOrigin", False) is not False or "topOrigin" in members:
        raise Rejected("HUM_CROSS_ORIGIN")


def check_flags(authenticator_data: bytes, relying_party: RelyingParty) -> None:
    """Return when site and flags hold: person present and verified, credential bound to a device.

    Raises Rejected: HUM_RP, HUM_UP_MISSING, HUM_UV_MISSING, HUM_BACKUP_STATE,
    HUM_SYNCED_CREDENTIAL (WebAuthn §6.1, §7.2 steps 15-18).
    """
    flags = authenticator_data[32]
    if authenticator_data[:32] != hashlib.sha256(relying_party.id.encode("utf-8")).digest():
        raise Rejected("HUM_RP")
    if not flags & USER_PRESENT:
        raise Rejected("HUM_UP_MISSING")
    if not flags & USER_VERIFIED:
        raise Rejected("HUM_UV_MISSING")
    if flags & BACKED_UP and not flags & BACKUP_ELIGIBLE:
        raise Rejected("HUM_BACKUP_STATE")
    if flags & BACKUP_ELIGIBLE:
        raise Rejected("HUM_SYNCED_CREDENTIAL")  # a synced credential can be shared


def _client_data(data: bytes) -> dict[str, Json]:
    try:
        return strict_json.parse_object(data)
    except Rejected:
        raise Rejected("HUM_CLIENT_DATA") from None
