"""Schemas and examples of the HTTP calls, for the OpenAPI description and its tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from api.catalogue import members
from api.problems import Problem
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

# A consultation's close, signed with a key that was thrown away: parsed by tests as the server would.
_PAYLOAD = (
    "eyJfc2QiOlsiN0JUaXBCVU9TYXhtT09jdzh2di10MWZKQVlmVkxzMGpCYWRCbTlKQXNlOCIsIkZkS2xzamZWMGtw"
    "b1o1ODNxZWdPTWdNVi1rOEJfMmJidWJOcTlqUDF1YmsiLCJpeFJPVnlGYWttS19MaUNzaUtqT1F6R2IzN2FiUU9K"
    "azgzN081cGh1S2lBIl0sIl9zZF9hbGciOiJzaGEtMjU2IiwiYXVkIjoibGVkZ2VyLmV4YW1wbGUvcngiLCJjb25z"
    "dWx0YXRpb24iOiI1YjFmOGYwYjNhMmQ0YzZlOGY3YTliMGMxZDJlM2Y0MDUxNjI3Mzg0OTVhNmI3YzhkOWVhZjBi"
    "MWMyZDNlNGY1IiwiZG9jdG9yIjoiRDk5MDAwMDAwMDAwMSIsImlhdCI6MTc3MjQxNDEwMCwiaXNzIjoiSDk5MDAw"
    "MDAwMDAxIiwianRpIjoieEI5Z2F3bVVZeDFmWnNqQnBkM0NMZyIsInNpZ25lcnMiOlt7ImNvZGUiOiJEOTkwMDAw"
    "MDAwMDAxIiwicm9sZSI6ImRvY3RvciJ9XSwidHlwZSI6ImNvbnN1bHRhdGlvbi5jbG9zZWQifQ"
)
_DISCLOSURE = (
    "WyJ6OUQya3kydUY4ZWZ6QnJRX2RpaU9BIiwiY2xpbmljYWwiLHsiZG9jdG9yX3R1cm5zIjo2LCJkcnVnX2Nob3Nl"
    "bl9iZWZvcmVfY29uc3VsdGF0aW9uIjpmYWxzZSwicGF0aWVudF90dXJucyI6NSwidW5yZWFkX3BhdGllbnRfbWVz"
    "c2FnZXMiOjB9XQ"
)
SUBMISSION = {
    "payload": _PAYLOAD,
    "signatures": [
        {
            "protected": (
                "eyJhbGciOiJFUzI1NiIsImtpZCI6IkQ5OTAwMDAwMDAwMDEjYzk2ODRiNWZkMTBiNDg1OCIsInR5cCI6InJ4LXN0"
                "YXRlbWVudCtqd3MifQ"
            ),
            "signature": (
                "BWy5kA6_wdXwHHBLIWwmMRVrQOVLa8noa2vBlY_fQyTptdWYOgK9KFe_imI1vG_NQ7u1g76KetRkorTidT8trg"
            ),
            "header": {"disclosures": [_DISCLOSURE]},
        }
    ],
}
UNSIGNED = {"payload": _PAYLOAD, "signatures": [{"header": {"disclosures": [_DISCLOSURE]}}]}
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
    "outlook": [
        {
            "drug": "XC09AAA001",
            "days": 14,
            "covered_until": TIME,
            "covered_until_date": "2026-03-02",
            "next": "2026-03-15T16:00:00Z",
            "next_date": "2026-03-16",
        }
    ],
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
    "masked": [],
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
OAUTH_ERROR = {
    "error": "invalid_client",
    "error_description": "jti has been used before",
    "zh": {"detail": "jti 已使用过"},
}
CLOCK = {"time": TIME}

BATCH = f"{json.dumps(SUBMISSION)}\n{json.dumps(SUBMISSION)}\n"
_REFUSED = Problem("RX_EXPIRED").body("https://ledger.example/errors/", REQUEST_ID)
BATCH_ANSWER = f"{json.dumps({'status': 201, **ACCEPTED})}\n{json.dumps(_REFUSED)}\n"
PAGE = '<!doctype html>\n<html lang="en">…</html>\n'
CHAIN = {"consultation": ID, "opened": {"id": ID, "leaf": LEAF}, "closed": None}
PACKS = {
    "codes": [
        {
            "code": "81234567000000000001",
            "sold": "never",
            "state": "stocked",
            "received_here": True,
            "booked_out": None,
        },
    ]
}
STANDING = {
    "code": "P99000000001",
    "kind": "organisation",
    "role": "pharmacy",
    "status": "normal",
    "points_year": 3,
    "score": 850,
    "grade": "B",
    "scores": [
        {
            "id": ID,
            "case": ID,
            "kind": "agreement_breach",
            "responsibility": "main",
            "points": 3,
            "left": 3,
            "at": TIME,
        }
    ],
    "freezes": [{"id": ID, "scope": "all", "until": TIME, "by": "rule", "code": "PACE_TOO_FAST"}],
    "tickets": {"opened": 4, "closed": 3},
    "reminders": {"open": 1, "overdue": 0},
    "appeals": {"open": 0, "overdue": 0},
}
CAMPAIGN = {
    "campaign": ID,
    "name": "百日行动",
    "rules": ["SUPPLY-1", "PACE-1"],
    "regions": ["990000"],
    "stages": ["排查", "处理", "总结"],
    "done": ["排查"],
    "next": "处理",
    "due": TIME,
    "overdue": False,
    "cases": 3,
    "closed": 1,
}
RECEIPT = (
    "c2sp.org/tlog-proof@v1\nindex 2\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\n"
    "ledger.example/rx\n3\n5vAGp7WmjjgCC3/FUYMlKL+LRBzLEXGoHVmNa8GIqZ8=\n\n"
    "\u2014 ledger.example/rx 9Dj2cT…\n"
)
CHECKPOINT = RECEIPT.partition("\n\n")[2]
METRICS = '# TYPE rx_statements_total counter\nrx_statements_total{outcome="accepted"} 42.0\n'

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

_OUTLOOK = _record(
    {"drug": _TEXT, "days": {"type": "integer"}, "next": _TEXT},
    {"covered_until": _TEXT, "covered_until_date": _TEXT, "next_date": _TEXT},
)
_EVENT = _record(
    {
        "index": _INDEX,
        "leaf": _HEX,
        "id": _HEX,
        "type": _TEXT,
        "organisation": _TEXT,
        "signers": {"type": "array", "items": _OBJECT},
        "time": _TEXT,
        "flags": _TEXTS,
    }
)
_OPTIONAL_TEXT = {"type": ["string", "null"]}
_ACCEPTED = {
    "id": _HEX,
    "index": _INDEX,
    "leaf": _HEX,
    "entry": {"type": "string", "contentEncoding": "base64"},
    "outcome": {"enum": ["accepted", "held"]},
    "verdict": _VERDICT,
    "receipt": _TEXT,
}
_OPTIONAL_OBJECT = {"type": ["object", "null"]}
_CONTENT = {
    "status": {"enum": list(STATUSES)},
    "marks": _TEXTS,
    "issuer": _TEXT,
    "prescriber": _TEXT,
    "consultation": _HEX,
    "holder": _OPTIONAL_TEXT,
    "issued": _TEXT,
    "expires": _TEXT,
    "lines": {"type": "array", "items": _OBJECT},
    "disclosures": _OBJECT,
    "masked": _TEXTS,
    "erased": {"type": "boolean"},
    "history": {"type": "array", "items": _EVENT},
}


def _lines_of(schema: str) -> dict[str, Any]:
    """A JSON document a line, each of a schema."""
    return {
        "type": "string",
        "contentMediaType": "application/x-ndjson",
        "contentSchema": {"$ref": f"#/components/schemas/{schema}"},
    }


SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "Object": _OBJECT,
    "Text": _TEXT,
    "Batch": _lines_of("Submission"),
    "BatchAnswer": _lines_of("BatchLine"),
    "BatchLine": {
        "anyOf": [_record({"status": _INDEX, **_ACCEPTED}), {"$ref": "#/components/schemas/Problem"}]
    },
    "Bytes": {"type": "string", "contentMediaType": "application/octet-stream"},
    "Health": _record({"status": _TEXT}, {"size": _INDEX}),
    "Campaign": _record(
        {
            "campaign": _HEX,
            "name": _TEXT,
            **dict.fromkeys(("rules", "regions", "stages", "done"), _TEXTS),
            "due": _TEXT,
            "overdue": {"type": "boolean"},
            "cases": _INDEX,
            "closed": _INDEX,
        },
        {"next": _TEXT},
    ),
    "Standing": _record(
        {
            "code": _TEXT,
            "kind": {"enum": ["organisation", "person", "department", "vendor", "insured"]},
            "role": _TEXT,
            "status": {"enum": ["normal", "frozen", "suspended", "terminated"]},
            "points_year": _INDEX,
            "score": {"type": "integer"},
            "grade": {"enum": list("ABCDE")},
            "scores": {"type": "array", "items": _OBJECT},
            "freezes": {"type": "array", "items": _OBJECT},
            "tickets": _record({"opened": _INDEX, "closed": _INDEX}),
            "reminders": _record({"open": _INDEX, "overdue": _INDEX}),
            "appeals": _record({"open": _INDEX, "overdue": _INDEX}),
        },
        {"until": _TEXT},
    ),
    "Submission": _record({"payload": _TEXT, "signatures": {"type": "array", "items": _SIGNATURE}}),
    "Accepted": _record(_ACCEPTED),
    "Check": _record(
        {
            "id": _HEX,
            "outcome": _TEXT,
            "codes": _TEXTS,
            "findings": {"type": "array", "items": _OBJECT},
            "outlook": {"type": "array", "items": _OUTLOOK},
            "not_checked": _TEXTS,
        },
        {"committed": _record({"index": _INDEX, "leaf": _HEX})},
    ),
    "Prescription": _record({"rx": _HEX, **_CONTENT}),
    "PrescriptionLookupRequest": _record({}, dict.fromkeys(("hiRxno", "hospRxno", "mdtrtId"), _TEXT)),
    "PrescriptionLookup": _record({"rx": _HEX}, _CONTENT),  # the content for who may see it
    "ChainLookupRequest": _record({}, {"mdtrtId": _TEXT, "pharmacist": _TEXT}),
    "ChainLookup": {
        "anyOf": [
            _record({"consultation": _HEX, "opened": _OBJECT, "closed": _OPTIONAL_OBJECT}),
            _record({"pharmacist": _TEXT, "duty": _OPTIONAL_OBJECT}),
        ]
    },
    "TraceCodeLookupRequest": {"anyOf": [_record({"codes": _TEXTS}), _record({"code": _TEXT})]},
    "TraceCodeLookup": _record({"codes": {"type": "array", "items": _OBJECT}}),
    "TokenRequest": _record(dict.fromkeys(TOKEN_REQUEST, _TEXT)),
    "Token": _record({"access_token": _TEXT, "token_type": _TEXT, "expires_in": {"type": "integer"}}),
    "OAuthError": _record({"error": _TEXT, "error_description": _TEXT, "zh": _OBJECT}),
    "Clock": _record({"time": _TEXT}),
    "Code": _record(
        {
            **dict.fromkeys(("code", "class", "retry", "title", "detail", "fix"), _TEXT),
            "status": _INDEX,
            "rules": _TEXTS,
            "zh": _CHINESE,
        },
        {"proposal": _record({"members": _TEXTS, "en": _TEXT, "zh": _TEXT})},  # where data alone is refused
    ),
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
    return members("RX_NOT_CLAIMED")
