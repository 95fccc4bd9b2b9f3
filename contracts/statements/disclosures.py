"""Salted disclosures of RFC 9901: what the log commits to without showing it.

A disclosure is base64url([salt, group, value]); its digest stands in the payload's `_sd`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements import base64url, strict_json
from contracts.statements.schema import Kind, Record, validate
from contracts.types import COMMON, TYPES

SALT_BYTES_MIN = 16


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A disclosure as sent and as read; not yet matched to any digest."""

    encoded: str
    salt: str
    group: str
    value: Json


def make(group: str, value: Json, salt: bytes) -> str:
    """Return the disclosure of `value` as the group `group`, blinded with `salt`."""
    return base64url.encode(strict_json.dumps([base64url.encode(salt), group, value]))


def digest(disclosure: str) -> str:
    """Return the digest that `_sd` holds for an encoded disclosure (RFC 9901 §4.2.3)."""
    return base64url.encode(hashlib.sha256(disclosure.encode("ascii")).digest())


def parse(encoded: str, pointer: str) -> Disclosure:
    """Return the parts of an encoded disclosure.

    Raises Rejected: B64_INVALID, JSON_*, or SCHEMA_TYPE if it is not [salt, group, value].
    """
    value = strict_json.parse(base64url.decode(encoded, pointer))
    if not (isinstance(value, list) and len(value) == 3):
        raise Rejected("SCHEMA_TYPE", pointer)
    salt, group, opened = value
    if not (isinstance(salt, str) and isinstance(group, str)):
        raise Rejected("SCHEMA_TYPE", pointer)
    return Disclosure(encoded, salt, group, opened)


def match(given: Sequence[Disclosure], digests: Sequence[str], type_: str) -> dict[str, Json]:
    """Return group → value; each matches a digest of the payload and belongs to the type.

    Raises Rejected: COMMIT_SALT, COMMIT_SALT_REUSED, COMMIT_MISMATCH (RFC 9901 §7.1).
    """
    kinds = _kinds(type_)
    salts: set[str] = set()
    opened: dict[str, Json] = {}
    for disclosure in given:
        _check_salt(disclosure.salt, salts)
        # A group that bears a public member's name would shadow it: `kinds` holds none such.
        if disclosure.group not in kinds or disclosure.group in opened:
            raise Rejected("COMMIT_MISMATCH")
        if digest(disclosure.encoded) not in digests:
            raise Rejected("COMMIT_MISMATCH", "/" + disclosure.group)
        opened[disclosure.group] = disclosure.value
    return opened


def check_values(opened: Mapping[str, Json], type_: str) -> None:
    """Return when every group that the type needs is there, and each has its form.

    Raises Rejected: SCHEMA_*, TIME_FORMAT, QTY_* with a pointer that begins with the group.
    """
    validate(dict(opened), _record(type_))


@cache
def _record(type_: str) -> Record:
    return Record(TYPES[type_].groups)


@cache
def _kinds(type_: str) -> Mapping[str, Kind]:
    public = {name.rstrip("?") for name in (*COMMON, *TYPES[type_].members)}
    groups = {name.rstrip("?"): kind for name, kind in TYPES[type_].groups.items()}
    return {name: kind for name, kind in groups.items() if name not in public}


def _check_salt(salt: str, seen: set[str]) -> None:
    try:
        size = len(base64url.decode(salt))
    except Rejected:
        raise Rejected("COMMIT_SALT") from None
    if size < SALT_BYTES_MIN:
        raise Rejected("COMMIT_SALT")
    if salt in seen:
        raise Rejected("COMMIT_SALT_REUSED")
    seen.add(salt)
