"""The life-cycle table, driven through the contracts: every status meets every statement."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys, lifecycle
from contracts.decision import Decision
from tests.contracts.world import DOCTOR, H1, METFORMIN, P1, PHARMACIST, YS1, World, code

STATUS_CODES = {
    "RX_CANCELLED",
    "REVIEW_REJECTED",
    "RX_EXPIRED",
    "RX_ALREADY_DISPENSED",
    "RX_DESIGNATED_ELSEWHERE",
    "FLOW_ORDER",
    "RX_HELD",
}
EVENTS = sorted({event for _, event in lifecycle.TRANSITIONS})
STATUSES = lifecycle.STATUSES
SOLD = {
    lifecycle.PARTLY_DISPENSED: 60,
    lifecycle.DISPENSED: 120,
    lifecycle.IN_DELIVERY: 120,
    lifecycle.DELIVERED: 120,
}
BY_QUANTITY = (lifecycle.PHARMACY_APPROVED, lifecycle.PARTLY_DISPENSED, lifecycle.DISPENSED)
NOT_HELD = (lifecycle.HELD, lifecycle.ISSUED, lifecycle.HOSPITAL_APPROVED)
LINES = {
    "lines": [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}],
    "codes": [{"code": code("8990002", 1), "line": 0}],
}


def prescription(world: World, status: str) -> str:
    """A prescription of two boxes that stands in this status."""
    rx = world.ready(line={"quantity": "2"})
    key, content_key = keys.rx(rx), keys.rx_content(rx)
    stage = lifecycle.COUNTED if status in BY_QUANTITY else status
    changed: dict[str, Any] = {"stage": stage}
    if status == lifecycle.PHARMACY_APPROVED:
        changed = {"stage": status}
    if status == lifecycle.EXPIRED:
        changed = {"stage": lifecycle.CLAIMED, "expires": world.now_ms}
    if status in NOT_HELD:
        changed["holder"] = None
    if status == lifecycle.DELIVERED:
        changed["under_way"] = [P1]  # of several parcels, that every row has something to happen to
    world.put(key, {**world.record(key), **changed})
    content = world.record(content_key)
    lines = [{**line, "sold": SOLD.get(status, 0) * 1_000_000} for line in content["lines"]]
    world.put(content_key, {**content, "lines": lines})
    return rx


def play(world: World, rx: str, event: str) -> Decision:
    """The statement of the table, honestly made."""
    type_, _, decision = event.partition("/")
    if type_ == "review.hold":
        members = {"rx": rx, "reviewer": PHARMACIST, "decision": decision, "reason": "已核查"}
        return world.act(type_, H1, (PHARMACIST,), members)
    if type_ == "review.hospital":
        return world.approve(rx, decision=decision)
    if type_ == "review.pharmacy":
        return world.review(rx, decision=decision)
    if type_ == "prescription.renewed":
        return world.act(type_, H1, (DOCTOR,), {"rx": rx, "validity_days": 3})
    if type_ == "prescription.cancelled":
        return world.act(type_, H1, (DOCTOR,), {"rx": rx}, {"clinical": {"reason": "x"}})
    if type_ == "dispensing.dispensed":
        return world.sell(rx, [code("8990002", 1)])
    if type_ == "dispensing.returned":
        return world.act(type_, P1, (YS1,), {"rx": rx, "left_shop": False}, LINES)
    return world.act(type_, P1, (YS1,), {"rx": rx})


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_meets_every_statement(status: str, event: str) -> None:
    world = World()
    world.open_duties()
    world.receive([code("8990002", 1)])
    rx = prescription(world, status)
    found = set(play(world, rx, event).codes) & STATUS_CODES
    expected = status if status != lifecycle.EXPIRED else lifecycle.CLAIMED
    used_up = status == lifecycle.EXPIRED and event.partition("/")[0] in lifecycle.USES_VALIDITY
    arrived_too = (status, event) == (lifecycle.DELIVERED, "delivery.received")
    if arrived_too or ((expected, event) in lifecycle.TRANSITIONS and not used_up):
        assert found == set()
    else:
        assert len(found) == 1
