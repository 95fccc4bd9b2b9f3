"""From a body to what the ledger judges: authentic facts, or a refusal that may become an entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.ports import Work
from api.problems import Problem, of_rejected
from contracts.errors import Rejected
from contracts.facts import AdmissionRefusal, Facts, Read
from contracts.statements import base64url, strict_json, submission
from contracts.statements.authenticate import Refused, authenticate
from contracts.types import TYPES

# Faults of signatures and disclosures that already show in the form of the envelope.
_RECORDABLE_FORM = ("SIG_", "COMMIT_")


@dataclass(frozen=True, slots=True)
class Admitted:
    """Work for the ledger, the disclosures as received, and where in the input a refusal lies.

    Admission in another process than the ledger's also tells the keys of the records that it `read`, and
    the `version` of its copies of them (api/processes).
    """

    work: Work
    disclosures: tuple[str, ...]
    pointer: str = ""
    facts: Mapping[str, int | str] = field(default_factory=dict)
    version: int = 0
    read: frozenset[str] = frozenset()

    @property
    def is_refusal(self) -> bool:
        """Whether admission has refused it already."""
        return isinstance(self.work, AdmissionRefusal)


def admit(body: bytes, organisation: str, read: Read) -> Admitted:
    """Return the work in a submission of `organisation` (interface §3).

    A fault of signatures, presence, `signers` or disclosures comes back as an AdmissionRefusal.
    Raises Problem for faults that never become entries: JSON, schema, TENANT_MISMATCH.
    """
    try:
        parsed = submission.parse(body)
    except Rejected as error:
        return _unparsed(error, body, organisation)
    _check_tenant(parsed.organisation, organisation)
    try:
        facts = authenticate(parsed, read)
    except Refused as error:
        if not error.recordable:
            raise of_rejected(error) from None
        refusal = AdmissionRefusal(
            parsed.statement_id, parsed.type, organisation, error.code, error.signers, error.pointer
        )
        return Admitted(refusal, parsed.disclosures, error.pointer, error.facts)
    return Admitted(facts, parsed.disclosures)


def admit_unsigned(body: bytes, organisation: str, read: Read) -> Facts:
    """Return the facts of an unsigned submission, for a check before the act. Raises Problem."""
    try:
        parsed = submission.parse(body, unsigned_allowed=True)
        _check_tenant(parsed.organisation, organisation)
        return authenticate(parsed, read, unsigned=True)
    except Rejected as error:
        raise of_rejected(error) from None


def _check_tenant(claimed: str, organisation: str) -> None:
    if claimed != organisation:
        raise Problem("TENANT_MISMATCH", pointer="/iss")


def _unparsed(error: Rejected, body: bytes, organisation: str) -> Admitted:
    if not error.code.startswith(_RECORDABLE_FORM):
        raise of_rejected(error) from None
    payload_bytes, payload = _payload(body)
    claimed, type_ = payload.get("iss"), payload.get("type")
    if not isinstance(claimed, str):  # it speaks in nobody's name, so not in another's
        raise of_rejected(error) from None
    _check_tenant(claimed, organisation)
    if not isinstance(type_, str) or type_ not in TYPES:
        raise of_rejected(error) from None
    identifier = hashlib.sha256(payload_bytes).hexdigest()
    refusal = AdmissionRefusal(identifier, type_, organisation, error.code, (), error.pointer)
    return Admitted(refusal, (), error.pointer, error.facts)


def _payload(body: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return the payload of a submission whose signature elements are bad: it still has an author."""
    try:
        envelope = strict_json.parse(body, strict_json.ANY_LENGTH)
        text = envelope.get("payload") if isinstance(envelope, dict) else None
        data = base64url.decode(text if isinstance(text, str) else "", "/payload")
        return data, dict(strict_json.parse_object(data))
    except Rejected as error:  # JSON comes before signatures (interface §4)
        raise of_rejected(error) from None
