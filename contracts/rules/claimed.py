"""FLOW: the times that messages themselves tell, each held against what it rests on (先药后方).

Ledger time orders what arrives. Who sold first and had the prescription written afterwards sends both in the
right order, and often tells the true times in them.
"""

from __future__ import annotations

from contracts.act import Act
from contracts.groups import ISSUE, REVIEWS, SALE
from contracts.rules.base import Failed, rule


@rule(
    "FLOW-17",
    "TIME_ORDER",
    (*ISSUE, *REVIEWS, "prescription.claimed", *SALE),
    sources="S4 R12",
    parameters=("claimed_order", "claimed_time_future_s_max"),
    en="By its own time this was done before what it rests on: the prescription, or its consultation.",
    zh="按报文所载时间，本步骤早于其所依据的处方（或问诊），请核对时间。",
)
def claims_follow_their_order(act: Act) -> None:
    """Where the rulebook asks for it, no act claims an earlier time than its prescription was written at.

    Nor a prescription than its consultation was opened at. As far as clocks differ (PRESENCE-8) it may be.
    What arrived late counts from the time that it claims itself.
    """
    begun_ms = _rests_on(act)
    if begun_ms is None or not int(act.parameter_then("claimed_order")):
        return
    apart_ms = int(act.parameter("claimed_time_future_s_max")) * 1000
    if int(act.payload["iat"]) * 1000 < begun_ms - apart_ms:
        raise Failed({"member": "iat"})


def _rests_on(act: Act) -> int | None:
    found = (act.consultation if act.type in ISSUE else act.rx) or {}
    begun_ms: int | None = found.get("begun", found.get("opened", found.get("issued")))
    return begun_ms


RULES = (claims_follow_their_order,)
