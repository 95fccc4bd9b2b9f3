"""Statement types by what they are: acts of a hospital, a shop, an office; and who may submit them.

Rules name the groups that they judge. The types themselves stand in `contracts.types`.
"""

from __future__ import annotations

from collections.abc import Mapping

ISSUE = ("prescription.issued",)
RENEWAL = ("prescription.renewed",)
REVIEWS = ("review.hospital", "review.pharmacy")
SALE = ("dispensing.dispensed",)
RETURN = ("dispensing.returned",)
CORRECTION = ("dispensing.corrected",)
REPORTS = ("dispensing.reported", "settlement.reported")
ADJUSTMENT = ("stock.adjusted",)
PAYMENTS = ("settlement.settled", "settlement.refunded")
DELIVERY = ("delivery.handed_over", "delivery.received", "delivery.failed")
# What a suspension or a freeze takes from somebody (CREDIT, BREAKER): what gives, checks or hands out a drug.
RIGHTS = (*ISSUE, *RENEWAL, "review.hold", *REVIEWS, "prescription.claimed", *SALE)
# A person's part in a shop, for which a colleague can stand in. The shop itself is not kept from it: with no
# pharmacist on duty nobody could give a drug back, and goods that came in are recorded as they came.
SHOP_WORK = ("duty.opened", "stock.received", *ADJUSTMENT)
CONSULTATION = ("consultation.opened", "consultation.closed")
HOSPITAL_ACTS = (*CONSULTATION, *ISSUE, *RENEWAL, "prescription.cancelled", "review.hold", "review.hospital")
PHARMACY_ACTS = (
    "duty.opened",
    "duty.closed",
    "prescription.claimed",
    "prescription.released",
    "review.pharmacy",
    *SALE,
    *RETURN,
    *CORRECTION,
    *REPORTS,
    *DELIVERY,
    "stock.received",
    *ADJUSTMENT,
)
MEASURES = (
    "governance.freeze",
    "governance.release",
    "governance.score",
    "governance.repair",
    "governance.case",
    "governance.case_step",
    "governance.campaign_step",
    "governance.reminder",
    "governance.acknowledgement",
    "governance.appeal",
    "governance.self_report",
    "governance.referral",
)
READS = ("access.read",)
GOVERNANCE = (
    "governance.genesis",
    "governance.log_key",
    "governance.rulebook",
    "governance.knowledge",
    "governance.knowledge_part",
    "governance.inspection",
    "governance.campaign",
    *MEASURES,
)
REGISTRY = (
    "registry.organisation",
    "registry.person",
    "registry.licence",
    "registry.department",
    "registry.insured",
    "registry.uncoded",
    "registry.channel",
    "registry.tool",
    "registry.vendor",
    "registry.key",
    "registry.authenticator",
    "registry.revocation",
)
# Acts of officers that a person also takes alone, through the own organisation.
SELF_SERVICE = (
    "registry.key",
    "governance.appeal",
    "governance.self_report",
    "governance.acknowledgement",
)
_KINDS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (HOSPITAL_ACTS, ("hospital",)),
    (PHARMACY_ACTS, ("pharmacy",)),
    (("settlement.reported",), ("pharmacy", "fund")),
    (("delivery.received", "delivery.failed"), ("pharmacy", "courier")),
    ((*GOVERNANCE, *REGISTRY), ("regulator",)),
    (SELF_SERVICE, ()),
    (PAYMENTS, ("fund",)),
)
# Which kinds of organisation may submit a type, () for any: the last row of `_KINDS` that names it decides.
# Only a pharmacy claims, reviews and sells: a fund pays and a courier carries, neither has a counter.
KINDS: Mapping[str, tuple[str, ...]] = {type_: kinds for types, kinds in _KINDS for type_ in types}
EVERY = (*GOVERNANCE, *REGISTRY, *HOSPITAL_ACTS, *PHARMACY_ACTS, *PAYMENTS, *READS)
LICENSED = (
    *ISSUE,
    *RENEWAL,
    "prescription.cancelled",
    "review.hold",
    *REVIEWS,
    "prescription.claimed",
    "prescription.released",
    *SALE,
    *RETURN,
    *CORRECTION,
    "stock.received",
    *ADJUSTMENT,
    "duty.opened",
)
ON_RX = (
    *RENEWAL,
    "prescription.cancelled",
    "review.hold",
    "review.hospital",
    "prescription.claimed",
    "prescription.released",
    "review.pharmacy",
    *SALE,
    *RETURN,
    *CORRECTION,
    *REPORTS,
    *PAYMENTS,
    *DELIVERY,
)
