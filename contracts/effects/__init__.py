"""What an accepted statement writes: one function for each type, writes as data.

Everything public that anybody needs later goes under `pub/`, everything that comes out of a
disclosure under `pvt/` (D7). A type without an entry here writes only what the host writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from contracts.act import Act, State
from contracts.effects import access, campaigns, care, measures, registry, reminders, subjects, supply

EFFECTS: Mapping[str, Callable[[Act], Iterator[tuple[str, State]]]] = {
    "governance.genesis": registry.genesis,
    "governance.log_key": registry.log_key,
    "governance.rulebook": registry.rulebook,
    "governance.knowledge": registry.knowledge,
    "governance.knowledge_part": registry.knowledge_part,
    "governance.freeze": measures.freeze,
    "governance.release": measures.release,
    "governance.score": measures.score,
    "governance.repair": measures.repair,
    "governance.case": measures.case,
    "governance.case_step": measures.case_step,
    "governance.campaign": campaigns.campaign,
    "governance.campaign_step": campaigns.campaign_step,
    "governance.reminder": reminders.reminder,
    "governance.acknowledgement": reminders.acknowledgement,
    "governance.inspection": reminders.inspection,
    "governance.appeal": measures.appeal,
    "governance.self_report": measures.self_report,
    "governance.referral": access.referral,
    "registry.organisation": registry.organisation,
    "registry.person": registry.person,
    "registry.licence": registry.licence,
    "registry.department": subjects.department,
    "registry.insured": subjects.insured,
    "registry.uncoded": subjects.uncoded,
    "registry.channel": subjects.channel,
    "registry.tool": subjects.tool,
    "registry.vendor": subjects.vendor,
    "registry.key": registry.key,
    "registry.authenticator": registry.authenticator,
    "registry.revocation": registry.revocation,
    "access.read": access.read,
    "duty.opened": care.duty_opened,
    "duty.closed": care.duty_closed,
    "consultation.opened": care.consultation_opened,
    "consultation.closed": care.consultation_closed,
    "prescription.issued": care.prescription_issued,
    "prescription.renewed": care.prescription_renewed,
    "prescription.cancelled": care.prescription_cancelled,
    "prescription.claimed": care.prescription_claimed,
    "prescription.released": care.prescription_released,
    "review.hold": care.review_hold,
    "review.hospital": care.review_hospital,
    "review.pharmacy": care.review_pharmacy,
    "dispensing.dispensed": supply.dispensed,
    "dispensing.returned": supply.returned,
    "dispensing.reported": supply.reported,
    "dispensing.corrected": supply.corrected,
    "settlement.reported": supply.reported,
    "settlement.settled": supply.paid,
    "settlement.refunded": supply.paid,
    "delivery.handed_over": supply.delivery,
    "delivery.received": supply.delivery,
    "delivery.failed": supply.delivery,
    "stock.received": supply.stock_received,
    "stock.adjusted": supply.stock_adjusted,
}
