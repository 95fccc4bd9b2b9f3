"""Signature elements of JWS General JSON (RFC 7515 §7.2.1), with nothing optional left in.

The protected header holds `alg`, `kid` and `typ` and no other member: no key ever comes from a
header, and no address is ever fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements import base64url, strict_json
from contracts.statements.keys import ALGORITHMS
from contracts.statements.schema import unknown_member

TYPE = "rx-statement+jws"
_PROTECTED = frozenset(("alg", "kid", "typ"))
_ELEMENT = frozenset(("protected", "signature", "header"))
_HEADER = frozenset(("disclosures", "presence"))
_PRESENCE = frozenset(("credential_id", "authenticator_data", "client_data_json", "signature"))
KID_CHARACTERS_MAX = 64


@dataclass(frozen=True, slots=True)
class Element:
    """One signature as received; `protected` and `signature` are "" in an unsigned submission."""

    protected: str
    signature: str
    signature_bytes: bytes
    presence: Mapping[str, str] | None
    disclosures: tuple[str, ...]

    def received(self) -> dict[str, Json]:
        """Return what an entry carries of this element: the strings, without disclosures."""
        kept: dict[str, Json] = {"protected": self.protected, "signature": self.signature}
        if self.presence is not None:
            kept["header"] = {"presence": dict(self.presence)}
        return kept


def parse_element(value: Json, pointer: str) -> Element:
    """Return the parts of one item of `signatures`. Signature and key are not looked at.

    Raises Rejected: SCHEMA_*, B64_INVALID, SIG_MISSING (only one of the two strings),
    SIG_HEADER_FORBIDDEN (an unknown member of the unprotected header).
    """
    element = _object(value, pointer)
    if not element.keys() <= _ELEMENT:
        raise unknown_member(element, _ELEMENT, pointer)
    if ("protected" in element) != ("signature" in element):
        raise Rejected("SIG_MISSING", pointer)
    header = _object(element.get("header", {}), f"{pointer}/header")
    if not header.keys() <= _HEADER:
        raise Rejected("SIG_HEADER_FORBIDDEN", f"{pointer}/header")
    signature = _text(element.get("signature", ""), f"{pointer}/signature")
    return Element(
        _text(element.get("protected", ""), f"{pointer}/protected"),
        signature,
        base64url.decode(signature, f"{pointer}/signature"),
        _presence(header, f"{pointer}/header/presence"),
        _disclosures(header.get("disclosures", []), f"{pointer}/header/disclosures"),
    )


@lru_cache(maxsize=16_384)
def parse_protected(protected: str) -> tuple[str, str]:
    """Return (`alg`, `kid`) of an encoded protected header; parsed headers are remembered.

    Raises Rejected: B64_INVALID, JSON_*, SIG_ALG_FORBIDDEN, SIG_HEADER_FORBIDDEN.
    """
    header = strict_json.parse(base64url.decode(protected, "/protected"))
    if not isinstance(header, dict):
        raise Rejected("SIG_HEADER_FORBIDDEN")
    alg, kid = header.get("alg"), header.get("kid")
    if alg not in ALGORITHMS:
        raise Rejected("SIG_ALG_FORBIDDEN")
    if header.keys() != _PROTECTED or header["typ"] != TYPE:
        raise Rejected("SIG_HEADER_FORBIDDEN")
    if not isinstance(kid, str) or len(kid) > KID_CHARACTERS_MAX:
        raise Rejected("KEY_UNKNOWN")
    return str(alg), kid


def signing_input(protected: str, payload: str) -> bytes:
    """Return the bytes that a signature covers (RFC 7515 §5.1)."""
    return f"{protected}.{payload}".encode("ascii")


def _object(value: Json, pointer: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise Rejected("SCHEMA_TYPE", pointer)
    return value


def _text(value: Json, pointer: str) -> str:
    if not isinstance(value, str):
        raise Rejected("SCHEMA_TYPE", pointer)
    return value


def _presence(header: Mapping[str, Json], pointer: str) -> Mapping[str, str] | None:
    if "presence" not in header:
        return None
    members = _object(header["presence"], pointer)
    if not members.keys() <= _PRESENCE:
        raise unknown_member(members, _PRESENCE, pointer)
    found = {}
    for name in sorted(_PRESENCE):
        if name not in members:
            raise Rejected("SCHEMA_REQUIRED", f"{pointer}/{name}")
        found[name] = _text(members[name], f"{pointer}/{name}")
        base64url.decode(found[name], f"{pointer}/{name}")
    return found


def _disclosures(value: Json, pointer: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Rejected("SCHEMA_TYPE", pointer)
    return tuple(_text(item, pointer) for item in value)
