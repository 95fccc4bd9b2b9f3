"""What governance and registry statements write into state."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from contracts import keys
from contracts.act import Act, State
from contracts.facts import Credential
from contracts.knowledge_part import said
from contracts.quantity import DAY_MS
from contracts.rules.separation import OFFICIALS, compromise_begins, registered_by_two
from contracts.time import from_text

Writes = Iterator[tuple[str, State]]
_REMEMBERED_MS = 365 * DAY_MS


def kid_of(subject: str, spki: str) -> str:
    """Return the key id of a base64url SPKI: subject, `#`, first 8 bytes of its SHA-256 in hex."""
    raw = base64.urlsafe_b64decode(spki + "=" * (-len(spki) % 4))
    return f"{subject}#{hashlib.sha256(raw).hexdigest()[:16]}"


def genesis(act: Act) -> Writes:
    """The ledger's own facts, the regulator, its key, the officers."""
    payload = act.payload
    regulator = payload["regulator"]
    yield (
        keys.GENESIS,
        {
            "origin": payload["aud"],
            "profile": payload["profile"],
            "regulator": regulator["code"],
            "log_vkey": payload["log_vkey"],
            "tag_keys": payload["tag_keys"],
            "utc_offset_minutes": payload["utc_offset_minutes"],
            "attestation_roots": payload["attestation_roots"],
            "certificate_roots": payload["certificate_roots"],
        },
    )
    yield (
        keys.organisation(regulator["code"]),
        {
            "name": regulator["name"],
            "role": "regulator",
            "service_modes": [],
            "relying_party": regulator["relying_party"],
            "site": "",
        },
    )
    yield _key(act, regulator["code"], "organisation", regulator["key"], "access")
    for officer in payload["officers"]:
        yield keys.person(officer["code"]), {"role": "officer"}
        yield _key(act, officer["code"], "officer", officer["key"], "statement")
    for credential in act.facts.credentials:
        yield _credential(act, credential)


def log_key(act: Act) -> Writes:
    """The log's next key, and until when the one before signs beside it."""
    known = act.state(keys.LOG_KEYS) or {"keys": []}
    record: State = {"id": act.facts.statement_id, "vkey": act.payload["log_vkey"]}
    if "overlap_until" in act.payload:
        record["until"] = from_text(act.payload["overlap_until"])
    yield keys.LOG_KEYS, {"keys": [*known["keys"], record]}


def _key(act: Act, subject: str, role: str, key: dict[str, str], usage: str) -> tuple[str, State]:
    record: State = {
        "subject": subject,
        "role": role,
        "alg": key["alg"],
        "spki": key["spki"],
        "usage": usage,
        "from": act.time_ms,
        "limit": None,
    }
    return keys.key(kid_of(subject, key["spki"])), record


def _credential(act: Act, credential: Credential) -> tuple[str, State]:
    return (
        keys.authenticator(credential.credential_id),
        {
            "person": credential.owner,
            "organisation": credential.organisation,
            "public_key": credential.public_key,
            "aaguid": credential.aaguid,
            "from": act.time_ms,
        },
    )


def organisation(act: Act) -> Writes:
    """An organisation's record; a later statement about it replaces it."""
    record = {name: act.payload[name] for name in _ORGANISATION if name in act.payload}
    yield keys.organisation(act.payload["code"]), record


_ORGANISATION = (
    "name",
    "role",
    "licence",
    "valid_from",
    "valid_to",
    "service_modes",
    "site",
    "latitude_microdegrees",
    "longitude_microdegrees",
    "relying_party",
    "regions",
    "agreements",
    "registered_address",
    "licensed_address",
)


def person(act: Act) -> Writes:
    """A person's role and department; the name stays a disclosure. Two officers make room for one key."""
    record = {name: act.payload[name] for name in ("role", "department") if name in act.payload}
    if record["role"] in OFFICIALS and registered_by_two(act):
        record["key_due"] = True
    yield keys.person(act.payload["code"]), record


def licence(act: Act) -> Writes:
    """A person's licence; a later one replaces it."""
    names = ("licence", "sites", "scope", "drug_classes", "valid_from", "valid_to")
    record = {name: act.payload[name] for name in names if name in act.payload}
    yield keys.licence(act.payload["person"]), record


