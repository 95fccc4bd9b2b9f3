"""Entries as a log has them, made by hand: what counts in a report is in the test that counts it."""

from __future__ import annotations

import json
from typing import Any

from contracts.rules import RULES
from contracts.statements import base64url
from contracts.time import from_text

H1, P1, P2 = "H99000000001", "P99000000001", "P31010600001"
REGULATOR = "R99000000001"


def said(
    time: str, type_: str, iss: str = H1, by: str = "D1", flags: tuple[str, ...] = (), **members: Any
) -> bytes:
    """An accepted statement."""
    payload = {"type": type_, "iss": iss, "signers": [{"code": by, "role": "doctor"}], **members}
    statement = {"payload": base64url.encode(json.dumps(payload).encode())}
    verdict = {"outcome": "accepted", "flags": [{"code": code, "rule": _rule(code)} for code in flags]}
    return json.dumps({"time": from_text(time), "statement": statement, "verdict": verdict}).encode()


def _rule(code: str) -> str:
    return next((rule.id for rule in RULES if rule.code == code), "")


def refused(
    time: str, *codes: str, actor: str = H1, by: str = "D1", type_: str = "prescription.issued"
) -> bytes:
    """A refusal."""
    told = {"actor": actor, "codes": codes, "digest": "ab", "signers": [by], "type": type_}
    return json.dumps({"time": from_text(time), "refused": told}).encode()


def organisation(code: str, role: str) -> bytes:
    """A registered institution."""
    members = {"code": code, "name": f"={role}", "role": role}
    return said("2026-01-01T00:00:00Z", "registry.organisation", REGULATOR, "G1", **members)
