"""What a reader's part in a prescription opens, and what stays masked without an access statement.

One table for the API, which shows, and for the rules, which judge what may be asked for (S20, S37).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.facts import Json

ALL_GROUPS = (
    "identity",
    "patient",
    "identifiers",
    "contact",
    "clinical",
    "lines",
    "codes",
    "file",
    "exemption",
    "message",
)
# What other offices' work needs of a prescription (S20): care and drugs, or drugs and packs; never who the
# patient is. Who must know that has a case, and gets its package (rx referral).
OFFICES: Mapping[str, tuple[str, ...]] = {
    "health_commission": ("patient", "identifiers", "clinical", "lines", "file", "exemption"),
    "drug_administration": ("identifiers", "lines", "codes"),
}
GROUPS: Mapping[str, tuple[str, ...]] = {
    "issuer": ALL_GROUPS,
    "regulator": ALL_GROUPS,
    "holder": ("identity", "patient", "identifiers", "clinical", "lines"),
    **OFFICES,
}
# What each part may read for (S37): who treats or hands out says so; who supervises gives nobody care, and a
# treatment that an officer names would be a reason that nobody can look into. Cases are the offices' own.
_CARE = ("treatment", "payment", "audit", "complaint")
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "issuer": _CARE,
    "holder": _CARE,
    "regulator": ("payment", "audit", "case", "complaint"),
    **dict.fromkeys(OFFICES, ("audit", "case", "complaint")),
}
# A supervisor sees acts, not people, until a signed statement says why (个人信息保护法: least access).
MASKED_FOR = ("regulator",)
MASKED = ("identity", "contact")
_STAR = "*"


def part_of(organisation: str, role: str, record: Mapping[str, Any]) -> str:
    """Return the part of an organisation in a prescription: a member of GROUPS, or "" for none."""
    if role == "regulator" or role in OFFICES:
        return role
    if organisation == record["issuer"]:
        return "issuer"
    return "holder" if organisation == record.get("holder") else ""


def masked(value: Json) -> Json:
    """Return a disclosed value with every text masked: 白芷若 as 白**, a number's middle as stars."""
    if isinstance(value, dict):
        return {name: masked(member) for name, member in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return _starred(value) if isinstance(value, str) else value


def _starred(text: str) -> str:
    shown = 1 if len(text) < 8 else 3
    end = text[-2:] if len(text) >= 8 else ""
    return text[:shown] + _STAR * max(1, len(text) - shown - len(end)) + end
