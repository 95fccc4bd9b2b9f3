"""Schemas and examples of the two calls for patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import patient, patient_prescription
from api.openapi.examples import ID, TIME
from api.signed_steps import STEPS
from contracts.lifecycle import STATUSES

_ONCE, _MALFORMED = patient.ANSWERS["once"], patient.ANSWERS["malformed"]
_ISSUED = patient_prescription.ANSWERS["ISSUED"]
PACK = {
    "code": "89900020000000000001",
    "sold": "once",
    "day": "2026-03-02",
    "right": True,
    "en": _ONCE[1],
    "zh": _ONCE[2],
}
NO_PACK = {
    "code": "6901234567892",
    "sold": "malformed",
    "right": False,
    "en": _MALFORMED[1],
    "zh": _MALFORMED[2],
}
_HOSPITAL = {"code": "H40001", "name": "某某互联网医院"}
SIGNED_STEPS = {
    "rx": ID,
    "status": "ISSUED",
    "issued": TIME,
    "expires": "2026-03-05T01:15:00Z",
    "issuer": _HOSPITAL,
    "steps": [
        {
            "id": ID,
            "step": "prescription.issued",
            "en": STEPS["prescription.issued"][0],
            "zh": STEPS["prescription.issued"][1],
            "time": TIME,
            "local": "2026-03-02 09:15",
            "institution": _HOSPITAL,
            "signers": [{"role": "doctor", "code": "D4000010001"}],
            "receipt": f"/v1/receipts/{ID}",
        }
    ],
    "right": True,
    "en": f"{_ISSUED[1]} {patient_prescription.NOTE[0]}",
    "zh": f"{_ISSUED[2]}{patient_prescription.NOTE[1]}",
}

_TEXT = {"type": "string"}
_HEX = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _record(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    members = {**required, **optional}
    return {"type": "object", "properties": members, "required": list(required)}


_ANSWER = {"right": {"type": "boolean"}, "en": _TEXT, "zh": _TEXT}
_INSTITUTION = _record({"code": _TEXT, "name": _TEXT})
_STEP = _record(
    {
        "id": _HEX,
        "step": {"enum": list(STEPS)},
        **dict.fromkeys(("en", "zh", "time", "local", "receipt"), _TEXT),
        "institution": _INSTITUTION,
        "signers": {"type": "array", "items": _record({"role": _TEXT}, code=_TEXT)},
    }
)
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "Pack": _record({"code": _TEXT, "sold": {"enum": list(patient.ANSWERS)}, **_ANSWER}, day=_TEXT),
    "SignedSteps": _record(
        {
            "rx": _HEX,
            "status": {"enum": list(STATUSES)},
            "issued": _TEXT,
            "expires": _TEXT,
            "issuer": _INSTITUTION,
            "steps": {"type": "array", "items": _STEP},
            **_ANSWER,
        }
    ),
}
