"""What the verifier knows of statement types: who may sign, where, and with what proof.

Written from the documents, not from the writer's table: a slip there must not be repeated here.
A type that is not in `ACTS` is reported as signed, not interpreted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GENESIS = "governance.genesis"
ORGANISATION = "organisation"
OFFICER = "officer"
FUND_OFFICER = "fund_officer"
PEOPLE = (
    "doctor",
    "hospital_pharmacist",
    "pharmacist",
    OFFICER,
    FUND_OFFICER,
    "courier",
    "recipient",
)
ANYBODY = (*PEOPLE, ORGANISATION)
# What a key still signs whose person is registered in another role since (SPEC 5.6): the own next key, the
# own word, the end of what is open. An office ends with its registration: it vouches and speaks for nobody.
OFFICIALS = (OFFICER, FUND_OFFICER)
OUTLAST_A_ROLE = (
    "registry.key",
    "governance.appeal",
    "governance.self_report",
    "governance.acknowledgement",
    "consultation.closed",
    "duty.closed",
)


@dataclass(frozen=True, slots=True)
class Act:
    """`roles` may sign; `places` are the kinds of organisation that may submit, () for any."""

    roles: tuple[str, ...]
    places: tuple[str, ...]
    licensed: bool = False  # uses a professional right: licence and site are judged
    presence: bool = False  # each signer proves presence
    officers_min: int = 0  # so many different officers sign
    beside: str = ""  # somebody of this role signs beside them
    organisation: bool = False  # an organisation's key may sign alone: it answers for its readers
    named: tuple[str, ...] = ()  # members whose people must be among the signers
    signers_max: int = 8  # so many different people sign at most


_REGULATOR = ("regulator",)
_HOSPITAL = ("hospital",)
_PHARMACY = ("pharmacy",)
_CARRIERS = ("pharmacy", "courier")
_DOCTOR = ("doctor",)
_PHARMACIST = ("pharmacist",)
_OFFICER = (OFFICER,)

ACTS: Mapping[str, Act] = {
    GENESIS: Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.log_key": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.rulebook": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.knowledge": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.knowledge_part": Act(_OFFICER, _REGULATOR),
    "governance.freeze": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.release": Act(
        (OFFICER, FUND_OFFICER), _REGULATOR, officers_min=1, beside=FUND_OFFICER, signers_max=2
    ),
    "governance.score": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.repair": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.case": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.case_step": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.campaign": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.campaign_step": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.reminder": Act(_OFFICER, _REGULATOR),
    "governance.acknowledgement": Act(PEOPLE, (), signers_max=1),
    "governance.inspection": Act(_OFFICER, _REGULATOR, officers_min=2),
    "governance.appeal": Act(PEOPLE, (), signers_max=1),
    "governance.self_report": Act(PEOPLE, (), signers_max=1),
    "governance.referral": Act(_OFFICER, _REGULATOR, officers_min=2),
    "access.read": Act(ANYBODY, (), organisation=True, signers_max=1),
    "registry.organisation": Act(_OFFICER, _REGULATOR),
    "registry.person": Act(_OFFICER, _REGULATOR),
    "registry.licence": Act(_OFFICER, _REGULATOR),
    "registry.department": Act(_OFFICER, _REGULATOR),
    "registry.insured": Act(_OFFICER, _REGULATOR),
    "registry.uncoded": Act(_OFFICER, _REGULATOR),
    "registry.channel": Act(_OFFICER, _REGULATOR),
    "registry.tool": Act(_OFFICER, _REGULATOR),
    "registry.vendor": Act(_OFFICER, _REGULATOR),
    "registry.revocation": Act(_OFFICER, _REGULATOR),
    "registry.key": Act(ANYBODY, (), signers_max=2),
    "registry.authenticator": Act(PEOPLE, _REGULATOR, signers_max=2),
    "duty.opened": Act(_PHARMACIST, _PHARMACY, licensed=True, presence=True, signers_max=1),
    "duty.closed": Act(_PHARMACIST, _PHARMACY, signers_max=1),
    "consultation.opened": Act(_DOCTOR, _HOSPITAL, named=("doctor",), signers_max=1),
    "consultation.closed": Act(_DOCTOR, _HOSPITAL, named=("doctor",), signers_max=1),
    "prescription.issued": Act(
        _DOCTOR, _HOSPITAL, licensed=True, presence=True, named=("prescriber",), signers_max=1
    ),
    "prescription.renewed": Act(_DOCTOR, _HOSPITAL, licensed=True, presence=True, signers_max=1),
    "prescription.cancelled": Act(_DOCTOR, _HOSPITAL, licensed=True, signers_max=1),
    "prescription.claimed": Act(_PHARMACIST, _PHARMACY, licensed=True),
    "prescription.released": Act(_PHARMACIST, _PHARMACY, licensed=True),
    "review.hold": Act(
        ("hospital_pharmacist",), _HOSPITAL, licensed=True, named=("reviewer",), signers_max=1
    ),
    "review.hospital": Act(("hospital_pharmacist",), _HOSPITAL, licensed=True, named=("reviewer",)),
    "review.pharmacy": Act(_PHARMACIST, _PHARMACY, licensed=True, named=("reviewer", "second_reviewer")),
    "dispensing.dispensed": Act(_PHARMACIST, _PHARMACY, licensed=True, named=("preparer", "checker")),
    "dispensing.reported": Act(_PHARMACIST, _PHARMACY),
    "dispensing.returned": Act(_PHARMACIST, _PHARMACY, licensed=True),
    "dispensing.corrected": Act(_PHARMACIST, _PHARMACY, licensed=True),
    "settlement.reported": Act(("pharmacist", FUND_OFFICER), ("pharmacy", "fund")),
    "settlement.settled": Act((FUND_OFFICER,), ("fund",)),
    "settlement.refunded": Act((FUND_OFFICER,), ("fund",)),
    "stock.received": Act(_PHARMACIST, _PHARMACY, licensed=True),
    "stock.adjusted": Act(_PHARMACIST, _PHARMACY, licensed=True),
    "delivery.handed_over": Act(_PHARMACIST, _PHARMACY),
    "delivery.received": Act(("pharmacist", "courier", "recipient"), _CARRIERS),
    "delivery.failed": Act(("pharmacist", "courier"), _CARRIERS),
}

# How many digests `_sd` holds (SPEC 5.4): one for each group, disclosed or not: the number tells nothing.
DIGESTS: Mapping[str, int] = {
    "governance.inspection": 1,
    "registry.person": 1,
    "registry.insured": 1,
    "duty.opened": 1,
    "duty.closed": 1,
    "consultation.opened": 4,
    "consultation.closed": 3,
    "prescription.issued": 8,
    "prescription.renewed": 3,
    "prescription.cancelled": 3,
    "prescription.claimed": 2,
    "prescription.released": 1,
    "review.hospital": 5,
    "review.pharmacy": 4,
    "dispensing.dispensed": 5,
    "dispensing.reported": 4,
    "dispensing.returned": 5,
    "dispensing.corrected": 4,
    "settlement.reported": 3,
    "settlement.settled": 3,
    "settlement.refunded": 3,
    "stock.received": 3,
    "stock.adjusted": 3,
    "delivery.handed_over": 3,
    "delivery.received": 3,
    "delivery.failed": 3,
}
