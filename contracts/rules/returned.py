"""TRACE, of returns: what a patient had at home comes back with a reason, and is looked at where monitored.

A pack that left the shop is sold to nobody again (TRACE_NOT_RESALABLE); what is left to ask is why it came.
"""

from __future__ import annotations

from contracts.act import Act
from contracts.groups import RETURN
from contracts.packs import left_shop
from contracts.rules.base import Failed, rule
from contracts.rules.pace import has_monitored_drug


def _is_asked(act: Act) -> bool:
    return left_shop(act) and bool(int(act.parameter("returns_explained")))


@rule(
    "TRACE-33",
    "SCHEMA_REQUIRED",
    RETURN,
    sources="§2.3 S36",
    parameters=("returns_explained", "placeholders"),
    en="What had left the shop comes back with a reason: say why. Nobody is accused.",
    zh="已离店药品退回须注明原因，请补充后重报；不追究任何人。",
)
def return_explained(act: Act) -> None:
    """Where the rulebook asks for it, a return of what had left the shop has a reason, not in name only."""
    reason = (act.disclosed("clinical") or {}).get("reason", "")
    if _is_asked(act) and act.is_placeholder(reason):
        raise Failed({"member": "reason"})


@rule(
    "TRACE-34",
    "RETURN_MONITORED",
    RETURN,
    strength="flag",
    sources="§2.3 S36",
    parameters=("returns_explained", "monitored_drugs"),
    version=2,
    en="A monitored drug comes back from a patient's home: count it and keep it apart.",
    zh="重点监测药品自患者处退回，请清点并单独存放。",
)
def monitored_drug_came_back(act: Act) -> None:
    """Where the rulebook asks for it, a monitored drug does not come back from a patient unnoticed."""
    if _is_asked(act) and has_monitored_drug(act):
        raise Failed


RULES = (return_explained, monitored_drug_came_back)
