"""Whom a code speaks of: not always of those who acted when it was said.

A pharmacist who is told that a prescription was cancelled did nothing; a doctor cannot know what a patient
bought elsewhere. Reports that count codes by person or institution ask here, so that nobody is charged
with what the patient, the prescription, a measure or another did.
"""

from __future__ import annotations

from typing import Literal

About = Literal[
    "actor", "institution", "prescriber", "seller", "patient", "prescription", "measure", "nobody"
]

# Of packs: the shop that sold them, which is not who acts where the fund tells of a sale.
_SELLER_STARTS = ("TRACE_",)
ABOUT: dict[str, About] = {
    "CHANNEL_UNREGISTERED": "institution",
    "CREDENTIAL_SHARED": "institution",
    "NO_INBOUND": "institution",
    "STOCK_SOLD_BEFORE": "institution",
    "RETURN_MONITORED": "institution",
    "QTY_EXCEEDS_RX": "seller",
    "SETTLED_TWICE": "seller",
    "INDICATION_MISSING": "prescriber",
    "INDICATION_REQUIRED": "prescriber",
    "SUPPLY_QUANTITY": "prescriber",
    "EXEMPTION_REPEATED": "patient",
    "EXEMPTION_SHARED": "patient",
    "PROFILE_HOSPITALS": "patient",
    "PROFILE_SPENT": "patient",
    "PROFILE_VISITS": "patient",
    "SUPPLY_COVERED": "patient",
    "SUPPLY_DAYS_LEFT": "patient",
    "SUPPLY_EXEMPT": "patient",
    "KEY_COMPROMISE_WINDOW": "prescription",
    "REVIEW_REJECTED": "prescription",
    "RX_ALREADY_DISPENSED": "prescription",
    "RX_CANCELLED": "prescription",
    "RX_NOT_SALEABLE": "institution",
    "RX_DESIGNATED_ELSEWHERE": "prescription",
    "RX_EXPIRED": "prescription",
    "RX_HELD": "prescription",
    "CONSULT_IN_VAIN": "measure",
    "SUSPENDED_EMERGENCY": "measure",
    "DEPARTMENT_SUSPENDED": "measure",
    "FREEZE_WITHOUT_CASE": "measure",
    "INSURED_OFFLINE": "measure",
    "ORG_SUSPENDED": "measure",
    "REMINDER_OVERDUE": "measure",
    "SELF_REPORT_UNNAMED": "measure",
    "SIGNER_SUSPENDED": "measure",
    "STATE_FROZEN": "measure",
    # What the software of an institution sends twice or out of order is no deed of who signed.
    "IDEMPOTENCY_CONFLICT": "institution",
    "PREV_DIGEST_MISMATCH": "institution",
    "SHADOW": "nobody",
    # Somebody else did it already: nothing needs to be done.
    "REMINDER_ANSWERED": "nobody",
    "STATE_NOT_FROZEN": "nobody",
    "RECORD_CHANGED": "nobody",
}


def about(code: str) -> About:
    """Return whom `code` speaks of: by its own place in the table, by its family, else who acted.

    `institution` is the one that acted and not its people; `prescriber` who acted where the act is an issue,
    and nobody where a shop is told; `seller` who acted, but not the fund where it tells of a shop's sale.
    """
    if code.startswith(_SELLER_STARTS):
        return "seller"
    return ABOUT.get(code, "actor")