def key(act: Act) -> Writes:
    """A new key, in force from now; the one it retires ends at the given time, or now."""
    payload = act.payload
    usage = "access" if payload["role"] == "organisation" else "statement"
    name, record = _key(act, payload["subject"], payload["role"], payload["key"], usage)
    if "valid_to" in payload:
        record["to"] = from_text(payload["valid_to"])
    if "certificates" in payload:
        record["certificate"] = True
        window = act.facts.certificate_window
        if window is not None:
            record["to"] = min(record.get("to", window[1]), window[1])
    record["limit"] = record.get("to")
    yield name, record
    holder = act.state(keys.person(payload["subject"])) or {}
    if usage == "statement" and "key_due" in holder:
        left = {member: value for member, value in holder.items() if member != "key_due"}
        yield keys.person(payload["subject"]), left
    retired = payload.get("retires")
    old = act.state(keys.key(retired["kid"])) if retired else None
    if retired and old is not None and old["subject"] == payload["subject"]:
        until = from_text(retired["at"]) if "at" in retired else act.time_ms
        yield keys.key(retired["kid"]), {**old, "to": _retired(old, max(until, act.time_ms), act.time_ms)}


def _retired(old: State, ends: int, now_ms: int) -> int:
    """When a key ends that a later one retires: an announced end may move, one that is over may not.

    Nor goes it beyond its `limit` (valid_to, certificates); keys of older software kept none of it apart.
    """
    end = old.get("to")
    if end is not None and end < now_ms:
        return int(end)
    limit = old.get("limit") if "limit" in old else end
    return ends if limit is None else min(ends, int(limit))


def authenticator(act: Act) -> Writes:
    """The enrolled credential."""
    for credential in act.facts.credentials:
        yield _credential(act, credential)


def revocation(act: Act) -> Writes:
    """The key or credential ends now; a compromise also names since when it is suspect."""
    payload = act.payload
    changed: dict[str, Any] = {"revoked": act.time_ms}
    begins = compromise_begins(act)
    if begins is not None:
        changed["compromised_from"] = begins
    for member, key_of in (("kid", keys.key), ("credential_id", keys.authenticator)):
        record = act.state(key_of(payload[member])) if member in payload else None
        if record is not None:
            first = min(record.get("revoked", act.time_ms), act.time_ms)
            yield key_of(payload[member]), {**record, **changed, "revoked": first}


def rulebook(act: Act) -> Writes:
    """A version of the rulebook, in force from its time."""
    identifier = act.facts.statement_id
    yield keys.rulebook(identifier), {"parameters": act.payload["parameters"]}
    yield keys.RULEBOOK, _versions(act, keys.RULEBOOK)


def knowledge(act: Act) -> Writes:
    """A version of the knowledge base, in force from its time once all its parts are in."""
    identifier = act.facts.statement_id
    yield keys.knowledge(identifier), {"parts": act.payload["parts"]}
    yield keys.KNOWLEDGE, _versions(act, keys.KNOWLEDGE)


def _versions(act: Act, key: str) -> State:
    known = (act.state(key) or {"versions": []})["versions"]
    begins = from_text(act.payload["effective_from"]) if "effective_from" in act.payload else act.time_ms
    # A prescription is judged by the versions of its day, on its return as well; older ones are forgotten.
    oldest = act.version_at(key, act.time_ms - _REMEMBERED_MS)
    start = next((i for i, version in enumerate(known) if version["id"] == oldest), 0)
    added = {"id": act.facts.statement_id, "from": begins}
    return {"versions": sorted([*known[start:], added], key=lambda version: version["from"])}


def knowledge_part(act: Act) -> Writes:
    """The drugs and recalls of one part, each under its own key; which classes it tells of with the part.

    And what it says of each, for parts that stand beside it in a version.
    """
    identifier, classes = act.facts.statement_id, {drug["class"] for drug in act.payload["drugs"]}
    told = {"drugs": len(act.payload["drugs"]), "at": act.time_ms, "classes": sorted(classes)}
    yield keys.part(identifier), told
    yield keys.said(identifier), {name: words for _, name, words in said(act.payload["drugs"])}
    for drug in act.payload["drugs"]:
        yield keys.drug(identifier, drug["code"]), drug
        for level in drug["levels"]:
            record = {"drug": drug["code"], "level": level["level"]}
            yield keys.product(identifier, level["product"]), record
    for recall in act.payload["recalls"]:
        yield keys.recall(identifier, recall["drug"], recall["lot"]), {"recalled": True}
