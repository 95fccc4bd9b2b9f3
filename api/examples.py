"""Schemas and examples of the HTTP calls, for the OpenAPI description and its tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.codes import CODES
from contracts.lifecycle import STATUSES

OVERVIEW = (
    "Named people sign statements; the ledger judges them by published rules and appends them to a "
    "transparency log. Statement types and their members: the schemas payload.* and disclosures.*. "
    "A refusal is a problem document (RFC 9457) whose code is explained at /errors/{code}."
)
TOKENS = "An organisation's token, five minutes, from POST /token with a client assertion (RFC 7523)."
REQUEST_ID = "6f1d6a0c2a0c4d0f9a0b7d1c52a3e4f5"
ID = "5b1f8f0b3a2d4c6e8f7a9b0c1d2e3f405162738495a6b7c8d9eaf0b1c2d3e4f5"
LEAF = "0c7e9d1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6"
TIME = "2026-03-02T01:15:00Z"

SUBMISSION = {
    "payload": "eyJpc3MiOiJINDAwMDEiLCJ0eXBlIjoicHJlc2NyaXB0aW9uLmlzc3VlZCJ9",
    "signatures": [
        {
            "protected": "eyJhbGciOiJFUzI1NiIsImtpZCI6IkQ0IzAxMjMifQ",
            "signature": "MEUCIQ",
            "header": {"disclosures": ["WyJzYWx0IiwicGF0aWVudCIse31d"]},
        }
    ],
}
UNSIGNED = {
    "payload": SUBMISSION["payload"],
    "signatures": [{"header": {"disclosures": ["WyJzYWx0IiwicGF0aWVudCIse31d"]}}],
}
VERDICT = {"flags": [], "outcome": "accepted", "rulebook": LEAF}
ACCEPTED = {
    "id": ID,
    "index": 42,
    "leaf": LEAF,
    "entry": "eyJzdGF0ZW1lbnQiOnt9LCJ0aW1lIjoxLCJ2ZXJkaWN0Ijp7fX0=",
    "outcome": "accepted",
    "verdict": VERDICT,
    "receipt": "c2sp.org/tlog-proof@v1\n",
}
CHECK = {
    "id": ID,
    "outcome": "refused",
    "codes": ["RX_VALIDITY_LIMIT"],
    "findings": [],
    "not_checked": ["signature", "presence"],
}
PRESCRIPTION = {
    "rx": ID,
    "status": "CLAIMED",
    "marks": [],
    "issuer": "H40001",
    "prescriber": "D4000010001",
    "consultation": LEAF,
    "holder": "P50001",
    "issued": TIME,
    "expires": "2026-03-05T01:15:00Z",
    "lines": [
        {
            "drug": "XC09AAA001",
            "quantity": "2",
            "unit": "盒",
            "units": {"prescribed": "28", "dispensed": "0", "remaining": "28"},
        }
    ],
    "disclosures": {},
    "erased": False,
    "history": [
        {
            "index": 42,
            "leaf": LEAF,
            "id": ID,
            "type": "prescription.issued",
            "organisation": "H40001",
            "signers": [{"code": "D4000010001", "role": "doctor"}],
            "time": TIME,
            "flags": [],
        }
    ],
}
TOKEN_REQUEST = {
    "grant_type": "client_credentials",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "client_assertion": "eyJhbGciOiJFUzI1NiJ9.e30.AA",
}
TOKEN = {"access_token": "mF_9.B5f-4.1JqM", "token_type": "Bearer", "expires_in": 300}
OAUTH_ERROR = {"error": "invalid_client", "error_description": "jti has been used before"}
CLOCK = {"time": TIME}

# path -> summary, name of the schemas, body, answer
LOOKUPS: Mapping[str, tuple[str, str, object, object]] = {
    "/v1/prescriptions:lookup": (
        "The rx of a national or hospital number",
        "PrescriptionLookup",
        {"hiRxno": "990000202603020001"},
        {"rx": ID},
    ),
    "/v1/chains:lookup": (
        "Ids and leaves of a consultation, or of a pharmacist's last duty entry",
        "ChainLookup",
        {"mdtrtId": "990000MZ0001"},
        {"consultation": ID, "opened": {"id": ID, "leaf": LEAF}, "closed": None},
    ),
    "/v1/trace-codes:lookup": (
        "Whether packs were sold: never, once, or more than once",
        "TraceCodeLookup",
        {"codes": ["81234567000000000001"]},
        {"codes": [{"code": "81234567000000000001", "sold": "never", "state": "stocked"}]},
    ),
}
HEALTH: Mapping[str, str] = {
    "/healthz": "The process answers",
    "/readyz": "The ledger writes",
    "/metrics": "Counters for Prometheus",
}

OVERVIEWS: Mapping[str, tuple[str, object]] = {
    "/openapi.json": ("This description", {"openapi": "3.1.0"}),
    "/errors": ("Every code with its status and title", {"RX_EXPIRED": {"status": 422, "title": "…"}}),
}

_TEXT = {"type": "string"}
_HEX = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_OBJECT = {"type": "object"}
_TEXTS = {"type": "array", "items": _TEXT}


def _record(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    members = {**required, **(optional or {})}
    return {"type": "object", "properties": members, "required": list(required)}


_PRESENCE = _record(
    dict.fromkeys(("credential_id", "authenticator_data", "client_data_json", "signature"), _TEXT)
)
_SIGNATURE = _record(
    {},
    {
        "protected": _TEXT,
        "signature": _TEXT,
        "header": _record({}, {"disclosures": _TEXTS, "presence": _PRESENCE}),
    },
)
_CHINESE = _record({"title": _TEXT, "detail": _TEXT, "fix": _TEXT})
_INDEX = {"type": "integer", "minimum": 0}
_VERDICT = _record(
    {"flags": {"type": "array", "items": _OBJECT}, "outcome": {"enum": ["accepted", "held"]}},
    {"rulebook": _HEX, "knowledge": _HEX},
)

SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "Object": _OBJECT,
    "Submission": _record({"payload": _TEXT, "signatures": {"type": "array", "items": _SIGNATURE}}),
    "Accepted": _record(
        {
            "id": _HEX,
            "index": _INDEX,
            "leaf": _HEX,
            "entry": {"type": "string", "contentEncoding": "base64"},
            "outcome": {"enum": ["accepted", "held"]},
            "verdict": _VERDICT,
            "receipt": _TEXT,
        }
    ),
    "Check": _record(
        {"id": _HEX, "outcome": _TEXT, "codes": _TEXTS, "findings": {"type": "array"}, "not_checked": _TEXTS}
    ),
    "Prescription": _record(
        {
            "rx": _HEX,
            "status": {"enum": list(STATUSES)},
            "lines": {"type": "array"},
            "history": {"type": "array"},
        }
    ),
    "PrescriptionLookupRequest": _record({}, dict.fromkeys(("hiRxno", "hospRxno", "mdtrtId"), _TEXT)),
    "PrescriptionLookup": _record({"rx": _HEX}),
    "ChainLookupRequest": _record({}, {"mdtrtId": _TEXT, "pharmacist": _TEXT}),
    "ChainLookup": _record({}, {"consultation": _HEX, "opened": _OBJECT, "closed": {}, "duty": {}}),
    "TraceCodeLookupRequest": _record({"codes": _TEXTS}),
    "TraceCodeLookup": _record({"codes": {"type": "array", "items": _OBJECT}}),
    "TokenRequest": _record(dict.fromkeys(TOKEN_REQUEST, _TEXT)),
    "Token": _record({"access_token": _TEXT, "token_type": _TEXT, "expires_in": {"type": "integer"}}),
    "OAuthError": _record({"error": _TEXT, "error_description": _TEXT}),
    "Clock": _record({"time": _TEXT}),
    "Code": _record({"code": _TEXT, "status": _INDEX, "class": _TEXT, "title": _TEXT, "zh": _CHINESE}),
    "Problem": _record(
        {
            "type": _TEXT,
            "status": _INDEX,
            "title": _TEXT,
            "detail": _TEXT,
            "code": {"enum": list(CODES)},
            "codes": _TEXTS,
            "class": {"enum": ["VIOLATION", "SUSPICION", "DATA_QUALITY", "NOTICE"]},
            "rule": {"type": ["string", "null"]},
            "fix": _TEXT,
            "retry": {"enum": ["never", "later", "after_change"]},
            "request_id": _TEXT,
            "zh": _CHINESE,
        },
        {
            "pointer": _TEXT,
            "facts": _OBJECT,
            "id": _HEX,
            "findings": {"type": "array", "items": _OBJECT},
            "refusal": _record({"index": _INDEX, "leaf": _HEX}),
        },
    ),
}


def code_row() -> dict[str, Any]:
    """Return a catalogue row as an example."""
    row = CODES["RX_NOT_CLAIMED"]
    return {
        "code": row.code,
        "status": row.status,
        "class": row.class_,
        "title": row.title,
        "zh": {"title": row.zh_title, "detail": row.zh_detail, "fix": row.zh_fix},
    }
