"""A prescription's life as one table: status and statement to the next status.

The table is the source of the code, of `contracts/RULES.md`, of the API's description and of the
tests. `EXPIRED` is never written: it is what an unused prescription becomes when its time is over.
A delivery step needs a parcel besides (parcels.py); one that arrives or fails in a status without a row
leaves the status as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

ISSUED = "ISSUED"
HOSPITAL_APPROVED = "HOSPITAL_APPROVED"
CLAIMED = "CLAIMED"
PHARMACY_APPROVED = "PHARMACY_APPROVED"
PARTLY_DISPENSED = "PARTLY_DISPENSED"
DISPENSED = "DISPENSED"
IN_DELIVERY = "IN_DELIVERY"
DELIVERED = "DELIVERED"
REFUSED = "REFUSED"
CANCELLED = "CANCELLED"
EXPIRED = "EXPIRED"
HELD = "HELD"

STATUSES = (
    ISSUED,
    HOSPITAL_APPROVED,
    CLAIMED,
    PHARMACY_APPROVED,
    PARTLY_DISPENSED,
    DISPENSED,
    IN_DELIVERY,
    DELIVERED,
    REFUSED,
    CANCELLED,
    EXPIRED,
    HELD,
)
COUNTED = "COUNTED"  # the next status follows from the quantities: see `status_by_quantity`

TRANSITIONS: Mapping[tuple[str, str], str] = {
    (ISSUED, "review.hospital/approved"): HOSPITAL_APPROVED,
    (ISSUED, "review.hospital/refused"): REFUSED,
    (ISSUED, "prescription.cancelled"): CANCELLED,
    (ISSUED, "prescription.renewed"): ISSUED,
    (HELD, "review.hold/approved"): ISSUED,
    (HELD, "review.hold/refused"): REFUSED,
    (HELD, "prescription.cancelled"): CANCELLED,
    (HELD, "prescription.renewed"): HELD,
    (HOSPITAL_APPROVED, "prescription.claimed"): CLAIMED,
    (HOSPITAL_APPROVED, "prescription.cancelled"): CANCELLED,
    (HOSPITAL_APPROVED, "prescription.renewed"): HOSPITAL_APPROVED,
    (CLAIMED, "review.pharmacy/approved"): PHARMACY_APPROVED,
    (CLAIMED, "review.pharmacy/refused"): REFUSED,
    (CLAIMED, "prescription.released"): HOSPITAL_APPROVED,
    (CLAIMED, "prescription.cancelled"): CANCELLED,
    (CLAIMED, "prescription.renewed"): CLAIMED,
    (PHARMACY_APPROVED, "dispensing.dispensed"): COUNTED,
    (PHARMACY_APPROVED, "prescription.released"): HOSPITAL_APPROVED,
    (PHARMACY_APPROVED, "prescription.cancelled"): CANCELLED,
    (PHARMACY_APPROVED, "prescription.renewed"): PHARMACY_APPROVED,
    (PARTLY_DISPENSED, "prescription.renewed"): COUNTED,
    (PARTLY_DISPENSED, "dispensing.dispensed"): COUNTED,
    (PARTLY_DISPENSED, "dispensing.returned"): COUNTED,
    (PARTLY_DISPENSED, "delivery.handed_over"): COUNTED,
    (DISPENSED, "dispensing.returned"): COUNTED,
    (DISPENSED, "delivery.handed_over"): IN_DELIVERY,
    (IN_DELIVERY, "dispensing.returned"): COUNTED,
    (IN_DELIVERY, "delivery.handed_over"): IN_DELIVERY,  # from one courier to the next
    (IN_DELIVERY, "delivery.received"): DELIVERED,
    (IN_DELIVERY, "delivery.failed"): DISPENSED,
    (DELIVERED, "dispensing.returned"): COUNTED,
    (DELIVERED, "delivery.handed_over"): IN_DELIVERY,  # another parcel, as the next row
    (DELIVERED, "delivery.failed"): DISPENSED,
}

# These statements name a prescription and leave its status alone; most of them leave a mark on it.
MARKS: Mapping[str, str] = {
    "dispensing.reported": "",
    "dispensing.corrected": "CORRECTED",
    "settlement.reported": "SETTLED",
    "settlement.settled": "PAID",
    "settlement.refunded": "REFUNDED",
}

MAY_EXPIRE = (HELD, ISSUED, HOSPITAL_APPROVED, CLAIMED, PHARMACY_APPROVED, PARTLY_DISPENSED)
USES_VALIDITY = (
    "prescription.renewed",
    "review.hold",
    "review.hospital",
    "review.pharmacy",
    "prescription.claimed",
    "dispensing.dispensed",
)
_USED = (DISPENSED, IN_DELIVERY, DELIVERED)
_NEXT_IN_LINE = ("review.hospital", "prescription.claimed")  # who sends these may not know of the hold


def event_of(type_: str, decision: str | None) -> str:
    """Return the table's name of a statement: a review is told apart by its decision."""
    return f"{type_}/{decision}" if decision else type_


def status_by_quantity(stage: str, remaining: int, prescribed: int) -> str:
    """Return the status that the quantities give to a prescription whose stage is COUNTED."""
    if stage != COUNTED:
        return stage
    if remaining <= 0:
        return DISPENSED
    return PHARMACY_APPROVED if remaining >= prescribed else PARTLY_DISPENSED


def refusal_code(status: str, type_: str, held_elsewhere: bool) -> str:
    """Return the code that tells a submitter precisely why `status` does not allow `type_`."""
    if status == CANCELLED:
        return "RX_CANCELLED"
    if status == REFUSED:
        return "REVIEW_REJECTED"
    if status == EXPIRED:
        return "RX_EXPIRED"
    if status == HELD and type_ in _NEXT_IN_LINE:
        return "RX_HELD"
    if status in _USED and type_ in ("dispensing.dispensed", "prescription.claimed"):
        return "RX_ALREADY_DISPENSED"
    if type_ == "prescription.claimed" and held_elsewhere:
        return "RX_DESIGNATED_ELSEWHERE"
    return "FLOW_ORDER"
