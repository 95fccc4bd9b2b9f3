"""Every message of the sandbox's day becomes a draft of the right type and form."""

from __future__ import annotations

import hashlib

import pytest

from api.sandbox.day import CORPUS, Step, load
from tests.national.builders import drafted

DAY = load(CORPUS)
TYPES = {
    "D001": "prescription.issued",
    "D003": "review.hospital",
    "7203": "prescription.claimed",
    "7204": "review.pharmacy",
    "7206": "dispensing.dispensed",
    "3505A": "dispensing.reported",
    "2207": "settlement.reported",
    "3506A": "dispensing.returned",
    "3503": "stock.received",
    "CONSULTATION-OPENED": "consultation.opened",
    "CONSULTATION-CLOSED": "consultation.closed",
    "DUTY": "duty.opened",
}


@pytest.mark.parametrize("step", DAY.steps, ids=lambda step: f"{step.number:03}-{step.kind}")
def test_every_message_of_the_day_becomes_a_draft(step: Step) -> None:
    draft = drafted(step.kind, step.message, signers=step.signers)
    assert draft.type == TYPES.get(step.kind, draft.type)
    if step.kind != "2207" and step.expect["outcome"] != "replayed":
        assert draft.claimed_time_s == step.time_ms // 1000
    assert draft.disclosures["message"] == {
        "kind": step.kind,
        "digest": hashlib.sha256(step.message).hexdigest(),
    }


def test_delivery_steps_follow_the_status_name() -> None:
    kinds = [drafted(step.kind, step.message).type for step in DAY.steps if step.kind == "7205"]
    assert kinds == ["delivery.handed_over", "delivery.received"]
