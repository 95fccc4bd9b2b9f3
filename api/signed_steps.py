"""Who signed a prescription, for whoever has its id (QR code, paper): its steps, and no content (S21).

Entries are for members (architecture D6). Of them whoever holds the paper is told what it says anyway, or
what is public by its code (`/v1/standing/{code}`): institutions, doctor and pharmacists. What was prescribed,
for whom, what a rule said of it, what was paid and who read it are not told, nor who carried it or took it
in: that may be the family.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from api.logged import statement_of
from api.ports import LedgerPort
from contracts import keys, lifecycle, status_of
from contracts.time import to_text

_HEX64 = re.compile(r"[0-9a-f]{64}")
_TOLD_BY_CODE = ("doctor", "hospital_pharmacist", "pharmacist")
# Each event of the life cycle, and the correction of a sale. Second reports, payments, reads are no steps.
STEPS: Mapping[str, tuple[str, str]] = {
    "prescription.issued": ("Issued by the doctor", "医师开具处方"),
    "prescription.renewed": ("Validity changed by the doctor", "医师变更有效期"),
    "prescription.cancelled": ("Cancelled by the doctor", "医师撤销处方"),
    "prescription.claimed": ("Taken on by the pharmacy", "药店下载处方"),
    "prescription.released": ("Given back by the pharmacy", "药店释放处方"),
    "review.hold/approved": ("Looked at once more by the hospital: may go on", "医院复核：通过"),
    "review.hold/refused": ("Looked at once more by the hospital: refused", "医院复核：不通过"),
    "review.hospital/approved": ("Hospital's review: approved", "医院审方：通过"),
    "review.hospital/refused": ("Hospital's review: refused", "医院审方：不通过"),
    "review.pharmacy/approved": ("Pharmacy's review: approved", "药店审方：通过"),
    "review.pharmacy/refused": ("Pharmacy's review: refused", "药店审方：不通过"),
    "dispensing.dispensed": ("Sold by the pharmacy", "药店售药"),
    "dispensing.returned": ("Taken back by the pharmacy", "药店退药"),
    "dispensing.corrected": ("The pharmacy put right which pack it had scanned", "药店更正误扫的药品"),
    "delivery.handed_over": ("Handed over for delivery", "交付配送"),
    "delivery.received": ("Delivered", "已签收"),
    "delivery.failed": ("Delivery failed", "配送失败"),
}


def steps_for_anybody(ledger: LedgerPort, rx: str) -> dict[str, Any] | None:
    """Return {"rx","status","issued","expires","issuer","steps"} of a committed prescription, or None.

    It opens no disclosure, so that it is the same after they were erased. Called from a thread of its own;
    writes nothing.
    """
    raw = ledger.read(keys.rx(rx)) if _HEX64.fullmatch(rx) else None
    if raw is None:
        return None
    record = json.loads(raw)
    content = json.loads(ledger.read(keys.rx_content(rx)) or b"{}")
    return {
        "rx": rx,
        "status": status_of(record, content, ledger.time_ms),
        "issued": to_text(record["issued"]),
        "expires": to_text(record["expires"]),
        "issuer": _institution(ledger, record["issuer"]),
        "steps": list(_steps(ledger, rx)),
    }


def _steps(ledger: LedgerPort, rx: str) -> Iterator[dict[str, Any]]:
    offset_ms = json.loads(ledger.read(keys.GENESIS) or b"{}").get("utc_offset_minutes", 0) * 60_000
    for located in ledger.history(rx):
        entry = json.loads(ledger.entry(located.index))
        id_, payload = statement_of(entry)
        event = lifecycle.event_of(payload["type"], payload.get("decision"))
        if event not in STEPS:
            continue
        english, chinese = STEPS[event]
        yield {
            "id": id_,
            "step": event,
            "en": english,
            "zh": chinese,
            "time": to_text(entry["time"]),
            "local": to_text(entry["time"] + offset_ms)[:16].replace("T", " "),
            "institution": _institution(ledger, payload["iss"]),
            "signers": [_signer(one) for one in payload["signers"]],
            "receipt": f"/v1/receipts/{id_}",
        }


def _signer(signer: Mapping[str, str]) -> dict[str, str]:
    told = ("role", "code") if signer["role"] in _TOLD_BY_CODE else ("role",)
    return {name: signer[name] for name in told}


def _institution(ledger: LedgerPort, code: str) -> dict[str, str]:
    registered = json.loads(ledger.read(keys.organisation(code)) or b"{}")
    return {"code": code, "name": registered.get("name", "")}
