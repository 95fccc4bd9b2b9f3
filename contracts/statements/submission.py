"""From the bytes of a body to a submission: form alone, no key, no state (interface §1)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements import base64url, disclosures, jws, strict_json
from contracts.statements.schema import CODE, unknown_member, validate
from contracts.statements.spellings import nearest
from contracts.types import TYPES

SIGNATURES_MAX = 8
DISCLOSURES_MAX = 16
# An entry holds 65,535 bytes at most (C2SP tlog-tiles); the rest is left for time and verdict.
STATEMENT_BYTES_MAX = 60_000
_ENVELOPE = frozenset(("payload", "signatures"))


@dataclass(frozen=True, slots=True)
class Submission:
    """A well-formed submission. Nothing in it is verified; `iss` and `type` have their form."""

    payload_text: str  # base64url as received: what signatures cover
    payload_bytes: bytes
    payload: Mapping[str, Json]
    statement_id: str
    elements: tuple[jws.Element, ...]
    opened: tuple[disclosures.Disclosure, ...]
    statement: Mapping[str, Json]  # as received without disclosures: what an entry carries

    @property
    def disclosures(self) -> tuple[str, ...]:
        """The encoded disclosures as received."""
        return tuple(disclosure.encoded for disclosure in self.opened)

    @property
    def type(self) -> str:
        """The statement type, one of `contracts.types.TYPES`."""
        return str(self.payload["type"])

    @property
    def organisation(self) -> str:
        """The submitting organisation's code as claimed by `iss`."""
        return str(self.payload["iss"])


def parse(body: bytes, unsigned_allowed: bool = False) -> Submission:
    """Return the submission that `body` holds.

    Raises Rejected: JSON_*, B64_INVALID, SCHEMA_* (envelope, `iss`, unknown `type`), SIG_MISSING
    (no signature where one is needed), SIG_HEADER_FORBIDDEN, BODY_TOO_LARGE (no entry holds it).
    """
    payload_text, items = _envelope(strict_json.parse(body, strict_json.ANY_LENGTH))
    elements = tuple(jws.parse_element(item, f"/signatures/{place}") for place, item in enumerate(items))
    _check_signed(elements, unsigned_allowed)
    payload_bytes = base64url.decode(payload_text, "/payload")
    payload = strict_json.parse_object(payload_bytes)
    _check_payload(payload)
    statement: dict[str, Json] = {
        "payload": payload_text,
        "signatures": [element.received() for element in elements if element.protected],
    }
    _check_size(payload_text, elements)
    return Submission(
        payload_text,
        payload_bytes,
        payload,
        hashlib.sha256(payload_bytes).hexdigest(),
        elements,
        _opened(elements),
        statement,
    )


def _envelope(value: Json) -> tuple[str, list[Json]]:
    if not isinstance(value, dict):
        raise Rejected("SCHEMA_TYPE")
    if "payload" not in value:
        raise Rejected("SCHEMA_REQUIRED", "/payload")
    if not value.keys() <= _ENVELOPE:
        raise unknown_member(value, _ENVELOPE)
    payload, items = value["payload"], value.get("signatures", [])
    if not isinstance(payload, str):
        raise Rejected("SCHEMA_TYPE", "/payload")
    if not isinstance(items, list):
        raise Rejected("SCHEMA_TYPE", "/signatures")
    if len(items) > SIGNATURES_MAX:
        raise Rejected("SCHEMA_LENGTH", "/signatures")
    return payload, items


def _check_signed(elements: tuple[jws.Element, ...], unsigned_allowed: bool) -> None:
    signed = [bool(element.protected and element.signature) for element in elements]
    if signed and all(signed):
        return
    if not unsigned_allowed or any(element.protected or element.signature for element in elements):
        raise Rejected("SIG_MISSING", "/signatures")
    if len(elements) > 1:  # an unsigned submission has one element, for its disclosures
        raise Rejected("SCHEMA_LENGTH", "/signatures")


def _check_payload(payload: Mapping[str, Json]) -> None:
    # `iss` and `type` are needed before the schema's turn: for the tenant and for every refusal.
    for name in ("iss", "type"):
        if name not in payload:
            raise Rejected("SCHEMA_REQUIRED", f"/{name}")
    validate(payload["iss"], CODE, "/iss")
    type_ = payload["type"]
    if not isinstance(type_, str) or type_ not in TYPES:
        raise Rejected("SCHEMA_TYPE", "/type", **(nearest(type_, TYPES) if isinstance(type_, str) else {}))


def _check_size(payload_text: str, elements: tuple[jws.Element, ...]) -> None:
    size = len(payload_text) + sum(len(e.protected) + len(e.signature) for e in elements)
    size += sum(len(text) for e in elements if e.presence for text in e.presence.values())
    if size > STATEMENT_BYTES_MAX:
        raise Rejected("BODY_TOO_LARGE", "/payload")


def _opened(elements: tuple[jws.Element, ...]) -> tuple[disclosures.Disclosure, ...]:
    if any(element.disclosures for element in elements[1:]):
        raise Rejected("COMMIT_MISMATCH", "/signatures")  # RFC 9901 §8.1: the first one only
    given = elements[0].disclosures if elements else ()
    pointer = "/signatures/0/header/disclosures"
    if len(given) > DISCLOSURES_MAX:
        raise Rejected("SCHEMA_LENGTH", pointer)
    return tuple(disclosures.parse(text, f"{pointer}/{place}") for place, text in enumerate(given))
