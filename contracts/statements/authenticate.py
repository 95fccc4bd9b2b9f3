"""From a submission to facts: who signed, who was present, what was disclosed (interface §4).

The order is fixed, so that one input has one answer: (1) signatures, (2) presence, (3) audience
and `signers`, (4) schema and personal numbers, (5) disclosures, (6) keys and authenticators that
the statement introduces. The first failure ends it. Time, licences and revocation are not judged
here: the facts carry what rules need for that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from contracts import keys as state_keys
from contracts.errors import Rejected
from contracts.facts import NO_RELYING_PARTY, Facts, Json, Presence, Read, Signer
from contracts.statements import base64url, disclosures, introduced, jws, keys, pii, presence
from contracts.statements.schema import Record, validate
from contracts.statements.submission import Submission
from contracts.types import COMMON, TYPES, members_of
from contracts.written import encode

ORGANISATION = "organisation"
_SIGNERS = COMMON["signers"]
# State keys are built from it: nothing but a code, "#" and sixteen hexadecimal digits.
_KID = re.compile(r"[A-Za-z0-9._-]{1,32}#[0-9a-f]{16}")
# Faults of form, which never become an entry; a missing library here is no fault of the sender.
_NEVER_RECORDED = ("SCHEMA_", "TIME_FORMAT", "QTY_", "PII_", "JSON_", "B64_", "SIG_ALG_UNAVAILABLE")


class Refused(Rejected):
    """The submission is not authentic or not well formed.

    `signers` are the codes whose signature had verified by then. `recordable` says whether the
    refusal may become an entry: faults of signatures, presence, `signers` and disclosures do,
    faults of the schema never.
    """

    def __init__(self, cause: Rejected, signers: tuple[str, ...], recordable: bool) -> None:
        super().__init__(cause.code, cause.pointer, **cause.facts)
        self.signers = signers
        # What lacks a site is the registration: whether the statement was committed before is asked first.
        formless = cause.code.startswith(_NEVER_RECORDED) and cause.pointer != NO_RELYING_PARTY
        self.recordable = recordable and not formless



def authenticate(submission: Submission, read: Read, unsigned: bool = False) -> Facts:
    """Return the facts of `submission`, which then is authentic and has its type's form.

    `unsigned` is the check before the act: signatures, presence and `signers` are not looked at.
    Raises Refused.
    """
    verified: list[Signer] = []
    read = _once(read)
    try:
        if not unsigned:
            _verify_signatures(submission, read, verified)
            _verify_presence(submission, read, verified)
            _check_signers(submission, verified)
        _check_audience(submission, read)
    except Rejected as cause:
        raise Refused(cause, _accused(submission, verified), recordable=True) from None
    try:
        _check_schema(submission)
    except Rejected as cause:
        raise Refused(cause, _accused(submission, verified), recordable=False) from None
    try:
        return _facts(submission, read, verified)
    except Rejected as cause:
        raise Refused(cause, _accused(submission, verified), recordable=True) from None


def _once(read: Read) -> Read:
    """Read each record once: what was verified against it and what the facts say of it are the same."""
    found: dict[str, bytes | None] = {}

    def once(key: str) -> bytes | None:
        if key not in found:
            found[key] = read(key)
        return found[key]

    return once


def state(read: Read, key: str) -> dict[str, Any] | None:
    """Return the parsed state value under `key`, or None."""
    raw = read(key)
    return None if raw is None else _parsed(raw)


@lru_cache(maxsize=4096)
def _parsed(raw: bytes) -> dict[str, Any]:
    # Few keys and organisations act again and again; nobody changes what is returned.
    found: dict[str, Any] = json.loads(raw)
    return found


def _accused(submission: Submission, verified: list[Signer]) -> tuple[str, ...]:
    if not verified:  # perhaps because the payload's own key cannot even be read
        return ()
    # A key that the payload itself brings proves nothing about whom it names: anybody can bring one.
    brought = introduced.keys_of(submission.payload)
    return tuple(signer.code for signer in verified if signer.kid not in brought)


# -- (1) signatures ------------------------------------------------------------------------------


def _verify_signatures(submission: Submission, read: Read, verified: list[Signer]) -> None:
    brought = introduced.keys_of(submission.payload)
    for place, element in enumerate(submission.elements):
        try:
            verified.append(_verify_element(submission, element, brought, read))
        except Rejected as cause:
            raise Rejected(cause.code, f"/signatures/{place}", **cause.facts) from None


def _verify_element(
    submission: Submission,
    element: jws.Element,
    brought: Mapping[str, Mapping[str, str]],
    read: Read,
) -> Signer:
    alg, kid = jws.parse_protected(element.protected)
    record = brought.get(kid) or _registered(kid, submission, read)
    if record["alg"] != alg:
        raise Rejected("SIG_ALG_KEY_MISMATCH")
    key = keys.load(alg, base64url.decode(record["spki"]))
    message = jws.signing_input(element.protected, submission.payload_text)
    key.verify(element.signature_bytes, message)
    return Signer(record["subject"], record["role"], kid)


def _registered(kid: str, submission: Submission, read: Read) -> Mapping[str, str]:
    record = state(read, state_keys.key(kid)) if _KID.fullmatch(kid) else None
    if record is None:
        raise Rejected("KEY_UNKNOWN")
    if record["role"] == ORGANISATION and record["subject"] != submission.organisation:
        raise Rejected("TENANT_MISMATCH")
    return record  # an organisation's own key gets this far: the rules say what it may not sign


# -- (2) presence --------------------------------------------------------------------------------


def _verify_presence(submission: Submission, read: Read, verified: list[Signer]) -> None:
    for place, element in enumerate(submission.elements):
        if element.presence is None:
            continue
        try:
            found = _presence(element.presence, submission, read)
        except Rejected as cause:
            where = cause.pointer or f"/signatures/{place}/header/presence"
            raise Rejected(cause.code, where, **cause.facts) from None
        signer = verified[place]
        verified[place] = Signer(signer.code, signer.role, signer.kid, found)


def _presence(header: Mapping[str, str], submission: Submission, read: Read) -> Presence:
    credential = state(read, state_keys.authenticator(header["credential_id"]))
    organisation = state(read, state_keys.organisation(submission.organisation))
    relying_party = presence.RelyingParty.of(organisation)
    return presence.verify(header, submission.statement_id, credential, relying_party)


# -- (3) audience and signers --------------------------------------------------------------------


def _check_signers(submission: Submission, verified: list[Signer]) -> None:
    if "signers" not in submission.payload:
        raise Rejected("SCHEMA_REQUIRED", "/signers")
    named = submission.payload["signers"]
    if named == []:  # every signature was stripped of its name: no fault of form
        raise Rejected("SIGNERS_MISMATCH", "/signers")
    validate(named, _SIGNERS, "/signers")
    codes = [item["code"] for item in named if isinstance(item, dict)] if isinstance(named, list) else []
    if codes != [signer.code for signer in verified]:
        raise Rejected("SIGNERS_MISMATCH", "/signers")


def _check_audience(submission: Submission, read: Read) -> None:
    if submission.type == introduced.GENESIS:
        return  # it names the log that it begins
    genesis = state(read, state_keys.GENESIS)
    if genesis is None or submission.payload.get("aud") != genesis["origin"]:
        raise Rejected("SIG_AUDIENCE", "/aud")


# -- (4) schema ----------------------------------------------------------------------------------


@cache
def _members(type_: str) -> Record:
    return members_of(type_)


def _check_schema(submission: Submission) -> None:
    kind = _members(submission.type)
    payload: Json = dict(submission.payload)
    validate(payload, kind)
    pii.check(payload, kind, submission.payload_bytes)
    digests = _digests(submission)
    needed = TYPES[submission.type].digests
    if len(digests) != needed:
        raise Rejected("SCHEMA_LENGTH", "/_sd", least=needed, most=needed)
    # The order would tell which digest is which group's; a digest twice, that one is a decoy.
    if digests != sorted(set(digests)):
        raise Rejected("SCHEMA_TYPE", "/_sd")


def _digests(submission: Submission) -> list[str]:
    digests = submission.payload["_sd"]
    return [str(digest) for digest in digests] if isinstance(digests, list) else []


# -- (5) disclosures, (6) what the statement introduces ------------------------------------------


def _facts(submission: Submission, read: Read, verified: list[Signer]) -> Facts:
    opened = disclosures.match(submission.opened, _digests(submission), submission.type)
    disclosures.check_values(opened, submission.type)
    enrolled = introduced.check(submission.payload, lambda key: state(read, key))
    return Facts(
        statement_id=submission.statement_id,
        payload=submission.payload,
        signers=tuple(verified),
        disclosures=opened,
        statement=encode(submission.statement),
        credentials=enrolled.credentials,
        certificate_window=enrolled.certificate_window,
        premises=tuple(_premises(submission, read, verified)),
    )


def _premises(
    submission: Submission, read: Read, verified: list[Signer]
) -> Iterator[tuple[str, str, Json]]:
    """Yield what was taken from records that may be registered anew before the statement is judged."""
    payload = submission.payload
    used = []
    if any(signer.presence for signer in verified):
        used.append((state_keys.organisation(submission.organisation), "relying_party"))
    if submission.type == introduced.AUTHENTICATOR:
        used.append((state_keys.organisation(str(payload["organisation"])), "relying_party"))
    if submission.type == introduced.KEY and "certificates" in payload:
        used.append((state_keys.licence(str(payload["subject"])), "sites"))
    for key, member in used:
        yield key, member, (state(read, key) or {}).get(member)
